// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether a task that waits for units of resources begins or is given up: one word decides.
//   who serves the task: begin_asking(), try_begin().  any thread that holds it: give_up().
// I6  give_up() looks into the queues of resources, which may be gone when the task is done: who serves the task waits
//     until that is over.
//   SA5: give_up()'s last store -> try_begin(): the canceller is out of the queues.
#pragma once

#include <pel/detail/platform/thread.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What becomes of a claim that may be given up.
class claim_state {
public:
    /// Before the claim asks. From now on it may be given up.
    void begin_asking() noexcept { state_.store(asking, relaxed); } // who does not see it yet comes too early
    /// When it does not wait any more. False: it was given up; who did so does not touch it any more.
    bool try_begin() noexcept {
        std::uint8_t seen = asking;
        if (state_.compare_exchange(seen, begun, relaxed)) return true; // which of both it is decides the order of RMWs
        if (seen == unasked) return true;
        while (state_.load(acquire) != given_up) yield_thread(); // sync(SA5) acquire: it is out of the queues
        return false;
    }
    /// Gives up with leave(), which says whether `claim` has left a queue, and then calls resume(). Returns: whether
    /// it is given up.
    template <class Leave, class Resume>
    bool give_up(const Leave& leave, const Resume& resume) noexcept {
        std::uint8_t seen = asking;
        if (!state_.compare_exchange(seen, leaving, relaxed)) return seen == leaving || seen == given_up; // as above
        const bool has_left = leave();
        state_.store(given_up, release); // sync(SA5) release: out of the queues
        if (has_left) resume();
        return true;
    }

private:
    enum : std::uint8_t { unasked, asking, begun, leaving, given_up };
    atomic<std::uint8_t> state_{unasked};
};

} // namespace detail
PEL_NAMESPACE_END
