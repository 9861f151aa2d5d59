// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of barriers: a phase ends when all have arrived; the last one runs the completion and opens the next.
// On a machine where threads are near to few of the others it counts them where they are (combining_tree.hpp).
//   any thread: all.
//   BA1: arrive()'s RMW, and the RMW or store that opens the next phase -> each other, the load that finds a new phase.
// I1  The word is {phase:32, still to arrive:31, waiting:1}. `waiting` changes under the lock only, and is set while
//     somebody is linked.
// I2  Who is linked waits for the phase of the word, or has given up.
#pragma once

#include <pel/detail/sync/combining_tree.hpp>
#include <pel/detail/sync/wait_queue.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class barrier_core {
public:
    static constexpr std::int64_t most = (std::int64_t{1} << 31) - 1;

    constexpr explicit barrier_core(std::int64_t expected) noexcept
        : word_(static_cast<std::uint64_t>(expected) * one), expected_(expected) {}
    barrier_core(const barrier_core&) = delete;
    barrier_core& operator=(const barrier_core&) = delete;
    ~barrier_core() { delete tree_; }

    /// `where`: make_tree(how many), which may return null, and leaf(), which is asked when it has not. Returns: the phase
    /// arrived at. Last access: unless it ends the phase, the RMW; else as for the others.
    template <class Completion, class Where>
    std::uint32_t arrive(std::int64_t by, Completion& completion, const Where& where) {
        return arrive(by, completion, where, true);
    }
    /// The same for one, in none of the phases after this one.
    template <class Completion, class Where>
    void arrive_and_drop(Completion& completion, const Where& where) {
        expected_.fetch_sub(1, relaxed); // published by the arrival
        arrive(1, completion, where, false);
    }

    bool is_over(std::uint32_t phase) const noexcept {
        return phase_of(word_.load(acquire)) != phase; // sync(BA1) acquire: all that have arrived
    }
    bool try_take(const waiter& self) noexcept { return is_over(self.ticket); }
    entry enter(waiter& self) noexcept {
        const lock_guard guard(lock_);
        std::uint64_t seen = word_.load(acquire); // sync(BA1) acquire: if it is over
        for (;;) {
            if (phase_of(seen) != self.ticket) return entry::passed;
            if (self.has_given_up()) return entry::refused;
            if (word_.compare_exchange(seen, seen | waiting, acquire)) break; // sync(BA1) acquire: as the load
        }
        queue_.push_back(self);
        return entry::queued;
    }
    bool leave(waiter& self) noexcept { return leave_queue(lock_, queue_, self, word_, waiting); }

private:
    static constexpr std::uint64_t waiting = 1, one = 2;

    static std::uint32_t phase_of(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word >> 32); }
    static std::uint64_t to_arrive(std::uint64_t word) noexcept { return (word & 0xFFFF'FFFF) / one; }

    template <class Completion, class Where>
    std::uint32_t arrive(std::int64_t by, Completion& completion, const Where& where, bool comes_again) {
        auto counted = static_cast<std::uint32_t>(by);
        if (tree_ != nullptr) [[unlikely]] {
            const std::uint32_t phase = phase_of(word_.load(relaxed)); // the one that does not end without this arrival
            counted = tree_->arrive(counted, where.leaf(), comes_again);
            if (counted == 0) return phase;
        }
        const std::uint64_t taken = counted * one;
        const std::uint64_t before = word_.fetch_sub(taken, acq_rel); // sync(BA1) acq_rel: to the completion, and to it
        const std::uint32_t phase = phase_of(before);
        if (to_arrive(before - taken) == 0) {
            completion();
            open_next(phase, begin_phase(where));
        }
        return phase;
    }

    /// Returns: how many will arrive at the word. Those who have dropped out did so before they arrived (BA1).
    template <class Where>
    std::uint64_t begin_phase(const Where& where) noexcept {
        const std::int64_t expected = expected_.load(relaxed);
        if (tree_ == nullptr) {
            combining_tree* const made = where.make_tree(expected);
            if (made == nullptr) return static_cast<std::uint64_t>(expected);
            tree_ = made; // published by BA1
        }
        return tree_->begin_phase();
    }
    void open_next(std::uint32_t phase, std::uint64_t to_arrive) noexcept {
        const std::uint64_t next = (std::uint64_t{phase + 1} << 32) + to_arrive * one;
        std::uint64_t seen = std::uint64_t{phase} << 32;
        // sync(BA1) acq_rel: the completion and all before it, to who waits
        while (!word_.compare_exchange(seen, next, acq_rel)) {
            if (wake(next)) return;
            seen = std::uint64_t{phase} << 32;
        }
    }
    /// Returns: false if nobody is linked any more.
    bool wake(std::uint64_t next) noexcept {
        wake_list woken;
        {
            const lock_guard guard(lock_);
            if (queue_.is_empty()) return false;
            woken.add_all(queue_);
            // Nobody arrives meanwhile.
            word_.store(next | (queue_.is_empty() ? 0 : waiting), release); // sync(BA1) release: as above
        }
        woken.resume_all();
        return true;
    }

    atomic<std::uint64_t> word_;
    atomic<std::int64_t> expected_;
    lock lock_;
    wait_list queue_;
    // Read by every arrival, before it takes the word's line for itself: on another line, or it would fetch that twice.
    [[maybe_unused]] unsigned char apart_[cache_line] = {};
    combining_tree* tree_ = nullptr;
};

} // namespace detail
PEL_NAMESPACE_END
