// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: loops
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/worker_local.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace worker_local_test {

using pel::par;
using pel::worker_local;

class worker_local_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(worker_local_on);

template <class T>
std::size_t count(worker_local<T>& values) {
    std::size_t n = 0;
    values.for_each([&](T&) { ++n; });
    return n;
}

TEST_P(worker_local_on, what_tasks_have_added_up_is_all_there) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const long n = static_cast<long>(pel_test::scaled(1'000'000));
    worker_local<long> sums;
    for (int round = 0; round < 10; ++round) {
        pel::parallel_for(par.on(pool), 0L, n, [&](long i) { sums.local() += i; });
        EXPECT_EQ(sums.combine(std::plus<>()), n * (n - 1) / 2);
        EXPECT_EQ(count(sums), 0u);
    }
}

TEST_P(worker_local_on, a_task_finds_the_same_value_again_and_no_other_thread_has_it) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    worker_local<std::thread::id> owners;
    std::atomic<int> wrong{0};
    pel::parallel_for(par.on(pool), 0, static_cast<int>(pel_test::scaled(100'000)), [&](int) {
        std::thread::id& owner = owners.local();
        if (owner == std::thread::id()) owner = std::this_thread::get_id();
        if (owner != std::this_thread::get_id() || &owner != &owners.local()) ++wrong;
    });
    EXPECT_EQ(wrong, 0);
    std::set<std::thread::id> distinct;
    owners.for_each([&](std::thread::id each) { distinct.insert(each); });
    EXPECT_EQ(distinct.size(), count(owners));
}

TEST(worker_local, values_begin_as_copies_or_as_made) {
    worker_local<std::string> copies(std::string("ab"));
    EXPECT_EQ(copies.local(), "ab");
    EXPECT_EQ(copies.combine(std::plus<>()), "ab");
    int made = 0;
    worker_local<std::unique_ptr<int>> pointers([&made] { return std::make_unique<int>(++made); });
    EXPECT_EQ(*pointers.local(), 1);
    EXPECT_EQ(*pointers.local(), 1);
    const auto first = [](std::unique_ptr<int> a, std::unique_ptr<int>) { return a; };
    EXPECT_EQ(*pointers.combine(first), 1);
    EXPECT_EQ(*pointers.combine(first), 2) << "fresh, as there was none";
    worker_local<std::atomic<int>> immovable([] { return std::atomic<int>(7); });
    EXPECT_EQ(immovable.local(), 7);
}

TEST(worker_local, values_keep_their_places_in_lines_of_their_own_while_threads_come) {
    constexpr int threads = 150; // more than fit the first slots, twice
    worker_local<int> values;
    std::vector<int*> places(threads);
    std::latch all_there(threads);
    std::vector<std::thread> running;
    for (int each = 0; each < threads; ++each) {
        running.emplace_back([&, each] {
            places[static_cast<std::size_t>(each)] = &values.local();
            values.local() = each;
            all_there.arrive_and_wait();
            EXPECT_EQ(&values.local(), places[static_cast<std::size_t>(each)]);
            EXPECT_EQ(values.local(), each);
        });
    }
    for (std::thread& each : running) each.join();
    std::sort(places.begin(), places.end());
    for (std::size_t each = 0; each < places.size(); ++each) {
        const auto place = reinterpret_cast<std::uintptr_t>(places[each]);
        EXPECT_EQ(place % pel::detail::cache_line, 0u);
        const std::uintptr_t before = each == 0 ? 0 : reinterpret_cast<std::uintptr_t>(places[each - 1]);
        EXPECT_GE(place - before, pel::detail::cache_line);
    }
    EXPECT_EQ(count(values), static_cast<std::size_t>(threads));
    EXPECT_EQ(values.combine(std::plus<>()), threads * (threads - 1) / 2);
}

TEST(worker_local, values_outlive_their_threads_and_later_threads_go_on_with_them) {
    worker_local<long> values;
    const unsigned long threads = pel_test::scaled(1000);
    for (unsigned long each = 0; each < threads; ++each) std::thread([&] { ++values.local(); }).join();
    EXPECT_LE(count(values), 2u) << "a thread's number is used again after it";
    EXPECT_EQ(values.combine(std::plus<>()), static_cast<long>(threads));
}

TEST(worker_local, records_that_pools_leave_to_later_pools_keep_the_sum_right) {
    const pel_test::watchdog guard;
    worker_local<long> values;
    const long rounds = 20;
    for (long round = 0; round < rounds; ++round) {
        pel::thread_pool pool(3);
        pel::parallel_for(par.on(pool).grain(100), 0, 10'000, [&](int) { ++values.local(); });
    }
    EXPECT_LE(count(values), 64u) << "records are used again";
    EXPECT_EQ(values.combine(std::plus<>()), rounds * 10'000);
}

TEST(worker_local, callers_from_many_threads_and_nested_pools_lose_nothing) {
    pel::thread_pool outer(2), inner(2);
    const pel_test::watchdog guard(outer);
    worker_local<long> values;
    const long each_does = static_cast<long>(pel_test::scaled(2'000));
    std::vector<std::thread> callers;
    for (int each = 0; each < 4; ++each) {
        callers.emplace_back([&] {
            ++values.local(); // outside
            pel::parallel_for(par.on(outer), 0L, each_does, [&](long) {
                ++values.local();
                pel::parallel_for(par.on(inner), 0, 3, [&](int) { ++values.local(); });
                ++values.local();
            });
        });
    }
    for (std::thread& each : callers) each.join();
    EXPECT_EQ(values.combine(std::plus<>()), 4 * (1 + each_does * 5));
}

TEST(worker_local, a_failed_attempt_leaves_nothing_and_the_next_makes_the_value) {
    int attempts = 0;
    worker_local<std::string> values([&attempts]() -> std::string {
        if (++attempts == 1) throw std::length_error("no");
        return "made";
    });
    EXPECT_THROW(values.local(), std::length_error);
    EXPECT_EQ(count(values), 0u);
    EXPECT_EQ(values.local(), "made");
}

struct tracked {
    static inline std::atomic<int> live{0};
    tracked() { ++live; }
    tracked(const tracked&) { ++live; }
    tracked& operator=(const tracked&) = default;
    ~tracked() { --live; }
};

TEST(worker_local, every_value_is_destroyed_once) {
    {
        worker_local<tracked> values;
        const auto touch = [&] { values.local(); };
        touch();
        std::thread(touch).join(); // after this thread has a number: it would get the same one
        EXPECT_EQ(tracked::live, 2);
        values.clear();
        EXPECT_EQ(tracked::live, 0);
        touch();
        const auto fail = [](const tracked&, const tracked&) -> tracked { throw std::logic_error("combine"); };
        std::thread(touch).join();
        EXPECT_THROW(values.combine(fail), std::logic_error);
        EXPECT_EQ(tracked::live, 0);
        touch();
    }
    EXPECT_EQ(tracked::live, 0);
}

TEST(worker_local, destructors_at_the_end_of_a_thread_may_use_it) {
    static worker_local<int> values;
    struct late {
        ~late() { ++values.local(); }
    };
    const auto body = [] {
        thread_local const late first; // before the thread has a number: destroyed after it is given back
        (void)first;
        ++values.local();
    };
    std::vector<std::thread> threads;
    for (int each = 0; each < 10; ++each) threads.emplace_back(body);
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(values.combine(std::plus<>()), 20);
}

} // namespace worker_local_test
