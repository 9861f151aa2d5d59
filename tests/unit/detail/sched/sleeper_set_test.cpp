// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/sleeper_set.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace sleeper_set_test {

using pel::detail::sleeper_set;

struct registry {
    pel::detail::atomic<std::uint64_t> words[4];
    sleeper_set set{words, 4};
};

TEST(sleeper_set, a_sleeper_is_taken_once) {
    registry all;
    EXPECT_FALSE(all.set.has(70));
    all.set.add(70);
    EXPECT_TRUE(all.set.has(70));
    EXPECT_FALSE(all.set.has(71));
    EXPECT_EQ(all.set.claim(0), 70U);
    EXPECT_FALSE(all.set.has(70));
    EXPECT_FALSE(all.set.remove(70));
}

TEST(sleeper_set, a_sleeper_removes_itself) {
    registry all;
    all.set.add(0);
    all.set.add(255);
    EXPECT_TRUE(all.set.remove(255));
    EXPECT_FALSE(all.set.remove(255));
    EXPECT_EQ(all.set.claim(255), 0U) << "found from any start";
}

TEST(sleeper_set, every_sleeper_is_found_those_near_first) {
    registry all;
    for (std::uint32_t i = 0; i < 256; ++i) all.set.add(i);
    std::set<std::uint32_t> taken;
    for (int i = 0; i < 64; ++i) taken.insert(all.set.claim(130));
    EXPECT_EQ(*taken.begin(), 128U);
    EXPECT_EQ(*taken.rbegin(), 191U);
    for (int i = 0; i < 192; ++i) taken.insert(all.set.claim(130));
    EXPECT_EQ(taken.size(), 256U);
}

TEST(sleeper_set, stress_as_many_are_claimed_as_were_added) {
    const pel_test::watchdog guard;
    registry all;
    constexpr unsigned sleepers = 3;
    const unsigned long rounds = pel_test::scaled(50'000);
    std::atomic<int> available{0}; // stands for the count in the seats word
    std::atomic<unsigned long> claimed{0};
    std::vector<std::thread> threads;
    for (std::uint32_t s = 0; s < sleepers; ++s) {
        threads.emplace_back([&, record = s * 70] {
            for (unsigned long i = 0; i < rounds; ++i) {
                all.set.add(record);
                available.fetch_add(1);
                while (all.set.has(record)) std::this_thread::yield();
            }
        });
    }
    for (int w = 0; w < 2; ++w) {
        threads.emplace_back([&] {
            while (claimed.load() < sleepers * rounds) {
                int seen = available.load();
                if (seen == 0 || !available.compare_exchange_strong(seen, seen - 1)) {
                    std::this_thread::yield();
                    continue;
                }
                all.set.claim(64);
                claimed.fetch_add(1);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(available.load(), 0);
}

} // namespace sleeper_set_test
