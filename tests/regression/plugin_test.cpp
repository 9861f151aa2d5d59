// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// A shared object that uses the library is loaded, used and unloaded. https://github.com/uxlfoundation/oneTBB/issues/977
#include "support/memory.hpp"
#include "support/own_process.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include <dlfcn.h>

namespace plugin_test {

using work_function = long (*)(int);

/// Loads the plug-in, calls `name`, and unloads it. Returns: what the call returned.
long load_and_call(const char* name, int n) {
    void* plugin = ::dlopen(PEL_TEST_PLUGIN_DIR "/worker_plugin.so", RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
        ADD_FAILURE() << ::dlerror();
        return -1;
    }
    const auto work = reinterpret_cast<work_function>(::dlsym(plugin, name));
    if (work == nullptr) {
        ADD_FAILURE() << ::dlerror();
        return -1;
    }
    const long result = work(n);
    EXPECT_EQ(::dlclose(plugin), 0);
    return result;
}

TEST(plugin, loaded_used_with_the_default_pool_and_unloaded_a_thousand_times) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        ASSERT_EQ(load_and_call("work_with_the_default_pool", 10'000), 49'995'000);
    }
}

TEST(plugin, loaded_used_with_a_pool_of_its_own_and_unloaded_a_thousand_times) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    const std::size_t before = pel_test::live_threads();
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        ASSERT_EQ(load_and_call("work_with_an_own_pool", 10'000), 49'995'004);
    }
    // A thread that was joined may be seen a moment longer.
    EXPECT_TRUE(pel_test::await_for(std::chrono::seconds(10), [&] { return pel_test::live_threads() == before; }))
        << pel_test::live_threads() - before << " threads are left behind";
}

TEST(plugin, loaded_used_and_unloaded_by_threads_that_exit) {
    PEL_IN_OWN_PROCESS();
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
        std::thread([] { ASSERT_EQ(load_and_call("work_with_the_default_pool", 1'000), 499'500); }).join();
        std::thread([] { ASSERT_EQ(load_and_call("work_with_an_own_pool", 1'000), 499'504); }).join();
    }
}

} // namespace plugin_test
