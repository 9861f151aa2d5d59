// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A scope: what a wait waits for, and what a cancellation reaches — a loop, a task group, a graph run. Scopes form a tree
// through their parents; a cancelled scope cancels everything opened inside it. Nobody walks the tree as long as nothing
// was cancelled in the process since the last look: one global word tells.
//   any thread: cancel(), is_cancelled().
//   C1: cancel()'s release of the epoch -> is_cancelled()'s acquire: the flag of the scope cancelled.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Counts the cancellations of the process.
inline constinit atomic<std::uint64_t> cancellations{0};

class scope {
public:
    explicit scope(scope* parent) noexcept
        : parent_(parent), checked_(cancellations.load(acquire)), // sync(C1) acquire: see the walk just below
          cancelled_(parent != nullptr && parent->is_cancelled()) {}
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

    scope* parent() const noexcept { return parent_; }

    /// Effects: is_cancelled() turns true here and in every scope inside. Returns: whether it was not cancelled before.
    bool cancel() noexcept {
        const bool first = cancelled_.exchange(true, relaxed) == false; // published by the epoch
        cancellations.fetch_add(1, release);                            // sync(C1) release: the flag above
        return first;
    }

    /// Whether this scope or one around it is cancelled. Cost: two loads, unless something was cancelled somewhere.
    bool is_cancelled() const noexcept {
        if (cancelled_.load(relaxed)) return true;
        const std::uint64_t now = cancellations.load(acquire); // sync(C1) acquire: the flags of all before
        return now != checked_.load(relaxed) && is_cancelled_slow(now); // stale: walks once more than needed
    }

    /// Owner of the scope, alone with it: not cancelled any more (a task group is reused).
    void reset() noexcept { cancelled_.store(false, relaxed); }

private:
    PEL_COLD bool is_cancelled_slow(std::uint64_t now) const noexcept {
        for (const scope* each = this; each != nullptr; each = each->parent_) {
            if (each->cancelled_.load(relaxed)) return true;
        }
        checked_.store(now, relaxed);
        return false;
    }

    scope* const parent_;
    mutable atomic<std::uint64_t> checked_; // the epoch of the last walk that found nothing
    atomic<bool> cancelled_;
};

} // namespace detail
PEL_NAMESPACE_END
