// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/queue/injector.hpp>

#include "support/numbered_job.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

namespace injector_test {

using pel::detail::group_list;
using pel::detail::injector;
using pel::detail::job_slot;
using pel_test::ignore;
using pel_test::number_of;
using numbered = pel_test::numbered_job;

void append(injector& queue, group_list& list, numbered& item) {
    bool was_asked = false;
    EXPECT_TRUE(queue.try_append(
        list, item, &ignore, [] { return true; },
        [&] {
            EXPECT_FALSE(list.is_empty());
            was_asked = true;
        }));
    EXPECT_TRUE(was_asked);
}

TEST(injector, what_is_pushed_first_comes_out_first) {
    injector queue;
    EXPECT_TRUE(queue.is_empty());
    EXPECT_FALSE(queue.try_pop());
    numbered entries[3] = {numbered(0), numbered(1), numbered(2)};
    for (numbered& each : entries) queue.push(each.entry);
    EXPECT_FALSE(queue.is_empty());
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(number_of(queue.try_pop()), i);
    EXPECT_TRUE(queue.is_empty());
    EXPECT_FALSE(queue.try_pop());
}

TEST(injector, an_entry_is_claimed_once_from_anywhere_in_the_queue) {
    injector queue;
    numbered entries[3] = {numbered(0), numbered(1), numbered(2)};
    for (numbered& each : entries) queue.push(each.entry);
    EXPECT_TRUE(queue.try_remove(entries[1].entry));
    EXPECT_FALSE(queue.try_remove(entries[1].entry));
    EXPECT_EQ(number_of(queue.try_pop()), 0U);
    EXPECT_FALSE(queue.try_remove(entries[0].entry));
    EXPECT_TRUE(queue.try_remove(entries[2].entry));
    EXPECT_TRUE(queue.is_empty());
    queue.push(entries[1].entry);
    EXPECT_EQ(number_of(queue.try_pop()), 1U) << "an entry can be used again";
}

TEST(injector, once_a_waiter_has_claimed_the_oldest_the_newest_go_first_four_times) {
    injector queue;
    std::deque<numbered> entries;
    for (std::size_t i = 0; i < 10; ++i) queue.push(entries.emplace_back(i).entry);
    EXPECT_TRUE(queue.try_remove(entries[3].entry));
    EXPECT_EQ(number_of(queue.try_pop()), 0U) << "that was not the oldest";
    EXPECT_TRUE(queue.try_remove(entries[1].entry));
    std::vector<std::size_t> order;
    while (const job_slot slot = queue.try_pop()) order.push_back(number_of(slot));
    EXPECT_EQ(order, (std::vector<std::size_t>{9, 8, 7, 6, 2, 4, 5}));
}

TEST(injector, groups_take_turns_with_each_other_and_with_single_jobs) {
    injector queue;
    group_list first;
    group_list second;
    numbered a[2] = {numbered(10), numbered(11)};
    numbered b[2] = {numbered(20), numbered(21)};
    numbered single(0);
    append(queue, first, a[0]);
    append(queue, first, a[1]);
    append(queue, second, b[0]);
    queue.push(single.entry);
    append(queue, second, b[1]);
    EXPECT_TRUE(b[1].is_listed());
    std::vector<std::size_t> order;
    while (const job_slot slot = queue.try_pop()) order.push_back(number_of(slot));
    EXPECT_EQ(order, (std::vector<std::size_t>{10, 20, 0, 11, 21}));
    EXPECT_TRUE(queue.is_empty());
    EXPECT_TRUE(first.is_empty());
}

TEST(injector, a_waiter_pops_only_from_its_own_group) {
    injector queue;
    group_list mine;
    group_list other;
    numbered a(1), b(2), c(3);
    append(queue, other, a);
    append(queue, mine, b);
    append(queue, other, c);
    EXPECT_EQ(number_of(queue.try_pop(mine)), 2U);
    EXPECT_FALSE(queue.try_pop(mine));
    EXPECT_EQ(number_of(queue.try_pop(other)), 1U);
    EXPECT_EQ(number_of(queue.try_pop()), 3U);
    EXPECT_TRUE(queue.is_empty());
}

TEST(injector, publish_runs_before_anybody_can_claim_the_entry) {
    injector queue;
    numbered entry(7);
    EXPECT_EQ(queue.push_and(entry.entry, [&] { return queue.is_empty() ? 1 : 2; }), 2);
    EXPECT_EQ(number_of(queue.try_pop()), 7U);
}

TEST(injector, stress_every_entry_is_claimed_exactly_once) {
    const pel_test::watchdog guard;
    const std::size_t each = pel_test::scaled(60'000);
    constexpr std::size_t producers = 2;
    injector queue;
    group_list list;
    std::vector<std::atomic<unsigned>> claims(2 * producers * each);
    std::atomic<std::size_t> claimed{0};
    const auto claim = [&](std::size_t number) {
        claims[number].fetch_add(1);
        claimed.fetch_add(1);
    };
    std::vector<std::thread> threads;
    for (std::size_t p = 0; p < producers; ++p) {
        threads.emplace_back([&, p] {
            std::deque<numbered> entries;
            std::deque<numbered> jobs;
            for (std::size_t i = 0; i < each; ++i) {
                const std::size_t number = 2 * (p * each + i);
                queue.push(entries.emplace_back(number).entry);
                append(queue, list, jobs.emplace_back(number + 1));
                if (i % 3 == 0 && queue.try_remove(entries[i / 2].entry)) claim(2 * (p * each + i / 2));
            }
            pel_test::await([&] { return claimed.load() == claims.size(); }); // the entries are others' to look at
        });
    }
    for (int consumer = 0; consumer < 2; ++consumer) {
        threads.emplace_back([&, consumer] {
            while (claimed.load() != claims.size()) {
                const job_slot slot = consumer == 0 ? queue.try_pop(list) : queue.try_pop();
                if (slot)
                    claim(number_of(slot));
                else
                    std::this_thread::yield();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(std::ranges::all_of(claims, [](const auto& count) { return count.load() == 1; }));
    EXPECT_TRUE(queue.is_empty());
}

} // namespace injector_test
