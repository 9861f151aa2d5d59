// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Units of something of which there are not enough for all, and who waits for them. Nobody blocks: who cannot have them
// is called when it can.
//   any thread: everything, one thread at a time for each claim.
// I1  Claims get a resource in the order in which they came to it: who wants many is not passed by, so all get it.
// I2  Who wants several takes them in the order of their addresses, so claims never wait for each other in a circle.

#pragma once

#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/sync/lock.hpp>

#include <cstdint>
#include <functional>

PEL_NAMESPACE_BEGIN
namespace detail {

class resource_core;

struct resource_need {
    resource_core* what;
    std::uint32_t units;
};
using resource_needs = plain_array<resource_need>; // in the order of addresses, each once

/// Adds a need where it belongs.
inline void add_need(resource_needs& needs, const resource_need& more) {
    std::size_t at = 0;
    while (at != needs.size() && std::less<>()(needs[at].what, more.what)) ++at;
    if (at != needs.size() && needs[at].what == more.what)
        needs[at].units += more.units;
    else
        needs.insert(at, more);
}

/// Somebody who wants units.
class resource_claim {
public:
    using resume_function = void (*)(resource_claim&) noexcept;

    /// `resume` is called, by any thread, when a claim that had to wait has all.
    resource_claim(const resource_need* needs, std::size_t count, resume_function resume) noexcept
        : needs_(needs), count_(count), resume_(resume) {}
    resource_claim(const resource_claim&) = delete;
    resource_claim& operator=(const resource_claim&) = delete;

    /// Returns: whether all are there. If not, resume is called once they are, maybe before this returns: the claim is not
    /// the caller's any more.
    bool try_acquire() noexcept;
    /// Requires: all are there.
    void release() noexcept;

protected:
    ~resource_claim() = default;

private:
    friend class resource_core;

    const resource_need* const needs_;
    const std::size_t count_;
    const resume_function resume_;
    std::size_t held_ = 0; // of needs_, from the first on
    resource_claim* next_ =
        nullptr; // behind it, in the queue of needs_[held_]; or of those that have what they waited for
};

class resource_core {
public:
    explicit resource_core(std::uint32_t units) noexcept : units_(units), free_(units) {}
    resource_core(const resource_core&) = delete;
    resource_core& operator=(const resource_core&) = delete;

    std::uint32_t units() const noexcept { return units_; }
    std::uint32_t available() const noexcept {
        const lock_guard guard(lock_);
        return free_;
    }

    /// Returns: whether the claim has them; else it is in the queue.
    bool try_take(std::uint32_t units, resource_claim& claim) noexcept {
        const lock_guard guard(lock_);
        if (first_ == nullptr && units <= free_) {
            free_ -= units;
            return true;
        }
        claim.next_ = nullptr;
        (first_ == nullptr ? first_ : last_->next_) = &claim;
        last_ = &claim;
        return false;
    }
    void give_back(std::uint32_t units) noexcept {
        resource_claim *served = nullptr, **end = &served;
        {
            const lock_guard guard(lock_);
            free_ += units;
            while (first_ != nullptr && wanted_by(*first_) <= free_) {
                free_ -= wanted_by(*first_);
                *end = first_;
                end = &first_->next_;
                first_ = first_->next_;
            }
            *end = nullptr;
        }
        while (served != nullptr) {
            resource_claim& each = *served;
            served = each.next_;
            ++each.held_;
            if (each.try_acquire()) each.resume_(each);
        }
    }

private:
    static std::uint32_t wanted_by(const resource_claim& claim) noexcept { return claim.needs_[claim.held_].units; }

    const std::uint32_t units_;
    mutable lock lock_; // guards what follows.
    std::uint32_t free_;
    resource_claim* first_ = nullptr;
    resource_claim* last_ = nullptr;
};

inline bool resource_claim::try_acquire() noexcept {
    while (held_ != count_) {
        const resource_need& next = needs_[held_];
        if (!next.what->try_take(next.units, *this)) return false;
        ++held_;
    }
    return true;
}

inline void resource_claim::release() noexcept {
    while (held_ != 0) {
        const resource_need& last = needs_[--held_];
        last.what->give_back(last.units);
    }
}

} // namespace detail
PEL_NAMESPACE_END
