// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// Memory and stack: flat over ten million tasks, bounded nesting while waiting, full deques.
// https://github.com/uxlfoundation/oneTBB/issues/1403, https://github.com/rayon-rs/rayon/issues/854
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>

#include "support/memory.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace memory_test {

using pel::par;

constexpr unsigned long ten_million = pel_test::scaled(10'000'000);

/// Runs `batch` again and again until `total` tasks have run; the second half must not take more memory.
template <class Batch>
void expect_flat(unsigned long total, unsigned long per_batch, Batch&& batch) {
    std::size_t before = 0;
    for (unsigned long done = 0; done < total; done += per_batch) {
        if (done < total / 4) before = pel_test::resident_bytes();
        batch();
    }
    if (pel_test::sanitizer.empty()) {
        EXPECT_LE(pel_test::resident_bytes(), before + (1 << 20));
    }
}

class memory_on : public pel_test::with_pool_shape {};
INSTANTIATE_TEST_SUITE_P(on, memory_on, testing::Values(pel_test::one_seat, pel_test::two_seats, pel_test::three_seats),
                         pel_test::shape_name);

TEST_P(memory_on, is_flat_over_ten_million_group_tasks) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> runs{0};
    expect_flat(ten_million, 10'000, [&] {
        pool.execute([&] {
            pel::task_group group;
            for (int i = 0; i < 10'000; ++i) group.run([&] { runs.fetch_add(1, std::memory_order_relaxed); });
            (void)group.wait();
        });
    });
    EXPECT_GE(runs, ten_million);
    pel_test::expect_balanced(pool);
}

TEST_P(memory_on, is_flat_over_tasks_of_all_sizes_from_outside) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> runs{0};
    pel::task_group group(pool);
    const auto run = [&]<std::size_t Bytes>(std::integral_constant<std::size_t, Bytes>) {
        std::array<char, Bytes> payload{};
        for (int i = 0; i < 250; ++i) group.run([&runs, payload] { runs += payload[0] == 0 ? 1U : 0U; });
    };
    const unsigned long total = pel_test::scaled(200'000);
    expect_flat(total, 1'000, [&] {
        run(std::integral_constant<std::size_t, 16>());
        run(std::integral_constant<std::size_t, 152>());
        run(std::integral_constant<std::size_t, 153>());
        run(std::integral_constant<std::size_t, 4096>());
        (void)group.wait();
    });
    EXPECT_GE(runs, total);
    pel_test::expect_balanced(pool);
}

TEST_P(memory_on, is_flat_over_submitted_posted_and_chained_tasks) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> runs{0};
    const unsigned long total = pel_test::scaled(40'000);
    expect_flat(total, 1'000, [&] {
        for (int i = 0; i < 250; ++i) {
            pool.submit([&] { ++runs; }).get();
            pool.post([&] { ++runs; });
            pool.submit([&] { ++runs; }).then([&] { ++runs; }).get();
        }
        pel_test::await([&] { return runs % 1'000 == 0; });
    });
    EXPECT_GE(runs, total);
    pel_test::expect_balanced(pool);
}

TEST_P(memory_on, is_flat_over_tasks_made_by_one_thread_and_run_by_others) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> runs{0};
    const unsigned long total = pel_test::scaled(100'000);
    unsigned long made = 0;
    expect_flat(total, 500, [&] {
        for (int i = 0; i < 500; ++i) pool.post([&] { ++runs; });
        made += 500;
        pel_test::await([&] { return runs == made; }); // this thread runs none
    });
    pel_test::expect_balanced(pool);
}

TEST_P(memory_on, is_flat_over_foreign_threads_that_come_and_go) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> runs{0};
    expect_flat(pel_test::scaled(1'000), 1, [&] {
        std::thread([&] {
            pel::parallel_for(par.on(pool), 0, 100, [&](int) { ++runs; });
            pool.submit([&] { ++runs; }).get();
        }).join();
    });
    EXPECT_GE(runs, pel_test::scaled(1'000) * 101);
    pel_test::expect_balanced(pool);
}

pel::thread_pool_options small_stacks(const pel_test::pool_shape& shape) {
    pel::thread_pool_options options = pel_test::options_of(shape);
    options.stack_size = 1 << 20;
    return options;
}

TEST_P(memory_on, a_hundred_thousand_spawns_that_each_nest_a_loop_fit_stacks_of_one_mebibyte) {
    pel::thread_pool pool(small_stacks(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned long spawns = pel_test::scaled(100'000);
    std::atomic<unsigned long> bodies{0};
    const auto nest = [&] {
        pel::parallel_for(0, 8, [&](int) {
            volatile char used[256]; // some stack per level
            used[0] = 1;
            bodies += static_cast<unsigned long>(used[0]);
        });
    };
    // From a thread of the pool, which has the small stack; the spawner does not wait for the first before the last.
    pool.submit([&] {
            pel::task_group group;
            for (unsigned long i = 0; i < spawns; ++i) group.run(nest);
            (void)group.wait();
        })
        .get();
    auto detached = pool.submit([&] {
        pel::task_group group;
        for (unsigned long i = 0; i < spawns; ++i) group.run(nest);
        (void)group.wait();
    });
    pel_test::await([&] { return detached.is_ready(); });
    for (unsigned long i = 0; i < spawns; ++i) pool.post(nest);
    pel_test::await([&] { return bodies == 3 * 8 * spawns; });
    pel_test::expect_balanced(pool);
}

TEST_P(memory_on, a_chain_of_tasks_that_each_run_the_next_uses_little_stack) {
    pel::thread_pool pool(small_stacks(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> left{pel_test::scaled(1'000'000)};
    pel::task_group group(pool);
    struct step {
        pel::task_group& group;
        std::atomic<unsigned long>& left;
        void operator()() const {
            if (left.fetch_sub(1) > 1) group.run(*this);
        }
    };
    group.run(step{group, left});
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(left, 0U);
    pel_test::expect_balanced(pool);
}

/// `depth` forks that are pending at once.
void pend(int depth, std::atomic<int>& calls) {
    if (depth == 0) return;
    pel::parallel_invoke([&] { pend(depth - 1, calls); }, [&] { ++calls; });
}

TEST_P(memory_on, a_deque_that_is_full_turns_forks_into_calls) {
    constexpr int depth = (1 << 14) + (pel_test::sanitizer.empty() ? 2'000 : 200);
    pel::thread_pool_options options = pel_test::options_of(GetParam());
    options.stack_size = std::size_t{256} << 20;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    std::atomic<int> calls{0};
    // A foreign thread's record comes with its thread's stack, too small for this: a pool thread does it.
    auto deep = pool.submit([&] { pend(depth, calls); });
    pel_test::await([&] { return deep.is_ready(); });
    deep.get();
    EXPECT_EQ(calls, depth);
    EXPECT_GT(pool.stats().full_deques, 0U);
    pel_test::expect_balanced(pool);
}

TEST_P(memory_on, a_full_deque_lists_tasks_of_groups_and_runs_loops_serially) {
    pel::thread_pool_options options = pel_test::options_of(GetParam());
    options.stack_size = std::size_t{256} << 20;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    std::atomic<int> calls{0};
    auto many = pool.submit([&] {
        pel::task_group group;
        for (int i = 0; i < (1 << 14) + 5'000; ++i) group.run([&] { ++calls; });
        pel::parallel_for(0, 1'000, [&](int) { ++calls; });
        (void)group.wait();
    });
    pel_test::await([&] { return many.is_ready(); });
    many.get();
    EXPECT_EQ(calls, (1 << 14) + 6'000);
    pel_test::expect_balanced(pool);
}

} // namespace memory_test
