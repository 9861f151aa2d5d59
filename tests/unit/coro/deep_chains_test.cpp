// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Long chains, deep trees and many coroutines at once: the stack does not grow, and memory as promised.
// test label: coroutines
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

#include "support/gate.hpp"
#include "support/memory.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include <pthread.h>

namespace deep_chains_test {

using pel::sync_wait;
using pel::task;
using pel::when_all;

/// Calls f() on a thread that has a stack of 256 KiB; sanitizers have more in each frame.
void on_small_stack(std::function<void()> f) {
    pthread_attr_t attributes;
    ASSERT_EQ(::pthread_attr_init(&attributes), 0);
    const std::size_t stack = pel_test::sanitizer.empty() ? 256 * 1024 : 1024 * 1024;
    ASSERT_EQ(::pthread_attr_setstacksize(&attributes, stack), 0);
    pthread_t thread{};
    const auto call = [](void* function) -> void* {
        (*static_cast<std::function<void()>*>(function))();
        return nullptr;
    };
    ASSERT_EQ(::pthread_create(&thread, &attributes, call, &f), 0);
    ::pthread_attr_destroy(&attributes);
    ::pthread_join(thread, nullptr);
}

/// By how much the stacks of the threads that call it grow from its first call on. (A sanitizer keeps some for itself.)
class stack_depth {
public:
    void look() {
        thread_local std::uintptr_t first = 0;
        const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        if (first == 0) first = here;
        const std::uintptr_t grown = here < first ? first - here : here - first;
        if (grown > bytes_) bytes_ = grown;
    }
    std::uintptr_t bytes() const { return bytes_; }

private:
    std::atomic<std::uintptr_t> bytes_{0};
};
constexpr std::uintptr_t bounded = 128 * 1024;

task<unsigned> one(unsigned n) { co_return n & 1; }
task<unsigned> awaits_one(unsigned n, stack_depth& stack) {
    if (n % 1024 == 0) stack.look();
    co_return co_await one(n);
}
task<unsigned> awaits_often(unsigned long count, stack_depth& stack) {
    unsigned sum = 0;
    for (unsigned i = 0; i < count; ++i) sum += co_await awaits_one(i, stack);
    co_return sum;
}

TEST(deep_chains, the_stack_stays_where_it_is_over_many_hand_overs) {
    const pel_test::watchdog guard;
    stack_depth stack;
    const unsigned long rounds = pel_test::scaled(2'500'000); // of 4 hand-overs
    on_small_stack([&] { EXPECT_EQ(sync_wait(awaits_often(rounds, stack)), rounds / 2); });
    EXPECT_LT(stack.bytes(), bounded);
}

task<unsigned> awaits_pairs(unsigned long count, stack_depth& stack) {
    unsigned sum = 0;
    for (unsigned i = 0; i < count; ++i) {
        auto [left, right] = co_await when_all(awaits_one(i, stack), one(i + 1));
        sum += left + right;
    }
    co_return sum;
}

TEST(deep_chains, and_over_many_pairs) {
    const pel_test::watchdog guard;
    stack_depth stack;
    const unsigned long rounds = pel_test::scaled(1'000'000);
    on_small_stack([&] { EXPECT_EQ(sync_wait(awaits_pairs(rounds, stack)), rounds); });
    EXPECT_LT(stack.bytes(), bounded);
}

task<> yields_often(unsigned long count, stack_depth& stack) {
    for (unsigned long i = 0; i < count; ++i) {
        co_await pel::yield();
        if (pel_test::sanitizer.empty() || i % 64 == 0) stack.look();
    }
}

TEST(deep_chains, and_over_many_suspensions) {
    pel::thread_pool_options options;
    options.concurrency = options.max_threads = 1;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    stack_depth stack;
    pool.execute([&] { sync_wait(yields_often(pel_test::scaled(200'000), stack)); });
    EXPECT_LT(stack.bytes(), bounded);
}

task<unsigned long> recursion(unsigned long depth, stack_depth& stack) {
    stack.look();
    if (depth == 0) co_return 0;
    const unsigned long below = co_await recursion(depth - 1, stack);
    stack.look();
    co_return below + 1;
}

TEST(deep_chains, a_recursion_of_any_depth_needs_no_stack) {
    const pel_test::watchdog guard;
    stack_depth stack;
    const unsigned long depth = pel_test::scaled(1'000'000);
    on_small_stack([&] { EXPECT_EQ(sync_wait(recursion(depth, stack)), depth); });
    EXPECT_LT(stack.bytes(), bounded);
}

task<unsigned long> counts(task<unsigned long> before) { co_return co_await std::move(before) + 1; }

TEST(deep_chains, nor_do_coroutines_that_hold_one_another) {
    const pel_test::watchdog guard;
    const unsigned long length = pel_test::scaled(1'000'000);
    on_small_stack([&] {
        stack_depth stack;
        task<unsigned long> chain = recursion(0, stack);
        for (unsigned long i = 0; i < length; ++i) chain = counts(std::move(chain));
        EXPECT_EQ(sync_wait(std::move(chain)), length);
    });
}

/// As another library's: resumes a coroutine from a thread of its own.
struct on_thread {
    static bool await_ready() noexcept { return false; }
    static void await_suspend(std::coroutine_handle<> suspended) {
        std::thread([suspended] { suspended.resume(); }).detach();
    }
    static void await_resume() noexcept {}
};

TEST(deep_chains, nor_what_another_librarys_thread_resumes) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    stack_depth stack;
    const unsigned long rounds = pel_test::scaled(500'000);
    const auto all = [&]() -> task<unsigned> {
        co_await on_thread();
        co_return co_await awaits_often(rounds, stack);
    };
    EXPECT_EQ(pool.submit(all()).get(), rounds / 2);
    EXPECT_LT(stack.bytes(), bounded);
}

/// Each level leaves a child in the deque: more than it has room for.
task<unsigned long> pairs_down(unsigned long depth, std::atomic<unsigned long>& others) {
    if (depth == 0) co_return 0;
    const auto other = [](std::atomic<unsigned long>& runs) -> task<> {
        ++runs;
        co_return;
    };
    auto [below, nothing] = co_await when_all(pairs_down(depth - 1, others), other(others));
    co_return below + 1;
}

class full_deques : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(threads, full_deques, testing::Values(1U, 2U, 3U), testing::PrintToStringParamName());

TEST_P(full_deques, what_finds_no_room_goes_to_the_list) {
    pel::thread_pool pool(GetParam());
    const pel_test::watchdog guard(pool);
    constexpr unsigned long depth = 3 * (1ul << 14);
    std::atomic<unsigned long> others{0};
    EXPECT_EQ(pool.execute([&] { return sync_wait(pairs_down(depth, others)); }), depth);
    EXPECT_EQ(others, depth);
    pel_test::expect_balanced(pool);
}

/// So many at one level.
task<unsigned long> row_down(int depth, unsigned long width, std::atomic<unsigned long>& others) {
    if (depth == 0) co_return ++others, 1;
    std::vector<task<unsigned long>> row;
    for (unsigned long i = 0; i < width; ++i) row.push_back(row_down(i == 0 ? depth - 1 : 0, width, others));
    unsigned long sum = 1;
    for (const unsigned long each : co_await when_all(std::move(row))) sum += each;
    co_return sum;
}

TEST_P(full_deques, in_the_middle_of_a_row_too) {
    pel::thread_pool pool(GetParam());
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> others{0};
    constexpr int depth = 700; // levels of 31 each
    constexpr unsigned long leaves = depth * 30 + 1;
    EXPECT_EQ(pool.execute([&] { return sync_wait(row_down(depth, 31, others)); }), leaves + depth);
    EXPECT_EQ(others, leaves);
    pel_test::expect_balanced(pool);
}

task<> waits_at(pel_test::gate& at, std::atomic<unsigned long>& passed, unsigned long n) {
    co_await at;
    passed += n;
}

TEST(deep_chains, a_million_coroutines_may_be_suspended_at_once) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const unsigned long count = pel_test::scaled(1'000'000);
    pel_test::gate at;
    std::atomic<unsigned long> passed{0};
    const auto all = [&]() -> task<> {
        std::vector<task<>> many;
        many.reserve(count);
        for (unsigned long i = 0; i < count; ++i) many.push_back(waits_at(at, passed, 1));
        co_await when_all(std::move(many));
    };
    const std::size_t before = pel_test::resident_bytes();
    std::size_t bytes = 0;
    std::thread other([&] {
        pel_test::await([&] { return at.waiting() == count; });
        bytes = pel_test::resident_bytes() - before;
        at.open();
    });
    pool.execute([&] { sync_wait(all()); });
    other.join();
    EXPECT_EQ(passed, count);
    // Its arguments, what it awaits, and its place in the row and the vector.
    constexpr std::size_t locals = 3 * sizeof(void*) + pel_test::gate::awaiter_bytes + 2 * sizeof(void*);
    RecordProperty("bytes", static_cast<int>(bytes / count));
    if (pel_test::sanitizer.empty()) {
        EXPECT_LE(bytes / count, 200 + locals);
    }
    pel_test::expect_balanced(pool);
}

} // namespace deep_chains_test
