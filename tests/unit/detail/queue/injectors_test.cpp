// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/queue/injectors.hpp>

#include "support/numbered_job.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

namespace injectors_test {

using pel::detail::group_list;
using pel::detail::injectors;
using pel::detail::job_slot;
using pel_test::ignore;
using pel_test::number_of;
using numbered = pel_test::numbered_job;

bool is_open() { return true; }

TEST(injectors, the_own_one_comes_first_and_then_those_after_it) {
    for (unsigned count : {1U, 2U, 5U, 8U, injectors::most}) {
        for (unsigned near = 0; near < count; ++near) {
            injectors all;
            all.open(count);
            std::deque<numbered> jobs;
            for (unsigned at = 0; at < count; ++at) all.push(jobs.emplace_back(at).entry, at);
            std::vector<std::size_t> order;
            while (const job_slot slot = all.try_pop(near)) order.push_back(number_of(slot));
            ASSERT_EQ(order.size(), count) << "from " << near;
            EXPECT_EQ(order[0], near);
            for (unsigned step = 1; step < count; ++step) EXPECT_EQ(order[step], (near + step) % count);
            EXPECT_TRUE(all.is_empty());
        }
    }
}

TEST(injectors, an_order_that_was_set_is_kept_to_also_by_numbers_that_are_not_open) {
    injectors all;
    all.set_order(1, 0x7654'320F'EDCB'A981); // near 1: 1, 8, 9, 10, ..., 15, 0, 2, ...
    all.open(4);
    std::deque<numbered> jobs;
    for (unsigned at = 0; at < 4; ++at) all.push(jobs.emplace_back(at).entry, at);
    std::vector<std::size_t> order;
    while (const job_slot slot = all.try_pop(1)) order.push_back(number_of(slot));
    EXPECT_EQ(order, (std::vector<std::size_t>{1, 0, 2, 3}));
    EXPECT_TRUE(all.is_empty());
}

TEST(injectors, they_are_empty_when_all_are) {
    injectors all;
    EXPECT_TRUE(all.is_empty());
    EXPECT_FALSE(all.try_pop(0));
    all.open(4);
    all.open(4); // nothing new
    EXPECT_TRUE(all.is_empty());
    for (unsigned at = 0; at < 4; ++at) {
        numbered one(at);
        all.push(one.entry, at);
        EXPECT_FALSE(all.is_empty());
        EXPECT_FALSE(all.try_pop_at((at + 1) % 4));
        EXPECT_EQ(number_of(all.try_pop_at(at)), at);
        EXPECT_TRUE(all.is_empty());
    }
}

TEST(injectors, an_entry_is_found_wherever_it_is) {
    injectors all;
    all.open(3);
    numbered pushed(1), later(2);
    all.push(pushed.entry, 2);
    EXPECT_TRUE(all.try_remove(pushed.entry));
    EXPECT_FALSE(all.try_remove(pushed.entry));
    EXPECT_FALSE(all.try_remove(later.entry)) << "it is not there yet";
    EXPECT_TRUE(all.is_empty());
    EXPECT_EQ(all.push_and(later.entry, 1, [&] { return all.is_empty() ? 1 : 2; }), 2);
    EXPECT_EQ(number_of(all.try_pop(0)), 2U);
}

TEST(injectors, a_list_stays_where_its_first_job_was_put) {
    injectors all;
    all.open(2);
    group_list list;
    numbered first(1), second(2);
    EXPECT_FALSE(all.try_pop(list));
    EXPECT_TRUE(all.try_append(list, 1, first, &ignore, is_open, [] {}));
    EXPECT_TRUE(all.try_append(list, 0, second, &ignore, is_open, [] {}));
    EXPECT_FALSE(all.try_pop_at(0));
    EXPECT_EQ(number_of(all.try_pop_at(1)), 1U);
    EXPECT_EQ(number_of(all.try_pop(list)), 2U);
    EXPECT_TRUE(all.is_empty());
}

TEST(injectors, a_list_that_is_closed_takes_no_more_and_gives_what_it_has) {
    injectors all;
    all.open(2);
    group_list list, untouched;
    numbered first(1), second(2);
    EXPECT_TRUE(all.try_append(list, 1, first, &ignore, is_open, [] {}));
    EXPECT_FALSE(all.try_append(
        list, 1, second, &ignore, [] { return false; }, [] { ADD_FAILURE() << "for a job that is not listed"; }));
    EXPECT_EQ(number_of(all.pop_closed(list, 0)), 1U);
    EXPECT_FALSE(all.pop_closed(list, 0));
    EXPECT_FALSE(all.pop_closed(untouched, 0));
    EXPECT_TRUE(all.is_empty());
}

TEST(injectors, stress_every_entry_is_claimed_once_also_by_who_asks_while_it_is_pushed) {
    const pel_test::watchdog guard;
    const std::size_t each = pel_test::scaled(40'000);
    constexpr unsigned places = 3;
    injectors all;
    all.open(places);
    group_list list;
    std::deque<numbered> jobs, listed; // by place
    for (std::size_t i = 0; i < places * each; ++i) jobs.emplace_back(i);
    for (std::size_t i = 0; i < places * each; ++i) listed.emplace_back(places * each + i);
    std::vector<std::atomic<unsigned>> claims(2 * places * each);
    const auto claim = [&](std::size_t number) { claims[number].fetch_add(1, std::memory_order_relaxed); };
    std::atomic<std::size_t> pushing[places] = {0, each, 2 * each};
    std::vector<std::thread> threads;
    for (unsigned at = 0; at < places; ++at) {
        threads.emplace_back([&, at] {
            for (std::size_t i = at * each; i < (at + 1) * each; ++i) {
                pushing[at].store(i, std::memory_order_relaxed);
                all.push(jobs[i].entry, at);
                all.try_append(list, at, listed[i], &ignore, is_open, [] {});
                const std::size_t others = pushing[(at + i) % places].load(std::memory_order_relaxed);
                if (all.try_remove(jobs[others].entry)) claim(others);
                if (const job_slot slot = i % 2 == 0 ? all.try_pop(list) : all.try_pop(at)) claim(number_of(slot));
            }
            while (const job_slot slot = all.try_pop(at)) claim(number_of(slot));
        });
    }
    for (std::thread& thread : threads) thread.join();
    while (const job_slot slot = all.try_pop(0)) claim(number_of(slot));
    EXPECT_TRUE(std::ranges::all_of(claims, [](const auto& count) { return count.load() == 1; }));
    EXPECT_TRUE(all.is_empty());
}

} // namespace injectors_test
