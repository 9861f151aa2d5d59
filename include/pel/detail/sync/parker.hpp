// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One thread's place to sleep: a permit that others post and the owner consumes, at most one at a time. Every sleeper
// re-checks what it waits for, so a permit that comes late or twice is harmless; that is why a permit may be posted to
// a record whose owner has gone on already.
//   park(), wake_cost_ns(): owner only.  unpark(): any thread.
//   P1: unpark's release exchange -> park's acquire exchange: what the waker wrote before is visible to the woken.
#pragma once

#include <pel/detail/platform/clock.hpp>
#include <pel/detail/platform/futex.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class parker {
public:
    constexpr parker() noexcept = default;

    /// Consumes a permit; blocks until there is one or `nanoseconds` (< 0: no limit) are over. May return early.
    void park(std::int64_t nanoseconds = -1) noexcept {
        std::uint32_t seen = permit_.exchange(empty, acquire); // sync(P1) acquire: takes a permit posted before
        if (seen == posted) return;
        if (!permit_.compare_exchange(seen = empty, asleep, acquire)) { // sync(P1) acquire: posted just now
            permit_.exchange(empty, acquire);                           // sync(P1) acquire: consume it
            return;
        }
        futex_wait(permit_, asleep, nanoseconds);
        // sync(P1) acquire: pairs with the post that ended the sleep
        if (permit_.exchange(empty, acquire) == posted) note_wake();
    }

    /// Posts the permit. Returns: whether a thread slept on it, so that a system call was made.
    bool unpark() noexcept {
        posted_at_.store(now_ns(), relaxed); // published by P1; of two that post at once, either's
        if (permit_.exchange(posted, release) != asleep) return false; // sync(P1) release: to the next park()
        futex_wake_one(permit_);
        return true;
    }

    /// What it took lately from an unpark() until its thread ran, on average.
    std::int64_t wake_cost_ns() const noexcept { return wake_cost_; }

private:
    static constexpr std::uint32_t empty = 0, posted = 1, asleep = 2;

    void note_wake() noexcept {
        const std::int64_t cost = now_ns() - posted_at_.load(relaxed);
        if (cost > 0) wake_cost_ += ((cost < most_ns ? cost : most_ns) - wake_cost_) / 4;
    }

    static constexpr std::int64_t most_ns = 1'000'000; // more is no wake-up, but a machine that is busy
    atomic<std::uint32_t> permit_{empty};
    atomic<std::int64_t> posted_at_{0};
    std::int64_t wake_cost_ = 25'000; // a guess, until it is known
};

} // namespace detail
PEL_NAMESPACE_END
