// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Happens-before of C++20, from the orders that the program declares, by vector clocks. It decides which plain accesses
// race and which objects may be destroyed; it never decides what a load reads.
#pragma once

#include "clock.hpp"

#include <atomic>

namespace model {

/// One access: by whom, at which of its moments. Moment 0 is before all threads.
struct moment {
    std::uint8_t thread = 0;
    std::uint16_t at = 0;
};

constexpr bool acquires(std::memory_order order) {
    return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
           order == std::memory_order_seq_cst;
}
constexpr bool releases(std::memory_order order) {
    return order == std::memory_order_release || order == std::memory_order_acq_rel ||
           order == std::memory_order_seq_cst;
}

class happens_before {
public:
    void reset() {
        for (per_thread& thread : threads_) thread = {};
        for (unsigned thread = 0; thread < max_threads; ++thread) threads_[thread].now.at[thread] = 1;
    }

    /// The calling thread's next moment: after every atomic operation.
    void tick(unsigned thread) { ++threads_[thread].now.at[thread]; }
    moment now(unsigned thread) const { return {static_cast<std::uint8_t>(thread), threads_[thread].now.at[thread]}; }
    /// Whether `earlier` happens before what `thread` does now.
    bool is_ordered(moment earlier, unsigned thread) const {
        return earlier.at <= threads_[thread].now.at[earlier.thread];
    }

    /// A load has read a value that came with `message`.
    void read(unsigned thread, std::memory_order order, const thread_clock& message) {
        threads_[thread].seen.join(message);
        if (acquires(order)) threads_[thread].now.join(message);
    }
    /// What a store of the thread says to those who read it.
    thread_clock write(unsigned thread, std::memory_order order) const {
        return releases(order) ? threads_[thread].now : threads_[thread].released;
    }
    /// A read-modify-write continues the release sequence that it reads from.
    void modify(unsigned thread, std::memory_order order, thread_clock& message) {
        read(thread, order, message);
        message.join(write(thread, order));
    }
    /// Everything that `other` has done so far happens before what `thread` does next.
    void join(unsigned thread, unsigned other) { threads_[thread].now.join(threads_[other].now); }
    void fence(unsigned thread) {
        threads_[thread].now.join(threads_[thread].seen);
        threads_[thread].released = threads_[thread].now;
    }

private:
    struct per_thread {
        thread_clock now;      // what happens before its next access
        thread_clock seen;     // what its relaxed loads would acquire at a fence
        thread_clock released; // what its relaxed stores release since its last fence
    };
    std::array<per_thread, max_threads> threads_;
};

} // namespace model
