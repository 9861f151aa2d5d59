// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "threads.hpp"

#include <atomic>
#include <condition_variable>
#include <semaphore>

namespace {

/// What comes nearest to events.
struct flags {
    std::atomic<bool> up[2]{};

    void wake(unsigned party) {
        up[party].store(true, std::memory_order_release);
        up[party].notify_one();
    }
    void wait(unsigned party) {
        up[party].wait(false, std::memory_order_acquire);
        up[party].store(false, std::memory_order_relaxed);
    }
};

const bool semaphore = workload::register_threads<workload::semaphores<std::binary_semaphore>>("semaphore", "std");
const bool condition =
    workload::register_threads<workload::condition<std::mutex, std::condition_variable>>("condition", "std");
const bool event = workload::register_threads<flags>("event", "std");

} // namespace
