// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/sync/event.hpp>
#include <pel/sync/latch.hpp>

#include "support/blocked.hpp"
#include "support/plain_coroutine.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace event_test {

using namespace std::chrono_literals;
using pel_test::plain_coroutine;

constinit pel::event constant;
constinit pel::latch constant_latch(1);

class event_in : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(event_in);

TEST(event, lets_everybody_pass_until_it_is_reset) {
    pel::event event;
    EXPECT_FALSE(event.try_wait());
    event.set();
    event.set();
    event.wait();
    EXPECT_TRUE(event.try_wait());
    EXPECT_TRUE(event.wait_for(0s));
    event.reset();
    EXPECT_FALSE(event.is_set());
    EXPECT_FALSE(event.try_wait());
}

TEST(auto_reset_event, lets_one_pass_for_each_time_it_is_set) {
    pel::auto_reset_event event(true);
    EXPECT_TRUE(event.is_set());
    event.wait();
    EXPECT_FALSE(event.try_wait());
    event.set();
    event.set();
    EXPECT_TRUE(event.try_wait());
    EXPECT_FALSE(event.try_wait());
}

template <class Primitive>
Primitive closed() {
    if constexpr (std::is_same_v<Primitive, pel::latch>)
        return Primitive(1);
    else
        return Primitive();
}
void open(pel::latch& latch) { latch.count_down(); }
template <class Event>
void open(Event& event) {
    event.set();
}

template <class Primitive>
class every_event : public testing::Test {};
using events = testing::Types<pel::event, pel::auto_reset_event, pel::latch>;
TYPED_TEST_SUITE(every_event, events);

TYPED_TEST(every_event, a_wait_ends_when_the_time_is_over_or_a_stop_is_requested) {
    const pel_test::watchdog guard;
    TypeParam one = closed<TypeParam>();
    std::stop_source stop;
    EXPECT_FALSE(one.wait_for(1ms));
    EXPECT_FALSE(one.wait_until(std::chrono::system_clock::now() + 1ms));
    std::thread blocked([&] { EXPECT_FALSE(one.wait(stop.get_token())); });
    stop.request_stop();
    blocked.join();
    EXPECT_FALSE(one.wait(stop.get_token()));
    open(one);
    EXPECT_TRUE(one.wait_for(1h));
}

TYPED_TEST(every_event, a_wait_without_time_is_a_look) {
    TypeParam one = closed<TypeParam>();
    EXPECT_TRUE(pel_test::keeps_its_seat([&] {
        EXPECT_FALSE(one.wait_for(0s));
        EXPECT_FALSE(one.wait_until(std::chrono::steady_clock::time_point::min()));
    }));
    open(one);
    EXPECT_TRUE(one.wait_for(-1s));
}

TYPED_TEST(every_event, who_waits_sees_what_was_done_before_and_may_destroy_it) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
        std::unique_ptr<TypeParam> one(new TypeParam(closed<TypeParam>()));
        int before = 0;
        std::thread opening([&before, object = one.get()] {
            before = 1;
            open(*object);
        });
        if (!one->wait_for(1us)) one->wait();
        EXPECT_EQ(before, 1);
        one.reset();
        opening.join();
    }
}

template <class Primitive>
plain_coroutine append_after(Primitive& one, std::string& text) {
    co_await one;
    text += '.';
}
template <class Primitive>
plain_coroutine append_unless_stopped(Primitive& one, std::stop_token stop, std::string& text) {
    text += co_await one.async_wait(stop) ? '+' : '-';
}

TYPED_TEST(every_event, coroutines_suspend) {
    TypeParam one = closed<TypeParam>();
    std::stop_source stop;
    std::string text;
    append_unless_stopped(one, stop.get_token(), text);
    append_after(one, text);
    EXPECT_EQ(text, "");
    stop.request_stop();
    EXPECT_EQ(text, "-");
    append_unless_stopped(one, stop.get_token(), text);
    EXPECT_EQ(text, "--");
    open(one);
    EXPECT_EQ(text, "--.");
}

TEST(latch, opens_when_all_were_counted) {
    const pel_test::watchdog guard;
    pel::latch latch(6);
    std::atomic<int> passed{0};
    int written[3] = {};
    pel_test::on_threads(3, [&](unsigned self) {
        EXPECT_FALSE(latch.try_wait());
        latch.count_down();
        written[self] = 1;
        latch.arrive_and_wait();
        EXPECT_EQ(written[0] + written[1] + written[2], 3);
        ++passed;
    });
    EXPECT_EQ(passed, 3);
    EXPECT_TRUE(latch.try_wait());
    pel::latch open(0);
    open.wait();
}

TEST(event, each_of_many_waits_ends_once) {
    const pel_test::watchdog guard;
    pel::auto_reset_event ping;
    pel::auto_reset_event pong;
    int value = 0;
    const unsigned long rounds = pel_test::scaled(2'000);
    std::thread other([&] {
        for (unsigned long i = 0; i < rounds; ++i) {
            ping.wait();
            ++value;
            pong.set();
        }
    });
    for (unsigned long i = 0; i < rounds; ++i) {
        ping.set();
        pong.wait();
    }
    other.join();
    EXPECT_EQ(value, static_cast<int>(rounds));
}

TEST_P(event_in, tasks_that_wait_leave_the_pool_to_the_one_that_sets) {
    pel::event event;
    const unsigned tasks = GetParam() + 2;
    pel::latch begun(tasks);
    pel::latch done(tasks);
    for (unsigned i = 0; i < tasks; ++i) {
        pool.post([&] {
            begun.count_down();
            event.wait();
            done.count_down();
        });
    }
    begun.wait();
    pool.post([&] { event.set(); });
    done.wait();
}

} // namespace event_test
