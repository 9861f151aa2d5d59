// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a thread says which object it looks at, so that nobody frees that meanwhile; and the base of such objects.
//   owner of a slot: everything but read().  read(): who reclaims.
//   HZ1: what the owner did to the object that the slot named before -> who reads that it names it no more. Also: whoever
//        published a pointer to an object -> who has protected it.
//   HZ2: with full fences: a removal, before read() -> the owner's next look at where the pointer came from.
// The owner names an object, and then looks whether it can still be found; who reclaims has removed it, and then reads
// the slot. Between the two accesses of each there is a fence, light and heavy, so one sees the other's first access
// (detail/platform/asymmetric_fence.hpp). Without heavy fences all accesses to the slot are RMWs: of those two the later one
// sees what came before the earlier one, also over others in between.
// Source: M. Michael, Hazard Pointers, IEEE TPDS 15(6), 2004; P2530R3.
#pragma once

#include <pel/detail/platform/asymmetric_fence.hpp>
#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class hazard_domain;

namespace bases { // where a user calls f(node), no function of detail is a candidate (core/lockable.hpp)

/// An object that may be retired. Its links are not copied with it.
class hazard_object {
protected:
    hazard_object() noexcept = default;
    hazard_object(const hazard_object&) noexcept {} // NOLINT(*-copy-constructor-init): no part of the value
    // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): likewise
    hazard_object& operator=(const hazard_object&) noexcept { return *this; }
    ~hazard_object() = default;

private:
    friend class detail::hazard_domain;

    hazard_object* next_ = nullptr;
    void (*reclaim_)(hazard_object&) = nullptr;
};

} // namespace bases
using bases::hazard_object;

class alignas(cache_line) hazard_slot {
public:
    hazard_slot(bool is_fenced, hazard_slot* next) noexcept
        : next_(next), number_(next == nullptr ? 1 : next->number_ + 1), is_fenced_(is_fenced) {}
    hazard_slot(const hazard_slot&) = delete;
    hazard_slot& operator=(const hazard_slot&) = delete;

    /// Names `object`; what the owner loads after that is younger.
    void announce(const hazard_object* object) noexcept {
        const auto key = reinterpret_cast<std::uintptr_t>(object);
        if (is_fenced_) {
            // sync(HZ1, HZ2) acq_rel: release of what was done to the last object, acquire of removals.
            object_.exchange(key, acq_rel);
        } else {
            object_.store(key, release); // sync(HZ1) release: what was done to the last object
            asymmetric_fence_light();
        }
    }
    /// With full fences an RMW, too: a plain store would stand between what a reclaimer writes and the next announce().
    void clear() noexcept {
        if (is_fenced_) {
            // sync(HZ1, HZ2) acq_rel: release of what was done to the last object, acquire of removals.
            object_.exchange(0, acq_rel);
        } else {
            object_.store(0, release); // sync(HZ1) release: what was done to the last object
        }
    }

    /// Returns: whether `source` still had `pointer` when the slot named its object, which stays then until the slot names
    /// another. Sets `pointer` to what it has now.
    template <class T, template <class> class Atomic>
    bool try_protect(T*& pointer, const Atomic<T*>& source) noexcept {
        T* const wanted = pointer;
        announce(wanted);
        // The caller's atomic, std's or not: an order of that one's. sync(HZ1) acquire: the object as it was published.
        pointer = source.load(acquire);
        if (pointer == wanted) return true;
        clear();
        return false;
    }

    /// Requires: the caller has removed what it wants to free, and has made a heavy fence if there are such.
    std::uintptr_t read() noexcept {
        // sync(HZ1, HZ2) acq_rel: acquire of what was done to an object that is no longer named, release of the removal.
        return is_fenced_ ? object_.fetch_add(0, acq_rel) : object_.load(acquire);
    }

private:
    friend class hazard_domain;

    atomic<std::uintptr_t> object_{0};
    hazard_slot* const next_;  // of all
    const std::size_t number_; // how many there are from here on
    hazard_slot* next_free_ = nullptr;
    bool is_fenced_; // there are no heavy fences; changes in a fork child at most
};

} // namespace detail
PEL_NAMESPACE_END
