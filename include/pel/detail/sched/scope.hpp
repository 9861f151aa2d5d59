// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A scope: what a wait waits for, and what a cancellation reaches — a loop, a task group, a stolen job. Scopes form a
// tree through their parents; a cancelled scope cancels everything opened inside it. Nobody walks the tree as long as
// nothing was cancelled in the process since the last look: one global word tells.
// A fork has no scope, to cost nothing. When one side of it throws, the *floor* of the forker's deque comes down to the
// fork's position until its join: whatever was opened on that worker, or stolen from it, at a higher position is
// cancelled. So each scope knows the deque position where it was opened, or where its job was stolen, and the one where
// the job on that worker's stack begins that it belongs to: forks below that are none of its business. (The floor is one
// position: as long as a fork of a job further down has thrown, and is not joined, one above is not heard, and what it
// had under way ends by itself. What has heard of one above before that stays cancelled.)
//   any thread: cancel(), is_cancelled(), cancel_floor::lower().  owner of the deque: cancel_floor::raise().
//   C1: the epoch's release -> is_cancelled()'s acquire: the flag of the scope cancelled, or the floor.
//   C2: the epoch's RMW in stop_watches::add() <-> that of a cancellation: one of the two sees the other's writes.
//   C3: a watch is no longer counted or listed -> a cancellation that finds none: it has been told.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Counts the cancellations of the process.
inline constinit atomic<std::uint64_t> cancellations{1};

/// Who wants to be told of cancellations, after them (stop_watch.hpp). Any thread.
class cancellation_listener {
public:
    virtual void cancelled() noexcept = 0;
    virtual void reset_after_fork() noexcept = 0;

protected:
    ~cancellation_listener() = default;
};
inline constinit atomic<cancellation_listener*> listening{nullptr};

inline void tell_listener() noexcept {
    if (cancellation_listener* const listener = listening.load(relaxed)) listener->cancelled(); // read after C2
}

/// A flag was set, or a floor lowered.
inline void announce_cancellation() noexcept {
    cancellations.fetch_add(1, acq_rel); // sync(C1) release: the flag or floor. sync(C2) acquire: who listens, for what
}

/// The lowest position of a deque whose fork has thrown on either side.
class cancel_floor {
public:
    constexpr cancel_floor() noexcept = default;

    /// Whether a fork in [base, position) has thrown.
    bool is_within(std::uint32_t base, std::uint32_t position) const noexcept {
        const std::uint32_t lowest = position_.load(relaxed); // read after C1
        return base <= lowest && lowest < position;
    }

    void lower(std::uint32_t position) noexcept {
        std::uint32_t seen = position_.load(relaxed);
        while (position < seen && !position_.compare_exchange(seen, position, relaxed)) { // published by the epoch
        }
        announce_cancellation();
        tell_listener();
    }
    /// The fork at `position` is joined; older ones stay cancelled.
    void raise(std::uint32_t position) noexcept {
        std::uint32_t seen = position;
        position_.compare_exchange(seen, none, relaxed); // late: something that is over is cancelled
    }

private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    atomic<std::uint32_t> position_{none};
};

class scope {
public:
    /// Opened inside `parent`, above the forks in [base, position) of the deque with that floor; null: of none.
    scope(scope* parent, const cancel_floor* floor, std::uint32_t base, std::uint32_t position) noexcept
        : parent_(parent), floor_(floor), base_(base), position_(position),
          checked_(cancellations.load(acquire)) { // sync(C1) acquire: all flags and floors before
        const std::uint64_t now = checked_.load(relaxed);
        const bool parent_is_well = parent == nullptr || parent->checked_.load(relaxed) == now;
        if (!parent_is_well || is_under_floor()) [[unlikely]]
            begin_slow(now);
    }
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

    scope* parent() const noexcept { return parent_; }

    /// Effects: is_cancelled() turns true here and in every scope inside. Returns: whether it was not cancelled before.
    bool cancel() noexcept {
        const bool first = cancelled_.exchange(1, relaxed) == 0; // published by the epoch
        announce_cancellation();
        if (watches_.load(acquire) != 0) tell_listener(); // read after C2; sync(C3) acquire: that each has been told
        return first;
    }

    /// Whether this scope or one around it is cancelled. Cost: two loads, unless something was cancelled somewhere.
    PEL_ALWAYS_INLINE bool is_cancelled() const noexcept {
        const std::uint64_t now = cancellations.load(acquire);          // sync(C1) acquire: the flags of all before
        return now != checked_.load(relaxed) && is_cancelled_slow(now); // stale: walks once more than needed
    }

    /// As long as `cancellations` is this number, is_cancelled() is false; 0: no such number is known.
    std::uint64_t epoch() const noexcept { return checked_.load(relaxed); } // stale: asked once more than needed

    /// Owner of the scope, alone with it: not cancelled any more (a task group is reused).
    void reset() noexcept { cancelled_.store(0, relaxed); } // the next look walks

    /// The listener wants to know of cancellations of this scope, and so of those around it. Then it raises the epoch (C2).
    void count_watch() const noexcept {
        for (const scope* each = this; each != nullptr; each = each->parent_)
            each->watches_.fetch_add(1, relaxed); // published by the epoch
    }
    /// It has been told, or wants to no more. Scopes around this one are there as long as this is.
    void discount_watch() const noexcept {
        for (const scope* each = this; each != nullptr; each = each->parent_)
            each->watches_.fetch_sub(1, release); // sync(C3) release: that the watch has been told
    }

private:
    bool is_under_floor() const noexcept { return floor_ != nullptr && floor_->is_within(base_, position_); }

    bool is_cancelled_slow(std::uint64_t now) const noexcept;
    /// Opened where something is cancelled, or may be: then cancelled for good, whatever happens around it.
    void begin_slow(std::uint64_t now) noexcept;

    scope* const parent_;
    const cancel_floor* const floor_;
    const std::uint32_t base_, position_;
    mutable atomic<std::uint32_t> cancelled_{0}; // 0 or 1: as large as the next, so that both are begun by one store
    mutable atomic<std::uint32_t> watches_{0};   // inside: without any, who cancels looks for none
    mutable atomic<std::uint64_t> checked_;      // the epoch at which it was known not to be cancelled, 0: never
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_NOINLINE PEL_INLINE bool scope::is_cancelled_slow(std::uint64_t now) const noexcept {
    for (const scope* each = this; each != nullptr; each = each->parent_) {
        if (each != this && each->checked_.load(relaxed) == now) break; // not cancelled as of now
        const bool is_cancelled = each->cancelled_.load(relaxed) != 0;
        if (is_cancelled || each->is_under_floor()) {
            // For good: a fork further down that throws hides the one that did. The own flag may be reset just now.
            if (each != this || !is_cancelled) cancelled_.store(1, relaxed);
            return true;
        }
    }
    checked_.store(now, relaxed);
    return false;
}

PEL_NOINLINE PEL_INLINE void scope::begin_slow(std::uint64_t now) noexcept {
    checked_.store(0, relaxed);
    (void)is_cancelled_slow(now);
}

} // namespace detail
PEL_NAMESPACE_END
#endif
