// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/this_worker.hpp>
#include <pel/thread_pool.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>

namespace thread_pool_test {

using pel::thread_pool;
using pel::thread_pool_options;

template <class F>
std::string text_of_invalid_argument(F&& f) {
    try {
        f();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing thrown";
}

TEST(thread_pool, has_as_many_seats_as_it_was_asked_for) {
    for (unsigned seats : {1U, 2U, 7U, 2047U}) EXPECT_EQ(thread_pool(seats).concurrency(), seats);
}

TEST(thread_pool, has_by_default_as_many_seats_as_the_topology_says) {
    ::unsetenv("PEL_NUM_THREADS");
    EXPECT_EQ(thread_pool().concurrency(), pel::topology::discover().concurrency());
    EXPECT_EQ(thread_pool(pel_test::options_of(pel_test::quota_of_one)).concurrency(), 1U);
}

TEST(thread_pool, machine_is_the_topology_of_the_options) {
    const thread_pool pool(pel_test::options_of(pel_test::quota_of_one));
    EXPECT_EQ(pool.machine().concurrency(), 1U);
}

#ifndef PEL_NO_HWLOC
TEST(thread_pool, a_machine_that_is_only_described_binds_nobody) {
    const auto mine = pel::detail::read_thread_affinity();
    thread_pool_options options;
    ::unsetenv("PEL_NUM_THREADS");
    options.topology = pel::topology::from_synthetic("core:3 pu:1"); // PUs that the process may not have
    pel::detail::cpu_mask seen;
    {
        thread_pool pool(options);
        EXPECT_EQ(pool.concurrency(), 3U);
        pool.post([&] { seen = pel::detail::read_thread_affinity(); });
    }
    EXPECT_EQ(seen, mine);
}
#endif

TEST(thread_pool, errors_name_the_value) {
    EXPECT_NE(text_of_invalid_argument([] { thread_pool pool(2048); }).find("concurrency 2048 "), std::string::npos);
    thread_pool_options options;
    options.max_threads = 5000;
    EXPECT_NE(text_of_invalid_argument([&] { thread_pool pool(options); }).find("max_threads 5000 "),
              std::string::npos);
    options.max_threads = 0;
    options.spin = std::chrono::nanoseconds(-17);
    EXPECT_NE(text_of_invalid_argument([&] { thread_pool pool(options); }).find("spin -17 ns"), std::string::npos);
    options = {};
    options.stack_size = 4096;
    EXPECT_NE(text_of_invalid_argument([&] { thread_pool pool(options); }).find("stack_size 4096 "), std::string::npos);
}

TEST(thread_pool, starts_no_thread_before_there_is_work) {
    const thread_pool pool(4);
    EXPECT_EQ(pool.stats().threads_started, 0U);
    EXPECT_EQ(pool.stats().spawned, 0U);
}

TEST(thread_pool, execute_runs_here_and_returns_what_the_function_does) {
    thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const std::thread::id here = std::this_thread::get_id();
    EXPECT_EQ(pool.execute([] { return std::this_thread::get_id(); }), here);
    EXPECT_EQ(*pool.execute([own = std::make_unique<int>(3)]() mutable { return std::move(own); }), 3);
    int value = 0;
    int& reference = pool.execute([&]() -> int& { return value; });
    EXPECT_EQ(&reference, &value);
    EXPECT_THROW(pool.execute([] { throw std::out_of_range("x"); }), std::out_of_range);
    EXPECT_EQ(pool.execute([&] { return pool.execute([] { return 5; }); }), 5) << "nested";
}

TEST(thread_pool, posts_run_before_the_pool_ends) {
    std::atomic<int> runs{0};
    {
        thread_pool pool(2);
        const pel_test::watchdog guard(pool);
        for (int i = 0; i < 1000; ++i) pool.post([&] { ++runs; });
    }
    EXPECT_EQ(runs, 1000);
}

TEST(thread_pool, posts_that_post_run_before_the_pool_ends) {
    std::atomic<int> runs{0};
    for (int round = 0; round < 20; ++round) {
        thread_pool pool(2);
        const pel_test::watchdog guard(pool);
        const auto chain = [&](auto& self, int left) -> void {
            ++runs;
            if (left > 0) pool.post([&, left] { self(self, left - 1); });
        };
        pool.post([&] { chain(chain, 50); });
        while (pool.stats().executed < 1) std::this_thread::yield();
        // `chain` lives until here: the destructor must have run all of it.
        pool.execute([&] { pel_test::await([&] { return runs == 51 * (round + 1); }); });
    }
    EXPECT_EQ(runs, 20 * 51);
}

TEST(thread_pool, what_escapes_a_post_goes_to_on_unhandled) {
    std::atomic<int> handled{0};
    {
        thread_pool_options options;
        options.concurrency = 2;
        options.on_unhandled = [&](std::exception_ptr error) {
            try {
                std::rethrow_exception(error);
            } catch (const std::out_of_range&) {
                ++handled;
            }
        };
        thread_pool pool(options);
        for (int i = 0; i < 10; ++i) pool.post([] { throw std::out_of_range("x"); });
    }
    EXPECT_EQ(handled, 10);
}

TEST(thread_pool_death, what_escapes_a_post_ends_the_program_by_default) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            thread_pool pool(1);
            pool.post([] { throw std::out_of_range("x"); });
        },
        "");
}

TEST(thread_pool_death, what_on_unhandled_throws_ends_the_program) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            thread_pool_options options;
            options.concurrency = 1;
            options.on_unhandled = [](std::exception_ptr error) { std::rethrow_exception(error); };
            thread_pool pool(options);
            pool.post([] { throw std::out_of_range("x"); });
        },
        "");
}

TEST(thread_pool_death, a_pool_destroyed_by_one_of_its_tasks_ends_the_program_with_a_message) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            auto* pool = new thread_pool(1);
            pool->execute([&] { delete pool; });
        },
        "destroyed by one of its own tasks");
}

TEST(thread_pool, hooks_are_called_on_every_thread_with_its_index_and_name) {
    std::mutex mutex;
    std::set<unsigned> started;
    std::set<unsigned> stopped;
    std::set<std::string> names;
    {
        thread_pool_options options;
        options.concurrency = 3;
        options.name = "crunch";
        options.on_worker_start = [&](unsigned index) {
            char name[16];
            ::pthread_getname_np(::pthread_self(), name, sizeof(name));
            EXPECT_EQ(index, pel::this_worker::index());
            const std::lock_guard hold(mutex);
            EXPECT_TRUE(started.insert(index).second);
            names.insert(name);
        };
        options.on_worker_stop = [&](unsigned index) {
            const std::lock_guard hold(mutex);
            EXPECT_TRUE(stopped.insert(index).second);
        };
        thread_pool pool(options);
        const pel_test::watchdog guard(pool);
        pel_test::await([&] {
            pool.submit([] {
                    for (volatile int i = 0; i < 10'000;) i = i + 1;
                })
                .wait();
            pool.post([] {});
            return pool.stats().threads_started >= 2;
        });
    }
    EXPECT_GE(started.size(), 2U);
    EXPECT_EQ(started, stopped);
    for (unsigned index : started) EXPECT_TRUE(names.contains("crunch/" + std::to_string(index)));
}

TEST(thread_pool, a_pool_without_spinning_works) {
    thread_pool_options options;
    options.concurrency = 2;
    options.spin = std::chrono::nanoseconds(0);
    thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    std::atomic<int> calls{0};
    for (int round = 0; round < 200; ++round) {
        pool.submit([&] { ++calls; }).get();
        pel::parallel_for(pel::par.on(pool), 0, 100, [&](int) { ++calls; });
    }
    EXPECT_EQ(calls, 200 * 101);
    pel_test::expect_balanced(pool);
}

TEST(thread_pool, the_stack_size_is_that_of_the_threads) {
    thread_pool_options options;
    options.concurrency = 1;
    options.stack_size = 32 << 20;
    std::atomic<std::size_t> size{0};
    options.on_worker_start = [&](unsigned) {
        pthread_attr_t attributes;
        ::pthread_getattr_np(::pthread_self(), &attributes);
        std::size_t bytes = 0;
        ::pthread_attr_getstacksize(&attributes, &bytes);
        ::pthread_attr_destroy(&attributes);
        size = bytes;
    };
    thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    pool.post([] {});
    pel_test::await([&] { return size != 0; });
    EXPECT_GE(size, std::size_t{32} << 20);
}

TEST(thread_pool, stampede_of_pools_that_start_and_end) {
    const pel_test::watchdog guard;
    std::atomic<int> calls{0};
    const unsigned long rounds = pel_test::scaled(300);
    for (unsigned long round = 0; round < rounds; ++round) {
        thread_pool pool(1 + round % 4);
        if (round % 3 == 0) pool.post([&] { ++calls; });
        if (round % 3 == 1) pel::parallel_for(pel::par.on(pool), 0, 10'000, [&](int i) { calls += i == 0 ? 1 : 0; });
        if (round % 3 == 2) {
            std::thread([&] { pool.submit([&] { ++calls; }).get(); }).join();
        }
    }
    EXPECT_EQ(static_cast<unsigned long>(calls), rounds);
}

TEST(thread_pool, a_foreign_thread_outlives_the_pools_it_used) {
    const pel_test::watchdog guard;
    for (int round = 0; round < 100; ++round) {
        thread_pool first(1);
        auto second = std::make_unique<thread_pool>(2);
        EXPECT_EQ(first.execute([&] { return second->execute([] { return 1; }); }), 1);
        second.reset();
        EXPECT_EQ(first.execute([] { return 2; }), 2);
    }
}

} // namespace thread_pool_test
