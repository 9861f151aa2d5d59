// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Units of something of which there are not enough for all, and who waits for them. Nobody blocks: who cannot have them
// is called when it can.
//   any thread: everything, one thread at a time for each claim; but withdraw(), which comes at any time.
// I1  Claims get a resource in the order in which they came to it: who wants many is not passed by, so all get it.
// I2  Who wants several takes them in the order of their addresses, so claims never wait for each other in a circle.
// I3  A claim that is withdrawn waits no more. withdraw() says so, and then looks into the queue of each resource, in that
//     same order; the lock of each orders it with the claim. Where it finds the claim it takes it out, and is the one to
//     resume it. Where it does not, the claim has left that queue for good, or comes later and sees that it is withdrawn:
//     who brings it there does not queue it, and resumes it. So one of the two does, once.
#pragma once

#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/sync/lock.hpp>

#include <array>
#include <cstddef>
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

/// The same of at most N, without memory of its own.
template <std::size_t N>
class few_needs {
public:
    std::size_t size() const noexcept { return size_; }
    resource_need* data() noexcept { return needs_.data(); }
    const resource_need* data() const noexcept { return needs_.data(); }
    const resource_need* begin() const noexcept { return data(); }
    const resource_need* end() const noexcept { return data() + size_; }
    resource_need& operator[](std::size_t at) noexcept { return needs_[at]; }
    /// Requires: size() < N.
    void insert(std::size_t at, const resource_need& more) noexcept {
        for (std::size_t i = size_++; i != at; --i) needs_[i] = needs_[i - 1];
        needs_[at] = more;
    }

private:
    std::array<resource_need, N> needs_{};
    std::size_t size_ = 0;
};

/// Adds a need where it belongs.
template <class Needs>
void add_need(Needs& needs, const resource_need& more) {
    std::size_t at = 0;
    while (at != needs.size() && std::less<>()(needs[at].what, more.what)) ++at;
    if (at != needs.size() && needs[at].what == more.what)
        needs[at].units += more.units;
    else
        needs.insert(at, more);
}

namespace bases { // where a user calls f(lock), no function of detail is a candidate (core/lockable.hpp)

/// Somebody who wants units.
class resource_claim {
public:
    using resume_function = void (*)(resource_claim&) noexcept;

    /// `resume` is called, by any thread, when a claim that had to wait has all.
    resource_claim(const resource_need* needs, std::size_t count, resume_function resume) noexcept
        : needs_(needs), count_(count), resume_(resume) {}
    resource_claim(const resource_claim&) = delete;
    resource_claim& operator=(const resource_claim&) = delete;

    /// Takes what is free now. Returns: whether that is all.
    bool try_take_all() noexcept;
    /// Returns: whether there is nothing to wait for: all are there, or it is withdrawn. If not, resume is called once
    /// that is so, maybe before this returns: the claim is not the caller's any more.
    bool try_acquire() noexcept;
    /// It waits for no more than it has. Any thread, as long as the claim is there.
    void withdraw() noexcept {
        if (leave_queue()) resume_(*this);
    }
    /// The same, where the caller is to do what resume does. Returns: whether it is.
    bool leave_queue() noexcept;
    /// Whether it has all. Requires: it does not wait.
    bool has_all() const noexcept { return held_ == count_; }
    /// Requires: it does not wait.
    void release() noexcept;

protected:
    ~resource_claim() = default;

private:
    friend class detail::resource_core;

    const resource_need* const needs_;
    const std::size_t count_;
    const resume_function resume_;
    std::size_t held_ = 0; // of needs_, from the first on
    // In the queue of needs_[held_]: its neighbours. Or the next one of those that have what they waited for.
    resource_claim* next_ = nullptr;
    resource_claim* previous_ = nullptr;
    atomic<const resource_core*> queue_{nullptr}; // the one it is in: written under that one's lock
    atomic<bool> is_withdrawn_{false};
};

} // namespace bases
using bases::resource_claim;

/// A claim with its needs.
template <std::size_t N>
class claim_of_few : private few_needs<N>, public resource_claim {
public:
    claim_of_few(const few_needs<N>& needs, resume_function resume) noexcept
        : few_needs<N>(needs), resource_claim(few_needs<N>::data(), needs.size(), resume) {}

protected:
    ~claim_of_few() = default;
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

    bool try_take(std::uint32_t units) noexcept {
        const lock_guard guard(lock_);
        return take(units);
    }
    enum class answer { taken, queued, withdrawn };
    answer take_or_queue(std::uint32_t units, resource_claim& claim) noexcept;
    /// Returns: whether the claim was in the queue. Those behind it may have what they want now.
    bool try_remove(resource_claim& claim) noexcept;
    void give_back(std::uint32_t units) noexcept;

private:
    bool take(std::uint32_t units) noexcept {
        if (first_ != nullptr || units > free_) return false;
        free_ -= units;
        return true;
    }
    void unlink(resource_claim& claim) noexcept {
        (claim.previous_ != nullptr ? claim.previous_->next_ : first_) = claim.next_;
        (claim.next_ != nullptr ? claim.next_->previous_ : last_) = claim.previous_;
        claim.queue_.store(nullptr, relaxed); // under the lock
    }
    static std::uint32_t wanted_by(const resource_claim& claim) noexcept { return claim.needs_[claim.held_].units; }

    const std::uint32_t units_;
    mutable lock lock_; // guards what follows.
    std::uint32_t free_;
    resource_claim* first_ = nullptr;
    resource_claim* last_ = nullptr;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE resource_core::answer resource_core::take_or_queue(std::uint32_t units, resource_claim& claim) noexcept {
    const lock_guard guard(lock_);
    if (take(units)) return answer::taken;
    if (claim.is_withdrawn_.load(relaxed)) return answer::withdrawn; // ordered by the lock (I3)
    claim.next_ = nullptr;
    claim.previous_ = last_;
    (first_ == nullptr ? first_ : last_->next_) = &claim;
    last_ = &claim;
    claim.queue_.store(this, relaxed); // under the lock
    return answer::queued;
}

PEL_INLINE bool resource_core::try_remove(resource_claim& claim) noexcept {
    {
        const lock_guard guard(lock_);
        if (claim.queue_.load(relaxed) != this) return false; // it is not here: only that is known
        unlink(claim);
    }
    give_back(0);
    return true;
}

PEL_INLINE void resource_core::give_back(std::uint32_t units) noexcept {
    resource_claim *served = nullptr, **end = &served;
    {
        const lock_guard guard(lock_);
        free_ += units;
        while (first_ != nullptr && wanted_by(*first_) <= free_) {
            resource_claim& each = *first_;
            free_ -= wanted_by(each);
            unlink(each);
            *end = &each;
            end = &each.next_;
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

PEL_INLINE bool resource_claim::try_take_all() noexcept {
    while (held_ != count_ && needs_[held_].what->try_take(needs_[held_].units)) ++held_;
    return has_all();
}

PEL_INLINE bool resource_claim::try_acquire() noexcept {
    for (; held_ != count_; ++held_) {
        const resource_need& next = needs_[held_];
        const resource_core::answer answer = next.what->take_or_queue(next.units, *this);
        if (answer != resource_core::answer::taken) return answer == resource_core::answer::withdrawn;
    }
    return true;
}

PEL_INLINE bool resource_claim::leave_queue() noexcept {
    is_withdrawn_.store(true, relaxed); // ordered by the locks (I3)
    for (const resource_need* each = needs_; each != needs_ + count_; ++each) {
        if (each->what->try_remove(*this)) return true;
    }
    return false;
}

PEL_INLINE void resource_claim::release() noexcept {
    while (held_ != 0) {
        const resource_need& last = needs_[--held_];
        last.what->give_back(last.units);
    }
}

} // namespace detail
PEL_NAMESPACE_END
#endif
