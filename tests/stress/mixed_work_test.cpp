// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Long runs of everything at once, each against an answer that is known.
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace mixed_work_test {

using pel::par;

class mixed_work_on : public pel_test::with_pool_shape {};
INSTANTIATE_TEST_SUITE_P(on, mixed_work_on,
                         testing::Values(pel_test::one_seat, pel_test::two_seats, pel_test::three_seats,
                                         pel_test::two_threads, pel_test::two_nodes,
                                         pel_test::pool_shape{"concurrency_8", 8, false, false}),
                         pel_test::shape_name);

std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/// An unbalanced tree: the number of children is drawn from the node's own hash.
std::uint64_t children_of(std::uint64_t node, int depth) {
    if (depth == 0) return 0;
    const std::uint64_t draw = mix(node) % 16;
    return draw < 9 ? 0 : draw - 7;
}
std::uint64_t count_serially(std::uint64_t node, int depth) {
    std::uint64_t sum = 1;
    for (std::uint64_t c = 0; c < children_of(node, depth); ++c) sum += count_serially(mix(node + c + 1), depth - 1);
    return sum;
}
std::uint64_t count_by_forks(std::uint64_t node, int depth) {
    const std::uint64_t children = children_of(node, depth);
    if (children == 0) return 1;
    std::uint64_t first = 0;
    std::uint64_t others = 0;
    pel::parallel_invoke([&] { first = count_by_forks(mix(node + 1), depth - 1); },
                         [&] {
                             others = pel::parallel_reduce(
                                 std::uint64_t{1}, children, std::uint64_t{0},
                                 [&](std::uint64_t c) { return count_by_forks(mix(node + c + 1), depth - 1); },
                                 std::plus<>());
                         });
    return 1 + first + others;
}
std::uint64_t count_by_groups(std::uint64_t node, int depth) {
    std::atomic<std::uint64_t> sum{1};
    pel::task_group group;
    for (std::uint64_t c = 0; c < children_of(node, depth); ++c) {
        group.run([&sum, node, c, depth] { sum += count_by_groups(mix(node + c + 1), depth - 1); });
    }
    (void)group.wait();
    return sum;
}

TEST_P(mixed_work_on, stress_unbalanced_trees) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    for (std::uint64_t round = 0; round < pel_test::scaled(25); ++round) {
        const std::uint64_t root = mix(seed + round);
        const std::uint64_t expected = count_serially(root, 14);
        ASSERT_EQ(pool.execute([&] { return count_by_forks(root, 14); }), expected);
        ASSERT_EQ(pool.execute([&] { return count_by_groups(root, 14); }), expected);
        ASSERT_EQ(pool.submit([&] { return count_by_groups(root, 14); }).get(), expected);
    }
    pel_test::expect_balanced(pool);
}

template <class Iterator>
void quicksort(Iterator first, Iterator last) {
    if (last - first < 32) return std::sort(first, last);
    const auto pivot = *(first + (last - first) / 2);
    const Iterator middle = std::partition(first, last, [&](const auto& x) { return x < pivot; });
    const Iterator upper = std::partition(middle, last, [&](const auto& x) { return !(pivot < x); });
    pel::parallel_invoke([=] { quicksort(first, middle); }, [=] { quicksort(upper, last); });
}

TEST_P(mixed_work_on, stress_quicksort) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (unsigned long round = 0; round < 5; ++round) {
        std::vector<unsigned> values(pel_test::scaled(200'000));
        for (unsigned& each : values) each = static_cast<unsigned>(random() % 100'000);
        std::vector<unsigned> expected = values;
        std::sort(expected.begin(), expected.end());
        pool.execute([&] { quicksort(values.begin(), values.end()); });
        ASSERT_EQ(values, expected);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(mixed_work_on, stress_sleep_and_wake) {
    pel::thread_pool_options options = pel_test::options_of(GetParam());
    options.spin = std::chrono::nanoseconds(0); // every pause is a sleep
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::minstd_rand random(seed);
    std::atomic<unsigned long> runs{0};
    const unsigned long rounds = pel_test::scaled(20'000);
    for (unsigned long round = 0; round < rounds; ++round) {
        pool.post([&] { ++runs; });
        for (volatile unsigned i = 0; i < random() % 4'000;) i = i + 1;
        if (random() % 4 == 0) pel_test::await([&] { return runs == round + 1; }); // nobody else could run it
    }
    pel_test::await([&] { return runs == rounds; });
    pel_test::expect_balanced(pool);
}

TEST_P(mixed_work_on, stress_sleep_and_wake_of_waiters) {
    pel::thread_pool_options options = pel_test::options_of(GetParam());
    options.spin = std::chrono::nanoseconds(0);
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::minstd_rand random(seed);
    for (unsigned long round = 0; round < pel_test::scaled(3'000); ++round) {
        const unsigned left = static_cast<unsigned>(random() % 100'000); // around how long a waiter spins
        const unsigned right = static_cast<unsigned>(random() % 100'000);
        const auto spin = [](unsigned turns) {
            for (volatile unsigned i = 0; i < turns;) i = i + 1;
        };
        pool.execute([&] { pel::parallel_invoke([&] { spin(left); }, [&] { spin(right); }, [&] { spin(left / 2); }); });
    }
    pel_test::expect_balanced(pool);
}

TEST_P(mixed_work_on, stampede_of_threads_with_every_kind_of_work) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::atomic<std::uint64_t> wrong{0};
    std::vector<std::thread> threads;
    const std::uint64_t expected = count_serially(mix(1), 9);
    pel::task_group shared(pool);
    std::atomic<std::uint64_t> shared_runs{0};
    const unsigned long rounds = pel_test::scaled(400);
    for (unsigned t = 0; t < 6; ++t) {
        threads.emplace_back([&, t] {
            std::minstd_rand random(seed + t);
            for (unsigned long round = 0; round < rounds; ++round) {
                shared.run([&] { ++shared_runs; });
                switch (random() % 6) {
                case 0: wrong += pool.execute([] { return count_by_forks(mix(1), 9); }) != expected; break;
                case 1: wrong += pool.execute([] { return count_by_groups(mix(1), 9); }) != expected; break;
                case 2: wrong += pool.submit([] { return count_by_forks(mix(1), 9); }).get() != expected; break;
                case 3: {
                    std::atomic<int> bodies{0};
                    pel::parallel_for(par.on(pool), 0, 500, [&](int) { ++bodies; });
                    wrong += bodies != 500;
                    break;
                }
                case 4:
                    wrong += pel::parallel_reduce(
                                 par.on(pool), 0, 500, 0, [](int i) { return i; }, std::plus<>()) != 124'750;
                    break;
                default:
                    pool.execute([&] {
                        pel::task_group group;
                        std::atomic<int> runs{0};
                        for (int i = 0; i < 10; ++i) {
                            group.run([&] {
                                pel::blocking([] { std::this_thread::yield(); });
                                ++runs;
                            });
                        }
                        (void)group.wait();
                        wrong += runs != 10;
                    });
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(shared.wait(), pel::group_status::completed);
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(shared_runs, 6 * rounds);
    pel_test::expect_balanced(pool);
}

TEST_P(mixed_work_on, no_starvation_of_posts_by_a_group_that_is_fed_for_ever) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<bool> is_over{false};
    std::atomic<long> waiting{0};
    pel::task_group group(pool);
    std::thread feeder([&] {
        while (!is_over.load()) {
            if (waiting > 1'000) {
                std::this_thread::yield();
                continue;
            }
            ++waiting;
            group.run([&] { --waiting; });
        }
    });
    for (int round = 0; round < 100; ++round) {
        std::atomic<bool> has_run{false};
        pool.post([&] { has_run = true; });
        pel_test::await([&] { return has_run.load(); });
    }
    is_over = true;
    feeder.join();
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    pel_test::expect_balanced(pool);
}

TEST_P(mixed_work_on, destructors_of_pools_run_what_is_left) {
    std::atomic<unsigned long> runs{0};
    const unsigned long rounds = pel_test::scaled(300);
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < rounds; ++round) {
        auto pool = std::make_unique<pel::thread_pool>(pel_test::options_of(GetParam()));
        std::thread other([&] {
            for (int i = 0; i < 10; ++i) pool->post([&] { ++runs; });
        });
        for (int i = 0; i < 10; ++i) (void)pool->submit([&] { ++runs; }).then([&] { ++runs; });
        other.join();
        pool.reset();
        ASSERT_EQ(runs, 30 * (round + 1));
    }
}

} // namespace mixed_work_test
