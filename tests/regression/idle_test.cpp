// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// Idle costs nothing: once the threads of all pools sleep, none of them wakes up or takes time, by the kernel's accounts.
#include <pel/parallel_for.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>
#include <pel/thread_pool.hpp>

#include "support/own_process.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <string>
#include <thread>

namespace idle_test {

using namespace std::chrono_literals;

/// What the kernel has counted of a thread.
struct account {
    char state = '?';
    long long sleeps = 0, preemptions = 0; // context switches: voluntary ones, and others
    long long user = 0, system = 0;        // time, in the kernel's ticks

    friend bool operator==(const account&, const account&) = default;
    friend void PrintTo(const account& its, std::ostream* out) {
        *out << its.state << ", sleeps " << its.sleeps << ", preemptions " << its.preemptions << ", user " << its.user
             << ", system " << its.system;
    }
};

account read_account(const std::filesystem::path& task) {
    account its;
    std::ifstream status(task / "status");
    for (std::string name; status >> name;) {
        if (name == "voluntary_ctxt_switches:") status >> its.sleeps;
        if (name == "nonvoluntary_ctxt_switches:") status >> its.preemptions;
    }
    std::ifstream stat(task / "stat");
    std::string skipped;
    std::getline(stat, skipped, ')'); // the name, which may hold spaces
    stat >> its.state;
    for (int field = 4; field < 14; ++field) stat >> skipped;
    stat >> its.user >> its.system;
    return its;
}

using accounts = std::map<std::string, account>; // by thread

/// Of all threads but those in `others`.
accounts read_accounts(const accounts& others) {
    accounts all;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        const std::string thread = task.path().filename();
        if (!others.contains(thread)) all[thread] = read_account(task.path());
    }
    return all;
}

bool all_sleep(const accounts& all) {
    for (const auto& [thread, its] : all) {
        if (its.state != 'S') return false;
    }
    return true;
}

/// Returns: whether all slept through a fifth of a second: who is about to be woken, or to look once more, has done so.
bool are_quiet(const accounts& others) {
    const accounts before = read_accounts(others);
    if (!all_sleep(before)) return false;
    std::this_thread::sleep_for(200ms);
    return read_accounts(others) == before;
}

/// Loops, groups, posted tasks and threads that block, so that all threads that a pool may have are there.
void work(pel::thread_pool& pool) {
    pel::parallel_for(pel::par.on(pool).grain(1), 0, 2'000, [](int) {
        for (volatile int i = 0; i < 1'000;) i = i + 1;
    });
    pel::task_group group(pool);
    for (int i = 0; i < 100; ++i) {
        group.run([] { pel::blocking([] { std::this_thread::yield(); }); });
        pool.post([] { std::this_thread::yield(); });
    }
    (void)group.wait();
}

TEST(idle, sleeping_threads_never_wake_and_take_no_time) {
    PEL_IN_OWN_PROCESS();
    std::thread([] {}).join(); // a sanitizer starts its own thread with the first
    const accounts others = read_accounts({});
    pel::thread_pool one(1), several(4);
    work(one);
    work(several);
    work(pel::default_pool());
    const accounts busy = read_accounts(others);
    ASSERT_FALSE(busy.empty());
    ASSERT_TRUE(pel_test::await_for(pel_test::patience - 10s, [&] { return are_quiet(others); }))
        << testing::PrintToString(read_accounts(others));
    const accounts before = read_accounts(others);
    std::this_thread::sleep_for(1s);
    EXPECT_EQ(read_accounts(others), before);
}

} // namespace idle_test
