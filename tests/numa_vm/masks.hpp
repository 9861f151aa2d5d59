// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the threads of a pool are bound to, by the kernel's word.
#pragma once

#include <pel/parallel_for.hpp>
#include <pel/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace pel_test {

using mask_set = std::multiset<std::string>; // as lists: "0-1,4"

inline std::string this_mask() { return pel::detail::to_cpu_list(pel::detail::read_thread_affinity()); }

/// Lets the other CPUs run meanwhile: the machine is emulated by one that has fewer.
inline void work_for_a_moment() { std::this_thread::sleep_for(std::chrono::microseconds(400)); }

/// Runs body() on `count` threads at the same time.
template <class Policy, class Body>
void on_each_thread(const Policy& policy, unsigned count, const Body& body) {
    std::atomic<unsigned> arrived{0};
    pel::parallel_for(policy.grain(1), 0U, count, [&](unsigned) {
        ++arrived;
        while (arrived < count) work_for_a_moment();
        body();
    });
}

inline mask_set masks_of(pel::thread_pool& pool, unsigned threads) {
    mask_set masks;
    std::mutex guard;
    on_each_thread(pel::par.on(pool), threads, [&] {
        const std::lock_guard lock(guard);
        masks.insert(this_mask());
    });
    return masks;
}

/// Each of a pool's threads is bound to some of these; only the caller may use them all.
inline void expect_bound_within(const mask_set& masks, const std::string& all, const std::set<std::string>& parts) {
    EXPECT_EQ(masks.count(all), 1U) << "the caller";
    for (const std::string& each : masks) EXPECT_TRUE(each == all || parts.count(each) == 1) << each;
}

} // namespace pel_test
