// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
#include <pel/graph/graph.hpp>
#include <pel/graph/with.hpp>
#include <pel/this_worker.hpp>

#include "support/occupancy.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace with_test {

using pel::resource;
using pel::spawn_after;
using pel::task_handle;
using pel::task_ref;
using pel::with;
using pel_test::occupancy;

static_assert(std::is_same_v<decltype(spawn_after({}, with({std::declval<resource&>()}, [] { return 'a'; }))),
                             task_handle<char>>);
static_assert(!std::is_invocable_v<decltype(with({std::declval<resource&>()}, [] {}))>);

class with_units : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(with_units);

TEST_P(with_units, no_more_tasks_run_at_once_than_there_are_units_however_they_were_made) {
    resource disk(2);
    occupancy taken(2);
    pel::graph g;
    for (int i = 0; i < 50; ++i) g.emplace([&] { taken.visit(); }).use(disk);
    auto run = g.start(pel::par.on(pool));
    std::vector<pel::future<void>> futures;
    task_ref last = spawn_after(pool, {}, [] {});
    std::vector<task_ref> tasks;
    pel::task_group group(pool);
    for (int i = 0; i < 200; ++i) {
        futures.push_back(pool.submit(with({disk}, [&] { taken.visit(); })));
        tasks.push_back(spawn_after(pool, {last}, with({disk}, [&] { taken.visit(); })));
        if (i % 3 == 0) last = tasks.back();
        pel::run_with(group, {disk}, [&] { taken.visit(); });
    }
    for (const task_ref& each : tasks) each.wait();
    for (pel::future<void>& each : futures) each.get();
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    run.wait();
    EXPECT_EQ(taken.too_many(), 0U);
    EXPECT_EQ(taken.visits(), 650U);
    EXPECT_EQ(disk.available(), 2U);
}

TEST_P(with_units, several_units_of_several_resources_are_taken_without_a_circle) {
    resource a(1), b(3);
    occupancy of_a(1), of_b(3);
    std::mt19937 random(1);
    std::vector<task_handle<int>> tasks;
    std::vector<pel::future<int>> futures;
    for (int i = 0; i < 300; ++i) {
        const auto wanted = static_cast<unsigned>(1 + random() % 3);
        const auto body = [&, i, wanted] {
            of_a.come();
            of_b.come(wanted);
            of_b.go(wanted);
            of_a.go();
            return i;
        };
        const auto both = with({{b, wanted}, a}, body), turned = with({a, {b, wanted}}, body);
        tasks.push_back(spawn_after(pool, {}, i % 2 == 0 ? both : turned));
        futures.push_back(pool.submit(i % 2 == 0 ? turned : both));
    }
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(tasks[static_cast<std::size_t>(i)].get(), i);
        EXPECT_EQ(futures[static_cast<std::size_t>(i)].get(), i);
    }
    EXPECT_EQ(of_a.too_many() + of_b.too_many(), 0U);
    EXPECT_EQ(a.available(), 1U);
    EXPECT_EQ(b.available(), 3U);
}

TEST_P(with_units, results_go_on_and_what_is_named_twice_is_added) {
    resource disk(3);
    const auto x = spawn_after(pool, {}, with({disk, {disk, 2}}, [&] {
                                   EXPECT_EQ(disk.available(), 0U);
                                   return std::make_unique<int>(20);
                               }));
    const auto y = spawn_after(pool, {x}, with({disk}, [] {}));
    const auto z = spawn_after(
        pool, x, y,
        with({disk}, [held = std::make_unique<int>(1)](const std::unique_ptr<int>& of_x) { return *of_x + *held; }));
    EXPECT_EQ(z.get(), 21);
    const std::vector<task_handle<int>> before{z, z};
    EXPECT_EQ(spawn_after(pool, before, with({{disk, 3}}, [] { return 1; })).get(), 1);
    EXPECT_EQ(pool.submit(with({disk}, [] { return 1; })).then([](int one) { return one + 1; }).get(), 2);
    int object = 0;
    EXPECT_EQ(&pool.submit(with({disk}, [&]() -> int& { return object; })).get(), &object);
    EXPECT_EQ(disk.available(), 3U);
}

TEST_P(with_units, a_task_takes_none_before_what_it_begins_after_is_done) {
    resource disk(1);
    std::optional<pel::resource_lock> elsewhere;
    std::atomic<bool> is_open{false};
    const auto first =
        spawn_after(pool, {}, [&] { pel::blocking([&] { pel_test::await([&] { return is_open.load(); }); }); });
    const auto second = spawn_after(pool, {first}, with({disk}, [] { return 2; }));
    elsewhere.emplace(disk); // would wait for ever
    is_open = true;
    first.wait();
    EXPECT_FALSE(second.is_ready());
    elsewhere.reset();
    EXPECT_EQ(second.get(), 2);
}

TEST_P(with_units, units_are_back_when_a_task_is_done_also_if_it_throws) {
    resource disk(2);
    for (unsigned long i = 0; i != pel_test::scaled(1'000); ++i) {
        const auto t = spawn_after(pool, {}, with({{disk, 2}}, [] { throw std::out_of_range("t"); }));
        const auto after = spawn_after(pool, {t}, with({disk}, [] { ADD_FAILURE(); }));
        EXPECT_THROW(after.get(), std::out_of_range);
        ASSERT_EQ(disk.available(), 2U);
        auto f = pool.submit(with({{disk, 2}}, []() -> int { throw std::out_of_range("f"); }));
        EXPECT_THROW(f.get(), std::out_of_range);
        ASSERT_EQ(disk.available(), 2U);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(with_units, who_waits_keeps_no_thread) {
    resource disk(1);
    std::optional<pel::resource_lock> lock(std::in_place, disk);
    std::vector<task_ref> tasks;
    std::vector<pel::future<void>> futures;
    for (int i = 0; i < 1'000; ++i) {
        tasks.push_back(spawn_after(pool, {}, with({disk}, [] {})));
        futures.push_back(pool.submit(with({disk}, [] {})));
    }
    for (int i = 0; i < 100; ++i) spawn_after(pool, {}, [] {}).get(); // these go on
    for (const task_ref& each : tasks) EXPECT_FALSE(each.is_ready());
    lock.reset();
    for (const task_ref& each : tasks) each.wait();
    for (pel::future<void>& each : futures) each.get();
    EXPECT_EQ(disk.available(), 1U);
    pel_test::expect_balanced(pool);
}

TEST_P(with_units, a_task_that_is_cancelled_does_not_wait_for_units_that_others_have) {
    resource disk(1), memory(4);
    std::atomic<int> runs{0};
    {
        const pel::resource_lock lock(disk);
        std::vector<task_handle<void>> all;
        for (int i = 0; i < 20; ++i) { // these hold memory while they wait for the disk
            all.push_back(spawn_after(pool, {}, with({{memory, 4}, disk}, [&] { ++runs; })));
            all.push_back(spawn_after(pool, {all.back()}, [&] { ++runs; }));
        }
        for (std::size_t i = 0; i != all.size(); i += 2) {
            pel_test::await([&] { return all[i].cancel(); }); // not while a thread is about to begin it
            EXPECT_TRUE(all[i].cancel() || all[i].is_ready());
            EXPECT_THROW(all[i].get(), pel::operation_cancelled);
            EXPECT_THROW(all[i + 1].get(), pel::operation_cancelled);
        }
        EXPECT_EQ(memory.available(), 4U);
    }
    EXPECT_EQ(runs, 0);
    EXPECT_EQ(disk.available(), 1U);
}

TEST_P(with_units, who_waits_behind_one_that_is_cancelled_gets_what_there_is) {
    resource memory(4);
    std::optional<pel::resource_lock> lock(std::in_place, std::initializer_list<pel::resource_units>{{memory, 2}});
    const auto large = spawn_after(pool, {}, with({{memory, 4}}, [] {}));
    const auto small = spawn_after(pool, {}, with({memory}, [] { return 1; }));
    pel_test::await([&] { return large.cancel(); });
    EXPECT_EQ(small.get(), 1);
    EXPECT_THROW(large.get(), pel::operation_cancelled);
    lock.reset();
    EXPECT_EQ(memory.available(), 4U);
}

TEST_P(with_units, who_wants_many_is_not_passed_by) {
    resource memory(4);
    pel::thread_pool others(2);
    std::atomic<bool> is_over{false};
    std::vector<task_ref> small;
    const auto keep_busy = [&] { // one or two of four units are always taken
        for (task_ref last = spawn_after(others, {}, [] {}); !is_over;) {
            const task_ref next = spawn_after(others, {last}, with({memory}, [] {}));
            const task_ref too = spawn_after(others, {last}, with({memory}, [] {}));
            last = spawn_after(others, {next, too}, [] {});
            last.wait();
        }
    };
    std::thread busy(keep_busy);
    for (unsigned long i = 0; i != pel_test::scaled(200); ++i) {
        spawn_after(pool, {}, with({{memory, 4}}, [] {})).wait();
        pool.submit(with({{memory, 4}}, [] {})).wait();
    }
    is_over = true;
    busy.join();
    EXPECT_EQ(memory.available(), 4U);
}

TEST_P(with_units, cancelling_races_with_getting_units) {
    resource disk(1), memory(2);
    std::atomic<unsigned> runs{0}, cancelled{0}, wrong{0};
    for (unsigned long round = 0; round != pel_test::scaled(300); ++round) {
        std::vector<task_handle<void>> tasks;
        for (unsigned i = 0; i < 10; ++i)
            tasks.push_back(spawn_after(pool, {}, with({disk, {memory, 1 + i % 2}}, [&] { ++runs; })));
        std::thread canceller([&] {
            for (unsigned i = 0; i < 10; i += 2) {
                const bool is_cancelled = tasks[i].cancel();
                try {
                    tasks[i].get();
                    if (is_cancelled) ++wrong;
                } catch (const pel::operation_cancelled&) {
                    ++cancelled;
                    if (!is_cancelled) ++wrong;
                }
            }
        });
        for (const task_ref& each : tasks) each.wait();
        canceller.join();
        ASSERT_EQ(disk.available(), 1U);
        ASSERT_EQ(memory.available(), 2U);
    }
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(runs + cancelled, 10 * pel_test::scaled(300));
    pel_test::expect_balanced(pool);
}

TEST_P(with_units, a_task_that_hands_over_gives_its_units_back_when_it_returns) {
    resource disk(1);
    const auto outer =
        spawn_after(pool, {}, with({disk}, [&] { pel::hand_over_successors(spawn_after({}, with({disk}, [] {}))); }));
    outer.get();
    EXPECT_EQ(disk.available(), 1U);
}

TEST_P(with_units, tasks_of_several_pools_share_a_resource) {
    resource disk(1);
    pel::thread_pool other(2);
    unsigned visits = 0;
    for (unsigned long round = 0; round != pel_test::scaled(100); ++round) {
        std::vector<task_ref> tasks;
        std::vector<pel::future<void>> futures;
        for (int i = 0; i < 10; ++i) {
            tasks.push_back(spawn_after(i % 2 == 0 ? pool : other, {}, with({disk}, [&] { ++visits; })));
            tasks.push_back(spawn_after(i % 2 == 0 ? other : pool, {tasks.back()}, with({disk}, [&] { ++visits; })));
            futures.push_back((i % 2 == 0 ? pool : other).submit(with({disk}, [&] { ++visits; })));
        }
        for (const task_ref& each : tasks) each.wait();
        for (pel::future<void>& each : futures) each.wait();
    }
    EXPECT_EQ(visits, 30 * pel_test::scaled(100));
}

TEST_P(with_units, a_pool_ends_after_tasks_that_wait_for_units) {
    for (unsigned long round = 0; round != pel_test::scaled(20); ++round) {
        resource disk(1);
        std::atomic<int> runs{0};
        std::optional<pel::resource_lock> lock(std::in_place, disk);
        std::thread giver;
        {
            pel::thread_pool brief(GetParam());
            for (int i = 0; i < 10; ++i) {
                (void)brief.submit(with({disk}, [&] { ++runs; }));
                (void)spawn_after(brief, {}, with({disk}, [&] { ++runs; }));
            }
            giver = std::thread([&] {
                std::this_thread::yield();
                lock.reset();
            });
        }
        EXPECT_EQ(runs, 20);
        giver.join();
        EXPECT_EQ(disk.available(), 1U);
    }
}

TEST(with, what_cannot_be_had_is_an_error) {
    resource few(2);
    EXPECT_THROW((void)with({{few, 3}}, [] {}), std::invalid_argument);
    EXPECT_THROW((void)with({few, few, few}, [] {}), std::invalid_argument);
    EXPECT_THROW((void)with({{few, 0}}, [] {}), std::invalid_argument);
}

} // namespace with_test
