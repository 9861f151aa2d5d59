// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/queue/job.hpp>
#include <pel/detail/queue/split_deque.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace split_deque_test {

using pel::detail::atomic_slot;
using pel::detail::job;
using pel::detail::job_action;
using pel::detail::job_slot;
using pel::detail::split_deque;
using pel::detail::worker;

constexpr std::uint32_t small = 8;

void ignore(const job_slot&, worker&, job_action) {}

/// A deque with its slots and as many jobs.
template <std::uint32_t Capacity = small>
struct fixture {
    std::vector<atomic_slot> slots = std::vector<atomic_slot>(Capacity);
    std::vector<job> storage; // never used: jobs are told apart by address
    split_deque deque{slots.data(), Capacity};

    job* task(std::uint32_t i) { return reinterpret_cast<job*>(std::uintptr_t{0x1000} + i * 64); }
    void push(std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) deque.push(deque.bottom(), &ignore, task(deque.bottom()));
    }
};

TEST(split_deque, a_new_one_is_empty_and_asked) {
    fixture f;
    EXPECT_EQ(f.deque.bottom(), 0U);
    EXPECT_EQ(f.deque.capacity(), small);
    EXPECT_TRUE(f.deque.is_asked());
    EXPECT_FALSE(f.deque.has_public());
    EXPECT_FALSE(f.deque.has_private());
    EXPECT_FALSE(f.deque.try_steal());
    EXPECT_EQ(f.deque.expose(~0u), 0U);
}

TEST(split_deque, a_request_and_a_full_array_stop_the_fast_push) {
    fixture f;
    EXPECT_FALSE(f.deque.try_push(0, ignore, f.task(0))) << "asked from the start";
    EXPECT_TRUE(f.deque.clear_request());
    EXPECT_FALSE(f.deque.clear_request()) << "it was taken down before";
    for (std::uint32_t i = 0; i < small; ++i) EXPECT_TRUE(f.deque.try_push(i, ignore, f.task(i)));
    EXPECT_FALSE(f.deque.try_push(small, ignore, f.task(0))) << "full";
    f.deque.request();
    EXPECT_TRUE(f.deque.is_asked());
    EXPECT_TRUE(f.deque.try_take_private(small - 1));
    EXPECT_FALSE(f.deque.try_push(small - 1, ignore, f.task(0))) << "asked";
    f.deque.clear_request();
    EXPECT_TRUE(f.deque.try_push(small - 1, ignore, f.task(0)));
}

TEST(split_deque, a_deque_without_slots_refuses_every_push) {
    split_deque none(nullptr, 0);
    EXPECT_FALSE(none.try_push(0, &ignore, nullptr));
    EXPECT_FALSE(none.try_steal());
}

TEST(split_deque, private_jobs_cannot_be_stolen) {
    fixture f;
    f.push(3);
    EXPECT_EQ(f.deque.private_jobs(), 3U);
    EXPECT_FALSE(f.deque.has_public());
    EXPECT_TRUE(f.deque.has_private());
    EXPECT_FALSE(f.deque.try_steal());
    for (std::uint32_t i = 3; i-- > 0;) EXPECT_TRUE(f.deque.try_take_private(i));
    EXPECT_EQ(f.deque.bottom(), 0U);
}

TEST(split_deque, exposed_jobs_are_stolen_oldest_first) {
    fixture f;
    f.push(5);
    EXPECT_EQ(f.deque.expose(2), 2U);
    EXPECT_EQ(f.deque.private_jobs(), 3U);
    EXPECT_TRUE(f.deque.has_public());
    for (std::uint32_t i = 0; i < 2; ++i) {
        EXPECT_EQ(f.deque.top(), i);
        const job_slot slot = f.deque.try_steal();
        ASSERT_TRUE(slot);
        EXPECT_EQ(slot.function, &ignore);
        EXPECT_EQ(slot.frame, f.task(i));
    }
    EXPECT_FALSE(f.deque.try_steal());
    EXPECT_EQ(f.deque.expose(~0u), 3U);
    EXPECT_EQ(f.deque.try_steal().frame, f.task(2));
}

TEST(split_deque, a_thief_may_name_the_lowest_position_that_it_takes) {
    fixture f;
    f.push(4);
    f.deque.expose(~0u);
    EXPECT_FALSE(f.deque.try_steal(1)) << "the oldest lies below";
    EXPECT_EQ(f.deque.try_steal(0).frame, f.task(0));
    EXPECT_EQ(f.deque.try_steal(1).frame, f.task(1));
}

TEST(split_deque, the_owner_takes_back_what_nobody_stole) {
    fixture f;
    f.push(4);
    f.deque.expose(~0u);
    for (std::uint32_t i = 4; i-- > 0;) {
        EXPECT_FALSE(f.deque.try_take_private(i)) << i;
        EXPECT_EQ(split_deque::taken::exposed, f.deque.take_public(i)) << i;
        EXPECT_EQ(f.deque.read_taken(i).frame, f.task(i));
    }
    EXPECT_FALSE(f.deque.has_public());
    f.push(2);
    EXPECT_EQ(f.deque.private_jobs(), 2U) << "everything is private again";
}

TEST(split_deque, a_stolen_position_is_closed_and_used_again) {
    fixture f;
    f.push(2);
    f.deque.expose(~0u);
    EXPECT_EQ(f.deque.try_steal().frame, f.task(0));
    EXPECT_FALSE(f.deque.try_take_private(1));
    EXPECT_EQ(split_deque::taken::exposed, f.deque.take_public(1));
    EXPECT_FALSE(f.deque.try_take_private(0));
    EXPECT_EQ(split_deque::taken::stolen, f.deque.take_public(0));
    EXPECT_EQ(f.deque.bottom(), 1U) << "above the stolen job until it is closed";
    f.push(1);
    EXPECT_TRUE(f.deque.try_take_private(1)) << "a wait may fork above the job that it waits for";
    f.deque.close_stolen(0);
    EXPECT_EQ(f.deque.bottom(), 0U);
    f.push(1);
    EXPECT_EQ(f.deque.expose(~0u), 1U);
    EXPECT_EQ(f.deque.try_steal().frame, f.task(0));
}

TEST(split_deque, work_above_a_stolen_job_can_be_exposed_and_stolen) {
    fixture f;
    f.push(1);
    f.deque.expose(~0u);
    ASSERT_TRUE(f.deque.try_steal());
    EXPECT_FALSE(f.deque.try_take_private(0));
    EXPECT_EQ(split_deque::taken::stolen, f.deque.take_public(0));
    f.push(2);
    EXPECT_EQ(f.deque.expose(1), 1U);
    EXPECT_EQ(f.deque.try_steal().frame, f.task(1));
    EXPECT_TRUE(f.deque.try_take_private(2));
    EXPECT_FALSE(f.deque.try_take_private(1));
    EXPECT_EQ(split_deque::taken::stolen, f.deque.take_public(1));
    f.deque.close_stolen(1);
    f.deque.close_stolen(0);
    EXPECT_EQ(f.deque.bottom(), 0U);
}

TEST(split_deque, a_deep_steal_takes_the_oldest_private_job) {
    fixture f;
    f.push(3);
    int fences = 0;
    const job_slot slot = f.deque.try_deep_steal([&] { ++fences; });
    ASSERT_TRUE(slot);
    EXPECT_EQ(slot.frame, f.task(0));
    EXPECT_EQ(fences, 1);
    EXPECT_TRUE(f.deque.try_take_private(2));
    EXPECT_TRUE(f.deque.try_take_private(1));
    EXPECT_FALSE(f.deque.try_take_private(0));
    EXPECT_EQ(split_deque::taken::stolen, f.deque.take_public(0));
}

TEST(split_deque, a_deep_steal_of_nothing_spends_no_fence) {
    fixture f;
    int fences = 0;
    const auto fence = [&] { ++fences; };
    EXPECT_FALSE(f.deque.try_deep_steal(fence)) << "empty";
    f.push(2);
    f.deque.expose(1);
    EXPECT_FALSE(f.deque.try_deep_steal(fence)) << "an ordinary steal would do";
    EXPECT_EQ(fences, 0);
}

TEST(split_deque, a_deep_steal_loses_to_an_owner_that_pops_before_the_fence) {
    fixture f;
    f.push(1);
    bool taken = false;
    // As if the store of bottom became visible only with the fence: the owner sees the mark and settles it by its CAS.
    EXPECT_FALSE(f.deque.try_deep_steal(
        [&] { taken = !f.deque.try_take_private(0) && f.deque.take_public(0) == split_deque::taken::unexposed; }));
    EXPECT_TRUE(taken);
    f.push(1);
    EXPECT_EQ(f.deque.private_jobs(), 1U) << "the mark is gone";
}

TEST(split_deque, nobody_steals_a_marked_job) {
    fixture f;
    f.push(1);
    EXPECT_TRUE(f.deque.try_deep_steal([&] {
        EXPECT_FALSE(f.deque.has_public());
        EXPECT_FALSE(f.deque.try_steal());
        EXPECT_FALSE(f.deque.try_deep_steal([] { ADD_FAILURE() << "a second deep thief"; }));
    }));
}

TEST(split_deque, an_expose_settles_the_mark_of_a_deep_steal) {
    fixture f;
    f.push(3);
    std::uint32_t visible = 0;
    EXPECT_FALSE(f.deque.try_deep_steal([&] { visible = f.deque.expose(1); }));
    EXPECT_EQ(visible, 2U) << "the marked job and one more";
    EXPECT_EQ(f.deque.try_steal().frame, f.task(0));
    EXPECT_EQ(f.deque.try_steal().frame, f.task(1));
    EXPECT_FALSE(f.deque.try_steal());
}

/// Jobs that count how often they were claimed.
struct counted_jobs {
    std::vector<std::atomic<unsigned>> claims;
    explicit counted_jobs(std::size_t count) : claims(count) {}
    static job* encode(std::size_t i) { return reinterpret_cast<job*>((i + 1) * 64); }
    void claim(const job* task) { claims[reinterpret_cast<std::uintptr_t>(task) / 64 - 1].fetch_add(1); }
    bool each_claimed_once() const {
        return std::ranges::all_of(claims, [](const auto& count) { return count.load() == 1; });
    }
};

/// An owner that forks and joins at random, as scheduler code does, against thieves. Every job goes to exactly one.
void race(unsigned thieves, bool deep, unsigned seed) {
    constexpr std::uint32_t capacity = 16;
    const std::size_t total = pel_test::scaled(400'000);
    std::vector<atomic_slot> slots(capacity);
    split_deque deque(slots.data(), capacity);
    counted_jobs jobs(total);
    std::atomic<bool> is_over{false};
    std::vector<std::thread> threads;
    const bool has_fence = pel::detail::asymmetric_fence_register();
    for (unsigned each = 0; each < thieves; ++each) {
        threads.emplace_back([&, each] {
            while (!is_over.load()) {
                job_slot slot = deque.try_steal();
                if (!slot && deep && has_fence && deque.has_private()) {
                    slot = deque.try_deep_steal([] { pel::detail::asymmetric_fence_heavy(); });
                }
                if (slot)
                    jobs.claim(slot.frame);
                else
                    deque.request();
                if (each % 2 == 1) std::this_thread::yield();
            }
        });
    }
    std::minstd_rand random(seed);
    std::size_t made = 0;
    std::vector<std::size_t> live; // by position
    const auto join = [&] {
        const auto position = static_cast<std::uint32_t>(live.size() - 1);
        if (deque.try_take_private(position) || deque.take_public(position) != split_deque::taken::stolen) {
            jobs.claim(counted_jobs::encode(live.back()));
        } else {
            while (jobs.claims[live.back()].load() == 0) std::this_thread::yield();
            deque.close_stolen(position);
        }
        live.pop_back();
    };
    while (made < total) {
        const unsigned burst = random() % 8;
        for (unsigned i = 0; i < burst && made < total && live.size() < capacity; ++i) {
            const auto position = static_cast<std::uint32_t>(live.size());
            if (!deque.try_push(position, &ignore, counted_jobs::encode(made))) {
                deque.clear_request();
                deque.push(position, &ignore, counted_jobs::encode(made));
                deque.expose(has_fence ? (deque.private_jobs() + 1) / 2 : ~0u);
            }
            live.push_back(made++);
        }
        for (unsigned i = random() % 8; i > 0 && !live.empty(); --i) join();
    }
    while (!live.empty()) join();
    is_over = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(jobs.each_claimed_once());
}

TEST(split_deque, stress_every_job_goes_to_exactly_one_of_owner_and_thief) {
    const pel_test::watchdog guard;
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    race(1, false, seed);
}
TEST(split_deque, stress_every_job_goes_to_exactly_one_of_owner_and_three_thieves) {
    const pel_test::watchdog guard;
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    race(3, false, seed);
}
TEST(split_deque, stress_every_job_goes_to_exactly_one_of_owner_and_deep_thieves) {
    const pel_test::watchdog guard;
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    race(2, true, seed);
}

} // namespace split_deque_test
