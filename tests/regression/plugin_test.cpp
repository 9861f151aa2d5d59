// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// A shared object that uses the library is loaded, used and unloaded. https://github.com/uxlfoundation/oneTBB/issues/977
#include "support/memory.hpp"
#include "support/own_process.hpp"
#include "support/watchdog.hpp"

#include <pel/sync/mutex.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <thread>

#include <dlfcn.h>

namespace plugin_test {

/// Loads the plug-in, calls `name`, and unloads it. Returns: what the call returned.
template <class Result, class Argument>
Result load_and_call(const char* name, Argument argument) {
    void* plugin = ::dlopen(PEL_TEST_PLUGIN_DIR "/worker_plugin.so", RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
        ADD_FAILURE() << ::dlerror();
        return Result(-1);
    }
    const auto work = reinterpret_cast<Result (*)(Argument)>(::dlsym(plugin, name));
    if (work == nullptr) {
        ADD_FAILURE() << ::dlerror();
        return Result(-1);
    }
    const Result result = work(argument);
    EXPECT_EQ(::dlclose(plugin), 0);
    return result;
}

TEST(plugin, loaded_used_with_the_default_pool_and_unloaded_a_thousand_times) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        ASSERT_EQ(load_and_call<long>("work_with_the_default_pool", 10'000), 49'995'000);
    }
}

TEST(plugin, loaded_used_with_a_pool_of_its_own_and_unloaded_a_thousand_times) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    const std::size_t before = pel_test::live_threads();
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        ASSERT_EQ(load_and_call<long>("work_with_an_own_pool", 10'000), 49'995'004);
    }
    // A thread that was joined may be seen a moment longer.
    EXPECT_TRUE(pel_test::await_for(std::chrono::seconds(10), [&] { return pel_test::live_threads() == before; }))
        << pel_test::live_threads() - before << " threads are left behind";
}

TEST(plugin, loaded_used_and_unloaded_by_threads_that_exit) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
        std::thread([] { ASSERT_EQ(load_and_call<long>("work_with_the_default_pool", 1'000), 499'500); }).join();
        std::thread([] { ASSERT_EQ(load_and_call<long>("work_with_an_own_pool", 1'000), 499'504); }).join();
    }
}

TEST(plugin, takes_a_recursive_mutex_again_that_its_caller_holds) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    pel::recursive_mutex mutex;
    const std::scoped_lock held(mutex);
    EXPECT_TRUE(load_and_call<bool>("lock_and_unlock", static_cast<void*>(&mutex)));
    std::thread([&] { EXPECT_FALSE(load_and_call<bool>("lock_and_unlock", static_cast<void*>(&mutex))); }).join();
}

} // namespace plugin_test
