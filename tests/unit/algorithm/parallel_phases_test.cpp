// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: algorithms
#include <pel/parallel_phases.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <mutex>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

namespace parallel_phases_test {

using pel::par;
using pel::parallel_phases;

void spin(int turns) {
    for (volatile int i = 0; i < turns;) i = i + 1;
}

class parallel_phases_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(parallel_phases_on);

/// Each phase reads what its neighbours wrote in the one before: any call too early or too late changes the result.
void expect_stencil(pel::thread_pool& pool, int size, std::uint64_t phases, int work) {
    const auto stencil = [size, work](const std::vector<std::uint32_t>& from, std::vector<std::uint32_t>& to, int i) {
        spin(work);
        const auto at = [&](int k) { return from[static_cast<std::size_t>((k + size) % size)]; };
        to[static_cast<std::size_t>(i)] = at(i - 1) * 3 + at(i) * 5 + at(i + 1) * 7 + 1;
    };
    std::vector<std::uint32_t> wanted[2], got[2];
    for (auto* grids : {wanted, got}) {
        grids[0].assign(static_cast<std::size_t>(size), 1);
        grids[0][0] = 2;
        grids[1].assign(static_cast<std::size_t>(size), 0);
    }
    for (std::uint64_t phase = 0; phase < phases; ++phase) {
        for (int i = 0; i < size; ++i) stencil(wanted[phase % 2], wanted[1 - phase % 2], i);
    }
    parallel_phases(par.on(pool), phases, 0, size,
                    [&](std::uint64_t phase, int i) { stencil(got[phase % 2], got[1 - phase % 2], i); });
    EXPECT_EQ(got[phases % 2], wanted[phases % 2]) << size << " x " << phases;
}

TEST_P(parallel_phases_on, each_phase_sees_all_of_the_one_before) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_stencil(pool, 1, 100, 0);
    expect_stencil(pool, 2, 200, 2'000);
    expect_stencil(pool, 7, pel_test::scaled(2'000), 300);
    expect_stencil(pool, 100, pel_test::scaled(2'000), 30);
    expect_stencil(pool, 20'000, pel_test::scaled(100), 0);
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_phases_on, nested_in_a_loop_and_with_loops_inside) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<long> bodies{0};
    pel::parallel_for(par.on(pool), 0, 3, [&](int) {
        parallel_phases(5, 0, 10, [&](std::uint64_t, int) {
            spin(1'000);
            pel::parallel_for(0, 20, [&](int) { ++bodies; });
        });
    });
    EXPECT_EQ(bodies, 3 * 5 * 10 * 20);
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_phases_on, the_first_exception_reaches_the_caller_and_ends_all_phases) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (const std::uint64_t bad : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{50}}) {
        std::atomic<std::uint64_t> latest{0};
        EXPECT_THROW(parallel_phases(par.on(pool), 1'000, 0, 40,
                                     [&](std::uint64_t phase, int i) {
                                         spin(500);
                                         latest = std::max(latest.load(), phase);
                                         if (phase == bad && i == 17) throw std::out_of_range("17");
                                     }),
                     std::out_of_range);
        EXPECT_EQ(latest, bad) << "a phase is not begun before the one before is complete";
    }
    expect_stencil(pool, 100, 20, 30);
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_phases_on, a_stop_token_ends_them_and_says_so) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::stop_source source;
    std::atomic<std::uint64_t> latest{0};
    EXPECT_THROW(parallel_phases(par.on(pool).stop(source.get_token()), std::numeric_limits<std::uint64_t>::max(), 0,
                                 20,
                                 [&](std::uint64_t phase, int i) {
                                     spin(500);
                                     latest = phase;
                                     if (phase == 30 && i == 3) source.request_stop();
                                 }),
                 pel::operation_cancelled);
    EXPECT_EQ(latest, 30U);
    pel_test::expect_balanced(pool);
}

TEST(parallel_phases, of_nothing_do_nothing) {
    const auto never = [](std::uint64_t, int) { FAIL(); };
    parallel_phases(0, 0, 100, never);
    parallel_phases(100, 0, 0, never);
    parallel_phases(100, 5, 3, never);
    parallel_phases(pel::seq, 100, 5, 3, never);
}

TEST(parallel_phases, in_sequence_are_two_plain_loops) {
    std::vector<std::uint64_t> order;
    parallel_phases(pel::seq, 3, 10, 12,
                    [&](std::uint64_t phase, int i) { order.push_back(phase * 100 + unsigned(i)); });
    EXPECT_EQ(order, (std::vector<std::uint64_t>{10, 11, 110, 111, 210, 211}));
}

TEST(parallel_phases, indices_of_any_type_and_negative_ones) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<long> sum{0};
    parallel_phases(par.on(pool), 20, static_cast<signed char>(-100), static_cast<signed char>(100), [&](auto, auto i) {
        spin(200);
        sum += i;
    });
    EXPECT_EQ(sum, 20 * -100);
}

TEST(parallel_phases, are_shared_and_no_work_is_done_by_more_threads_than_asked) {
    pel::thread_pool pool(3);
    const pel_test::watchdog guard(pool);
    for (const unsigned most : {1U, 2U, 3U}) {
        std::atomic<unsigned> inside{0};
        std::atomic<unsigned> highest{0};
        const auto body = [&](std::uint64_t, int) {
            const unsigned now = ++inside;
            unsigned seen = highest;
            while (now > seen && !highest.compare_exchange_weak(seen, now)) {
            }
            spin(3'000);
            --inside;
        };
        do parallel_phases(par.on(pool).max_concurrency(most), 100, 0, 30, body);
        while (most > 1 && highest == 1); // until another thread has had a part
        EXPECT_LE(highest, most);
    }
    pel_test::expect_balanced(pool);
}

TEST(parallel_phases, a_grain_bounds_what_is_taken_at_once) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<long> bodies{0};
    parallel_phases(par.on(pool).grain(64), 50, 0, 1'000, [&](std::uint64_t, int) {
        spin(100);
        ++bodies;
    });
    EXPECT_EQ(bodies, 50 * 1'000);
    parallel_phases(par.on(pool).grain(5'000), 50, 0, 1'000, [&](std::uint64_t, int) { ++bodies; });
    EXPECT_EQ(bodies, 100 * 1'000);
}

TEST(parallel_phases, a_long_item_does_not_keep_its_neighbour) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    constexpr std::uint64_t phases = 50;
    bool was_apart = false;
    while (!was_apart) { // the first share has items 0 and 1
        std::thread::id runner[phases][4];
        parallel_phases(par.on(pool), phases, 0, 4, [&](std::uint64_t phase, int i) {
            spin(i == 0 ? 20'000 : 1'000);
            runner[phase][i] = std::this_thread::get_id();
        });
        for (std::uint64_t phase = phases / 2; phase < phases; ++phase)
            was_apart = was_apart || runner[phase][0] != runner[phase][1];
    }
    pel_test::expect_balanced(pool);
}

TEST(parallel_phases, bodies_that_block_hold_nobody_up) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<int> bodies{0};
    parallel_phases(par.on(pool), 10, 0, 4, [&](std::uint64_t, int) {
        pel::blocking([] { std::this_thread::sleep_for(std::chrono::microseconds(300)); });
        ++bodies;
    });
    EXPECT_EQ(bodies, 40);
    pel_test::expect_balanced(pool);
}

TEST(parallel_phases, from_several_foreign_threads_at_once) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::vector<std::thread> callers;
    for (int t = 0; t < 4; ++t) callers.emplace_back([&] { expect_stencil(pool, 50, pel_test::scaled(200), 100); });
    for (std::thread& caller : callers) caller.join();
    pel_test::expect_balanced(pool);
}

} // namespace parallel_phases_test
