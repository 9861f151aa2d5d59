// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace task_group_test {

using pel::group_status;
using pel::task_group;

TEST(task_group, an_empty_group_is_complete) {
    const pel_test::watchdog guard;
    task_group group;
    EXPECT_EQ(group.wait(), group_status::completed);
    EXPECT_EQ(group.wait(), group_status::completed);
    EXPECT_FALSE(group.is_cancelled());
}

TEST(task_group, runs_every_task_and_can_be_used_again) {
    const pel_test::watchdog guard;
    task_group group;
    std::atomic<int> runs{0};
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 100; ++i) group.run([&] { ++runs; });
        EXPECT_EQ(group.wait(), group_status::completed);
        EXPECT_EQ(runs, 100 * round);
    }
}

TEST(task_group, run_and_wait_runs_one_more) {
    const pel_test::watchdog guard;
    task_group group;
    std::atomic<int> runs{0};
    group.run([&] { ++runs; });
    EXPECT_EQ(group.run_and_wait([&] { ++runs; }), group_status::completed);
    EXPECT_EQ(runs, 2);
}

TEST(task_group, destruction_waits) {
    const pel_test::watchdog guard;
    std::atomic<int> runs{0};
    {
        task_group group;
        for (int i = 0; i < 100; ++i) group.run([&] { ++runs; });
    }
    EXPECT_EQ(runs, 100);
}

TEST(task_group, destruction_while_another_exception_is_handled_drops_the_tasks_exception) {
    const pel_test::watchdog guard;
    EXPECT_THROW(
        {
            task_group group;
            group.run([] { throw std::logic_error("of the task"); });
            throw std::runtime_error("of the builder");
        },
        std::runtime_error);
}

TEST(task_group, tasks_may_be_move_only_and_are_destroyed) {
    const pel_test::watchdog guard;
    const auto alive = std::make_shared<int>(1);
    task_group group;
    for (int i = 0; i < 50; ++i) {
        group.run([own = std::make_unique<int>(i), alive] { EXPECT_GE(*own, 0); });
    }
    EXPECT_EQ(group.wait(), group_status::completed);
    EXPECT_EQ(alive.use_count(), 1);
}

TEST(task_group, a_large_task_is_stored_whole) {
    const pel_test::watchdog guard;
    task_group group;
    std::array<unsigned char, 5000> big{};
    big.fill(7);
    std::atomic<unsigned> sum{0};
    for (int i = 0; i < 20; ++i) group.run([&sum, big] { sum += big[0] + big[4999]; });
    EXPECT_EQ(group.wait(), group_status::completed);
    EXPECT_EQ(sum, 20U * 14);
}

struct copy_throws {
    copy_throws() = default;
    copy_throws(const copy_throws&) { throw std::runtime_error("copy"); }
    void operator()() const { ADD_FAILURE(); }
};

TEST(task_group, what_copying_a_task_throws_comes_out_of_run) {
    const pel_test::watchdog guard;
    task_group group;
    const copy_throws task;
    EXPECT_THROW(group.run(task), std::runtime_error);
    EXPECT_EQ(group.wait(), group_status::completed);
}

TEST(task_group, wait_throws_the_first_exception_and_the_group_stays_usable) {
    const pel_test::watchdog guard;
    task_group group;
    for (int round = 0; round < 50; ++round) {
        for (int i = 0; i < 10; ++i) group.run([] { throw std::runtime_error("task"); });
        EXPECT_THROW((void)group.wait(), std::runtime_error);
        EXPECT_FALSE(group.is_cancelled());
        EXPECT_EQ(group.wait(), group_status::completed) << "thrown once";
    }
}

TEST(task_group, a_cancelled_group_drops_tasks_until_wait_returns) {
    const pel_test::watchdog guard;
    task_group group;
    std::atomic<int> runs{0};
    group.cancel();
    EXPECT_TRUE(group.is_cancelled());
    group.run([&] { ++runs; });
    EXPECT_EQ(group.wait(), group_status::cancelled);
    EXPECT_EQ(runs, 0);
    group.run([&] { ++runs; });
    EXPECT_EQ(group.wait(), group_status::completed);
    EXPECT_EQ(runs, 1);
}

TEST(task_group, a_task_that_cancels_stops_those_that_have_not_begun) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    pool.execute([&] {
        task_group group;
        for (int i = 0; i < 1000; ++i) {
            group.run([&] {
                ++runs;
                group.cancel();
            });
        }
        EXPECT_EQ(group.wait(), group_status::cancelled);
    });
    EXPECT_LE(runs, 2);
}

TEST(task_group, a_task_may_take_a_stop_token_that_stops_with_the_group) {
    const pel_test::watchdog guard;
    task_group group;
    std::atomic<bool> has_begun{false};
    group.run([&](std::stop_token token) {
        EXPECT_TRUE(token.stop_possible());
        has_begun = true;
        while (!token.stop_requested()) std::this_thread::yield();
    });
    std::thread canceller([&] {
        pel_test::await([&] { return has_begun.load(); });
        group.cancel();
    });
    EXPECT_EQ(group.wait(), group_status::cancelled);
    canceller.join();
    group.run([](std::stop_token token) { EXPECT_FALSE(token.stop_requested()) << "a new one"; });
    EXPECT_EQ(group.wait(), group_status::completed);
}

TEST(task_group, an_exception_stops_the_tokens_of_running_tasks) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    task_group group(pool);
    std::atomic<bool> has_begun{false};
    group.run([&](std::stop_token token) {
        has_begun = true;
        while (!token.stop_requested()) std::this_thread::yield();
    });
    pel_test::await([&] { return has_begun.load(); });
    group.run([] { throw std::runtime_error("task"); });
    EXPECT_THROW((void)group.wait(), std::runtime_error);
}

TEST(task_group, cancelling_reaches_groups_and_loops_inside) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    task_group outer(pool);
    std::atomic<bool> was_cut_short{false};
    std::atomic<bool> inner_was_cancelled{false};
    outer.run([&] {
        outer.cancel();
        task_group inner;
        inner.run([] { ADD_FAILURE() << "in a cancelled scope"; });
        inner_was_cancelled = inner.wait() == group_status::cancelled;
        try {
            pel::parallel_for(0, 1000, [](int) {});
        } catch (const pel::operation_cancelled& error) {
            was_cut_short = std::string(error.what()).find("cancelled") != std::string::npos;
        }
    });
    EXPECT_EQ(outer.wait(), group_status::cancelled);
    EXPECT_TRUE(inner_was_cancelled);
    EXPECT_TRUE(was_cut_short);
}

TEST(task_group, waiting_from_inside_itself_is_an_error_that_says_so) {
    const pel_test::watchdog guard;
    task_group group;
    std::string text;
    group.run([&] {
        try {
            (void)group.wait();
        } catch (const std::logic_error& error) {
            text = error.what();
        }
    });
    EXPECT_EQ(group.wait(), group_status::completed);
    EXPECT_NE(text.find("wait() called by a task of the same group"), std::string::npos) << text;
}

TEST(task_group, waiting_from_inside_a_nested_fork_of_itself_is_an_error) {
    const pel_test::watchdog guard;
    task_group group;
    std::atomic<int> errors{0};
    const auto waits = [&] {
        try {
            (void)group.wait();
        } catch (const std::logic_error&) {
            ++errors;
        }
    };
    group.run([&] {
        pel::parallel_invoke(waits, waits);
        pel::parallel_for(0, 2, [&](int) { waits(); });
    });
    EXPECT_EQ(group.wait(), group_status::completed);
    EXPECT_EQ(errors, 4);
}

TEST(task_group, a_second_waiter_is_an_error_that_says_so) {
    const pel_test::watchdog guard;
    pel::thread_pool pool(2);
    task_group group(pool);
    std::atomic<bool> may_end{false};
    std::atomic<bool> has_begun{false};
    std::atomic<int> refused{0};
    group.run([&] {
        has_begun = true;
        pel_test::await([&] { return may_end.load(); });
    });
    pel_test::await([&] { return has_begun.load(); });
    const auto waits = [&] {
        try {
            (void)group.wait();
        } catch (const std::logic_error& error) {
            EXPECT_NE(std::string(error.what()).find("two threads wait"), std::string::npos);
            ++refused;
            may_end = true;
        }
    };
    std::thread first(waits);
    std::thread second(waits);
    first.join();
    second.join();
    EXPECT_EQ(refused, 1);
}

class task_group_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(task_group_on);

void spawn_tree(task_group& group, std::atomic<int>& runs, int depth) {
    ++runs;
    if (depth == 0) return;
    for (int i = 0; i < 3; ++i) group.run([&, depth] { spawn_tree(group, runs, depth - 1); });
}

TEST_P(task_group_on, tasks_run_tasks_into_their_own_group) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    pool.execute([&] {
        task_group group;
        group.run([&] { spawn_tree(group, runs, 7); });
        EXPECT_EQ(group.wait(), group_status::completed);
    });
    EXPECT_EQ(runs, (6561 - 1) / 2);
    task_group outside(pool);
    outside.run([&] { spawn_tree(outside, runs, 7); });
    EXPECT_EQ(outside.wait(), group_status::completed);
    EXPECT_EQ(runs, 6561 - 1);
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, one_group_is_run_from_many_threads_and_pools) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    pel::thread_pool other(2);
    const pel_test::watchdog guard(pool);
    task_group group(pool);
    std::atomic<int> runs{0};
    for (int round = 1; round <= 5; ++round) {
        const auto add = [&] {
            for (int i = 0; i < 200; ++i) group.run([&] { ++runs; });
        };
        std::thread foreign(add);
        std::thread in_other_pool([&] { other.execute([&] { pel::parallel_invoke(add, add); }); });
        std::thread in_pool([&] { pool.execute([&] { pel::parallel_invoke(add, add); }); });
        add();
        foreign.join();
        in_other_pool.join();
        in_pool.join();
        EXPECT_EQ(group.wait(), group_status::completed);
        EXPECT_EQ(runs, round * 1200);
    }
    pel_test::expect_balanced(pool);
    pel_test::expect_balanced(other);
}

TEST_P(task_group_on, another_thread_waits) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    for (int round = 1; round <= 20; ++round) {
        task_group group(pool);
        std::thread([&] {
            for (int i = 0; i < 50; ++i) group.run([&] { ++runs; });
        }).join();
        std::thread([&] { EXPECT_EQ(group.wait(), group_status::completed); }).join();
        EXPECT_EQ(runs, 50 * round);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, a_group_may_be_waited_for_under_a_fork_that_covers_its_tasks) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        runs = 0;
        pool.execute([&] {
            task_group group;
            group.run([&] { ++runs; });
            group.run([&] { ++runs; });
            pel::parallel_invoke([&] { EXPECT_EQ(group.wait(), group_status::completed); }, [&] { ++runs; });
            EXPECT_EQ(runs, 3);
        });
    }
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, a_task_of_one_group_runs_tasks_into_an_outer_one_inside_a_fork) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        std::atomic<int> runs{0};
        pool.execute([&] {
            task_group outer;
            pel::parallel_invoke([&] { outer.run([&] { ++runs; }); },
                                 [&] {
                                     task_group inner;
                                     inner.run([&] { outer.run([&] { ++runs; }); });
                                     inner.run([&] { ++runs; });
                                     EXPECT_EQ(inner.wait(), group_status::completed);
                                 });
            EXPECT_EQ(outer.wait(), group_status::completed);
            EXPECT_EQ(runs, 3);
        });
    }
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, groups_on_the_heap_end_in_any_order) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::minstd_rand random(seed);
    std::atomic<unsigned> runs{0};
    unsigned expected = 0;
    pool.execute([&] {
        std::vector<std::unique_ptr<task_group>> groups;
        for (unsigned long step = 0; step < pel_test::scaled(20'000); ++step) {
            const unsigned choice = random() % 8;
            if (groups.empty() || (choice == 0 && groups.size() < 12)) {
                groups.push_back(std::make_unique<task_group>());
            } else if (choice == 1) {
                groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(random() % groups.size()));
            } else if (choice == 2) {
                ASSERT_EQ(groups[random() % groups.size()]->wait(), group_status::completed);
            } else {
                groups[random() % groups.size()]->run([&] { ++runs; });
                ++expected;
            }
        }
    });
    EXPECT_EQ(runs, expected);
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, groups_of_groups_complete) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    const auto level = [&](auto& self, int depth) -> void {
        if (depth == 0) {
            ++runs;
            return;
        }
        task_group group;
        for (int i = 0; i < 3; ++i) group.run([&, depth] { self(self, depth - 1); });
        EXPECT_EQ(group.wait(), group_status::completed);
    };
    task_group outside(pool);
    outside.run([&] { level(level, 7); });
    EXPECT_EQ(outside.wait(), group_status::completed);
    EXPECT_EQ(runs, 2187);
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, a_group_may_be_destroyed_by_the_thread_that_saw_it_complete) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> runs{0};
    for (unsigned long round = 0; round < pel_test::scaled(5'000); ++round) {
        auto group = std::make_unique<task_group>(pool);
        group->run([&] { ++runs; });
        group->run([&] { ++runs; });
        group.reset(); // the last task must not touch it afterwards
    }
    EXPECT_EQ(runs, 2 * pel_test::scaled(5'000));
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, a_group_waited_for_before_a_younger_one_leaves_that_one_well) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    for (unsigned long round = 0; round < pel_test::scaled(1'000) + 10; ++round) {
        runs = 0;
        pool.execute([&] {
            task_group older;
            older.run([&] { ++runs; });
            task_group younger;
            EXPECT_EQ(older.wait(), group_status::completed);
            // The place where the younger one began lies above another fork now.
            pel::parallel_invoke([&] { younger.run([&] { ++runs; }); }, [&] { ++runs; });
            EXPECT_EQ(younger.wait(), group_status::completed);
        });
        ASSERT_EQ(runs, 3);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, a_task_of_an_older_group_may_run_one_into_a_younger_group) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    for (unsigned long round = 0; round < pel_test::scaled(1'000) + 10; ++round) {
        runs = 0;
        pool.execute([&] {
            task_group older;
            older.run([&] { ++runs; });
            task_group younger;
            older.run([&] { younger.run([&] { ++runs; }); });
            EXPECT_EQ(older.wait(), group_status::completed);
            EXPECT_EQ(younger.wait(), group_status::completed);
        });
        ASSERT_EQ(runs, 2);
    }
    pel_test::expect_balanced(pool);
}

// An older group is waited for by a task of a younger one, which the younger one's wait runs where both were built.
TEST_P(task_group_on, a_task_may_wait_for_an_older_group_after_it_has_blocked) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    pool.execute([&] {
        task_group older;
        older.run([&] { ++runs; });
        task_group younger;
        younger.run([&] {
            pel::blocking([] {});
            EXPECT_EQ(older.wait(), group_status::completed);
            ++runs;
        });
        EXPECT_EQ(younger.wait(), group_status::completed);
        EXPECT_EQ(older.wait(), group_status::completed);
    });
    EXPECT_EQ(runs, 2);
    pel_test::expect_balanced(pool);
}

TEST_P(task_group_on, a_task_may_wait_for_an_older_group_that_it_has_added_to) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0}, forks{0};
    for (unsigned long round = 0; round < pel_test::scaled(1'000) + 10; ++round) {
        runs = forks = 0;
        pool.execute([&] {
            const std::uint32_t bottom = pel::detail::current_worker->deque.bottom();
            {
                task_group older;
                older.run([&] { ++runs; });
                task_group younger;
                younger.run([&] {
                    older.run([&] { ++runs; });
                    EXPECT_EQ(older.wait(), group_status::completed);
                    pel::parallel_invoke([&] { younger.run([&] { ++runs; }); }, [&] { ++forks; });
                });
                EXPECT_EQ(younger.wait(), group_status::completed);
                EXPECT_EQ(older.wait(), group_status::completed);
            }
            EXPECT_EQ(pel::detail::current_worker->deque.bottom(), bottom) << "a fork that is over may be stolen";
        });
        ASSERT_EQ(runs, 3);
        ASSERT_EQ(forks, 1);
    }
    pel_test::expect_balanced(pool);
}

TEST(task_group, built_while_an_older_one_has_tasks_is_not_cancelled_by_a_fork_that_comes_to_lie_there) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<int> runs{0};
    pool.execute([&] {
        task_group older;
        older.run([] {});
        task_group younger;
        younger.run([&] {
            older.run([] {});
            task_group inner;
            EXPECT_EQ(older.wait(), group_status::completed);
            std::atomic<bool> has_begun{false};
            const auto fork_that_throws = [&] {
                pel::parallel_invoke(
                    [&] {
                        while (!has_begun) std::this_thread::yield();
                        throw std::runtime_error("from the fork");
                    },
                    [&] {
                        has_begun = true;
                        const std::uint64_t before = pel::detail::cancellations.load(pel::detail::acquire);
                        while (pel::detail::cancellations.load(pel::detail::acquire) == before)
                            std::this_thread::yield();
                        inner.run([&] { ++runs; });
                    });
            };
            EXPECT_THROW(fork_that_throws(), std::runtime_error);
            EXPECT_EQ(inner.wait(), group_status::completed);
        });
        EXPECT_EQ(younger.wait(), group_status::completed);
        EXPECT_EQ(older.wait(), group_status::completed);
    });
    EXPECT_EQ(runs, 1);
}

TEST_P(task_group_on, groups_of_one_function_are_used_in_any_order) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::minstd_rand random(1);
    for (unsigned long round = 0; round < pel_test::scaled(2'000) + 20; ++round) {
        std::atomic<int> runs{0};
        int expected = 0;
        pool.execute([&] {
            std::array<std::optional<task_group>, 4> groups;
            for (int step = 0; step < 24; ++step) {
                std::optional<task_group>& one = groups[random() % groups.size()];
                std::optional<task_group>& other = groups[random() % groups.size()];
                if (!one) one.emplace();
                if (!other) other.emplace();
                switch (random() % 5) {
                case 0:
                case 1:
                    one->run([&] { ++runs; });
                    ++expected;
                    break;
                case 2:
                    one->run([&] { other->run([&] { ++runs; }); });
                    ++expected;
                    break;
                case 3:
                    pel::parallel_invoke([&] { one->run([&] { ++runs; }); }, [&] { ++runs; });
                    expected += 2;
                    break;
                default: EXPECT_EQ(one->wait(), group_status::completed);
                }
            }
            for (auto& each : groups) {
                if (each) {
                    EXPECT_EQ(each->wait(), group_status::completed);
                }
            }
        });
        ASSERT_EQ(runs, expected) << "round " << round;
    }
    pel_test::expect_balanced(pool);
}

TEST(task_group, waiting_from_inside_itself_by_way_of_another_pool_is_an_error) {
    pel::thread_pool pool(1);
    pel::thread_pool other(1);
    const pel_test::watchdog guard(pool);
    std::atomic<int> errors{0};
    pool.execute([&] {
        task_group group;
        group.run([&] {
            other.execute([&] {
                try {
                    (void)group.wait();
                } catch (const std::logic_error&) {
                    ++errors;
                }
            });
        });
        EXPECT_EQ(group.wait(), group_status::completed);
    });
    EXPECT_EQ(errors, 1);
}

TEST(task_group, cancelling_while_the_wait_ends_is_no_race) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    task_group group(pool);
    std::atomic<bool> is_over{false};
    std::thread canceller([&] {
        while (!is_over.load()) group.cancel();
    });
    for (unsigned long round = 0; round < pel_test::scaled(20'000) + 100; ++round) {
        group.run([](const std::stop_token& token) { (void)token.stop_requested(); });
        (void)group.wait();
    }
    is_over = true;
    canceller.join();
    (void)group.wait();
}

TEST(task_group, is_complete_for_another_thread_while_its_builder_goes_on) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (const bool runs_more : {false, true}) {
        for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
            pool.execute([&] {
                std::atomic<int> ran{0}, started{1};
                std::atomic<bool> is_over{false};
                pel::task_group group;
                group.run([&] { ++ran; });
                std::thread waiter([&] {
                    EXPECT_EQ(group.wait(), pel::group_status::completed);
                    is_over = true;
                });
                while (!is_over) {
                    pel::parallel_invoke([] {}, [] {});
                    if (!runs_more || ran != started) continue;
                    ++started;
                    group.run([&] { ++ran; });
                }
                waiter.join();
                EXPECT_EQ(group.wait(), pel::group_status::completed);
                EXPECT_EQ(ran, started);
            });
        }
    }
    pel_test::expect_balanced(pool);
}

} // namespace task_group_test
