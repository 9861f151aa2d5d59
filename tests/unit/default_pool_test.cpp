// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/parallel_for.hpp>
#include <pel/task_group.hpp>
#include <pel/thread_pool.hpp>

#include "support/own_process.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace default_pool_test {

TEST(default_pool, is_one_for_all_threads) {
    const pel::thread_pool* mine = &pel::default_pool();
    const pel::thread_pool* others = nullptr;
    std::thread([&] { others = &pel::default_pool(); }).join();
    EXPECT_EQ(mine, others);
}

TEST(default_pool, stampede_to_the_first_use) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    std::vector<std::thread> threads;
    std::atomic<long> sum{0};
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] { pel::parallel_for(0, 1'000, [&](int i) { sum += i; }); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(sum, 8 * 499'500);
}

TEST(default_pool, is_what_it_was_configured_to_be) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool_options options;
    options.concurrency = 5;
    pel::configure_default_pool(options);
    options.concurrency = 3;
    pel::configure_default_pool(options); // the last one before the first use counts
    EXPECT_EQ(pel::default_pool().concurrency(), 3U);
}

TEST(default_pool, cannot_be_configured_once_it_exists) {
    PEL_IN_OWN_PROCESS();
    pel::parallel_for(0, 10, [](int) {});
    try {
        pel::configure_default_pool({});
        ADD_FAILURE() << "accepted";
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("exists already"), std::string::npos);
    }
}

TEST(default_pool, a_bad_configuration_is_reported_at_first_use_and_can_be_repaired) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool_options options;
    options.concurrency = 9999;
    try {
        pel::configure_default_pool(options);
        (void)pel::default_pool();
        ADD_FAILURE() << "accepted";
    } catch (const std::invalid_argument& error) {
        EXPECT_NE(std::string(error.what()).find("9999"), std::string::npos);
    }
    options.concurrency = 2;
    pel::configure_default_pool(options);
    EXPECT_EQ(pel::default_pool().concurrency(), 2U);
}

TEST(default_pool, has_as_many_seats_as_the_environment_says) {
    PEL_IN_OWN_PROCESS({"PEL_NUM_THREADS", "3"});
    EXPECT_EQ(pel::default_pool().concurrency(), 3U);
    EXPECT_EQ(pel::thread_pool().concurrency(), 3U);
    EXPECT_EQ(pel::thread_pool(2).concurrency(), 2U) << "what the program says comes first";
}

TEST(default_pool, an_empty_environment_variable_is_none) {
    PEL_IN_OWN_PROCESS({"PEL_NUM_THREADS", ""});
    EXPECT_EQ(pel::default_pool().concurrency(), pel::topology::discover().concurrency());
}

TEST(default_pool, a_bad_environment_variable_is_named_with_its_value) {
    for (const char* bad : {"0", "-1", "many", "2 ", "2048", "99999999999999999999"}) {
        ::setenv("PEL_NUM_THREADS", bad, 1);
        try {
            pel::thread_pool pool;
            ADD_FAILURE() << bad;
        } catch (const std::invalid_argument& error) {
            const std::string text = error.what();
            EXPECT_NE(text.find(std::string("PEL_NUM_THREADS is \"") + bad + '"'), std::string::npos) << text;
        }
    }
    ::unsetenv("PEL_NUM_THREADS");
}

} // namespace default_pool_test
