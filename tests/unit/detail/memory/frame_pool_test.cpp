// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/memory/frame_pool.hpp>

#include "support/memory.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace frame_pool_test {

using pel::detail::frame_pool;

TEST(frame_pool, blocks_of_all_sizes_are_aligned_and_do_not_overlap) {
    frame_pool pool;
    std::vector<std::pair<unsigned char*, std::size_t>> blocks;
    for (std::size_t bytes = 1; bytes <= 5000; bytes += bytes < 200 ? 1 : 37) {
        for (int copy = 0; copy < 3; ++copy) {
            auto* block = static_cast<unsigned char*>(pool.allocate(bytes));
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U) << bytes;
            std::memset(block, static_cast<int>(blocks.size() % 251), bytes);
            blocks.emplace_back(block, bytes);
        }
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto [block, bytes] = blocks[i];
        EXPECT_TRUE(std::all_of(block, block + bytes, [&](unsigned char c) { return c == i % 251; })) << bytes;
    }
    for (const auto& [block, bytes] : blocks) frame_pool::release(block, bytes, &pool);
}

TEST(frame_pool, a_freed_block_is_the_next_one_out) {
    frame_pool pool;
    void* first = pool.allocate(100);
    frame_pool::release(first, 100, &pool);
    EXPECT_EQ(pool.allocate(128), first) << "the same size class";
    EXPECT_NE(pool.allocate(128), first);
}

TEST(frame_pool, blocks_freed_by_others_come_back) {
    frame_pool pool;
    std::set<void*> given;
    for (int i = 0; i < 2000; ++i) given.insert(pool.allocate(64));
    EXPECT_EQ(given.size(), 2000U);
    std::thread([&] {
        for (void* each : given) frame_pool::release(each, 64, nullptr);
    }).join();
    unsigned again = 0;
    for (int i = 0; i < 4000; ++i) again += given.contains(pool.allocate(64)) ? 1 : 0;
    EXPECT_EQ(again, 2000U);
}

TEST(frame_pool, threads_without_a_pool_share_one) {
    void* block = frame_pool::allocate_anywhere(64);
    frame_pool other;
    frame_pool::release(block, 64, &other);
    void* large = frame_pool::allocate_anywhere(100'000);
    frame_pool::release(large, 100'000, nullptr);
}

TEST(frame_pool, spsc_memory_stays_flat_when_one_allocates_and_another_frees) {
    if (!pel_test::sanitizer.empty()) GTEST_SKIP() << "a sanitizer's own memory grows";
    const pel_test::watchdog guard;
    static frame_pool pool; // its pages live as long as the process
    constexpr std::size_t capacity = 256;
    std::atomic<void*> ring[capacity] = {};
    const std::size_t total = 2'000'000;
    std::size_t before = 0;
    std::thread consumer([&] {
        for (std::size_t i = 0; i < total; ++i) {
            void* block = nullptr;
            while ((block = ring[i % capacity].exchange(nullptr)) == nullptr) std::this_thread::yield();
            frame_pool::release(block, 192, nullptr);
        }
    });
    for (std::size_t i = 0; i < total; ++i) {
        void* block = pool.allocate(192);
        *static_cast<std::size_t*>(block) = i;
        void* none = nullptr;
        while (!ring[i % capacity].compare_exchange_strong(none, block)) {
            none = nullptr;
            std::this_thread::yield();
        }
        if (i == total / 10) before = pel_test::resident_bytes();
    }
    consumer.join();
    EXPECT_LE(pel_test::resident_bytes(), before + (1 << 20));
}

TEST(frame_pool, stress_blocks_that_move_between_threads_are_never_given_twice) {
    const pel_test::watchdog guard;
    constexpr unsigned threads = 4;
    const unsigned long rounds = pel_test::scaled(200'000);
    static frame_pool pools[threads];
    std::atomic<std::uint64_t*> exchange[64] = {};
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::vector<std::thread> all;
    std::atomic<unsigned> wrong{0};
    for (unsigned t = 0; t < threads; ++t) {
        all.emplace_back([&, t] {
            std::minstd_rand random(seed + t);
            for (unsigned long i = 0; i < rounds; ++i) {
                auto* block = static_cast<std::uint64_t*>(pools[t].allocate(64));
                for (int word = 0; word < 8; ++word) block[word] = t * rounds + i;
                std::uint64_t* taken = exchange[random() % 64].exchange(block);
                if (taken == nullptr) continue;
                for (int word = 1; word < 8; ++word) wrong += taken[word] != taken[0] ? 1 : 0;
                frame_pool::release(taken, 64, &pools[t]);
            }
        });
    }
    for (std::thread& thread : all) thread.join();
    EXPECT_EQ(wrong, 0U);
}

} // namespace frame_pool_test
