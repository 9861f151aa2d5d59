// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One thread's place to sleep: a permit that others post and the owner consumes, at most one at a time. Every sleeper
// re-checks what it waits for, so a permit that comes late or twice is harmless; that is why a permit may be posted to
// a record whose owner has gone on already.
//   park(): owner only.  unpark(): any thread.
//   P1: unpark's release exchange -> park's acquire exchange: what the waker wrote before is visible to the woken.
#pragma once

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
        permit_.exchange(empty, acquire); // sync(P1) acquire: pairs with the post that ended the sleep
    }

    /// Posts the permit. Returns: whether a thread slept on it, so that a system call was made.
    bool unpark() noexcept {
        if (permit_.exchange(posted, release) != asleep) return false; // sync(P1) release: to the next park()
        futex_wake_one(permit_);
        return true;
    }

private:
    static constexpr std::uint32_t empty = 0, posted = 1, asleep = 2;
    atomic<std::uint32_t> permit_{empty};
};

} // namespace detail
PEL_NAMESPACE_END
