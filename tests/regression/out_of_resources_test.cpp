// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// No memory, no threads: calls throw std::bad_alloc or do their work with the threads there are, and when there is
// enough again everything works as before.
#include <pel/graph/subgraph.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>

#include "support/memory.hpp"
#include "support/own_process.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <fstream>
#include <functional>
#include <new>
#include <thread>
#include <vector>

#include <sys/resource.h>

#if defined(PEL_TEST_MEMORY_BUDGET)
#include "support/memory_budget.hpp"
#endif

namespace out_of_resources_test {

using pel::par;

#if defined(PEL_TEST_MEMORY_BUDGET)

/// While it lives, this program's code can map, allocate and start threads with at most `more` bytes.
class memory_limit {
public:
    explicit memory_limit(std::size_t more) { pel_test::budget = more; }
    memory_limit(const memory_limit&) = delete;
    memory_limit& operator=(const memory_limit&) = delete;
    ~memory_limit() { pel_test::budget = pel_test::no_budget; }
};

#else

/// While it lives, the process can map at most `more` bytes on top of what it has.
class memory_limit {
public:
    explicit memory_limit(std::size_t more) {
        ::getrlimit(RLIMIT_AS, &before_);
        std::ifstream file("/proc/self/statm");
        std::size_t pages = 0;
        file >> pages;
        rlimit limit = before_;
        limit.rlim_cur = pages * 4096 + more;
        ::setrlimit(RLIMIT_AS, &limit);
    }
    memory_limit(const memory_limit&) = delete;
    memory_limit& operator=(const memory_limit&) = delete;
    ~memory_limit() { ::setrlimit(RLIMIT_AS, &before_); }

private:
    rlimit before_{};
};

#endif

/// Work of every kind that needs no other thread.
void expect_working(pel::thread_pool& pool) {
    const long sum =
        pel::parallel_reduce(par.on(pool), 0, 100'000, 0L, [](int i) { return static_cast<long>(i); }, std::plus<>());
    EXPECT_EQ(sum, 4'999'950'000);
    int a = 0;
    int b = 0;
    pool.execute([&] { pel::parallel_invoke([&] { a = 1; }, [&] { b = 2; }); });
    EXPECT_EQ(a + b, 3);
    std::atomic<int> runs{0};
    pel::task_group group(pool);
    for (int i = 0; i < 50; ++i) group.run([&] { ++runs; });
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(runs, 50);
    EXPECT_EQ(pool.submit([] { return 5; }).get(), 5);
}

/// Calls `add` until it throws std::bad_alloc. Returns: how often it did not.
template <class Add>
int add_until_bad_alloc(Add&& add) {
    const memory_limit limit(1 << 20);
    for (int added = 0; added < 10'000'000; ++added) {
        try {
            add();
        } catch (const std::bad_alloc&) {
            return added;
        }
    }
    return -1;
}

class out_of_memory_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(out_of_memory_on);

TEST_P(out_of_memory_on, group_tasks_that_were_accepted_run_and_the_pool_stays_usable) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_working(pool);
    std::atomic<int> runs{0};
    std::atomic<bool> may_run{false}; // else they might run, and give their memory back, as fast as they are added
    for (int round = 0; round < 3; ++round) {
        runs = 0;
        may_run = false;
        int accepted = 0;
        pool.execute([&] {
            pel::task_group group;
            accepted = add_until_bad_alloc([&] {
                group.run([&] {
                    pel_test::await([&] { return may_run.load(); });
                    ++runs;
                });
            });
            may_run = true;
            EXPECT_EQ(group.wait(), pel::group_status::completed);
        });
        EXPECT_GE(accepted, 0);
        EXPECT_EQ(runs, accepted);
        expect_working(pool);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(out_of_memory_on, large_group_tasks_from_outside_too) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_working(pool);
    std::atomic<int> runs{0};
    const std::array<char, 100'000> payload{};
    pel::task_group group(pool);
    std::atomic<bool> may_run{false};
    const int accepted = add_until_bad_alloc([&] {
        group.run([&, payload] {
            pel_test::await([&] { return may_run.load(); });
            runs += 1 + payload[7];
        });
    });
    may_run = true;
    EXPECT_GE(accepted, 0);
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(runs, accepted);
    expect_working(pool);
    pel_test::expect_balanced(pool);
}

TEST_P(out_of_memory_on, submitted_and_posted_tasks_too) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_working(pool);
    std::atomic<int> runs{0};
    std::atomic<bool> may_run{false};
    const auto task = [&] {
        pel_test::await([&] { return may_run.load(); });
        ++runs;
    };
    std::vector<pel::future<void>> results;
    results.reserve(1'000'000);
    const int posted = add_until_bad_alloc([&] { pool.post(task); });
    const int submitted = add_until_bad_alloc([&] { results.push_back(pool.submit(task)); });
    may_run = true;
    for (auto& each : results) each.get();
    EXPECT_GE(posted, 0);
    EXPECT_GE(submitted, 0);
    pel_test::await([&] { return runs == posted + submitted; });
    expect_working(pool);
    pel_test::expect_balanced(pool);
}

TEST_P(out_of_memory_on, nodes_that_cannot_be_detached_are_dropped_and_others_can_be_added) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_working(pool);
    std::atomic<int> runs{0};
    std::atomic<bool> may_run{false};
    int accepted = 0;
    pel::graph g;
    g.emplace([&](pel::subgraph& added) {
        accepted = add_until_bad_alloc([&] {
            added.emplace([&] {
                pel_test::await([&] { return may_run.load(); });
                ++runs;
            });
            added.detach();
        });
        may_run = true;
        added.detach(); // if there was too little memory to begin with it
        added.emplace([&] { runs += 1'000'000; });
    });
    std::thread([&] { g.run(par.on(pool)); }).join(); // where malloc has more in reserve than jobs have
    EXPECT_GE(accepted, 0);
    EXPECT_GE(runs, 1'000'000 + accepted);
    EXPECT_LE(runs, 1'000'000 + accepted + 1);
    expect_working(pool);
    pel_test::expect_balanced(pool);
}

TEST_P(out_of_memory_on, forks_and_loops_need_no_memory) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_working(pool);
    const memory_limit limit(0);
    for (int round = 0; round < 100; ++round) {
        std::atomic<int> bodies{0};
        pel::parallel_for(par.on(pool), 0, 10'000, [&](int) { ++bodies; });
        pool.execute([&] { pel::parallel_invoke([&] { ++bodies; }, [&] { ++bodies; }); });
        ASSERT_EQ(bodies, 10'002);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(out_of_memory_on, exceptions_still_arrive) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_working(pool);
    const memory_limit limit(0);
    for (int round = 0; round < 100; ++round) {
        EXPECT_THROW(pel::parallel_for(par.on(pool), 0, 1'000,
                                       [](int i) {
                                           if (i == 500) throw std::bad_alloc();
                                       }),
                     std::bad_alloc);
    }
    pel_test::expect_balanced(pool);
}

TEST(out_of_memory, a_pool_that_cannot_be_made_throws_and_can_be_made_later) {
    PEL_IN_OWN_PROCESS();
    {
        const memory_limit limit(0);
        EXPECT_THROW(pel::thread_pool pool(2), std::bad_alloc);
    }
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    expect_working(pool);
}

TEST(out_of_memory, a_first_call_without_memory_for_a_record_does_the_work_alone_or_says_bad_alloc) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<int> bodies{0};
    int expected = 0;
    {
        const memory_limit limit(0);
        try {
            pel::parallel_for(par.on(pool), 0, 1'000, [&](int) { ++bodies; });
            expected = 1'000;
        } catch (const std::bad_alloc&) {
        }
        EXPECT_EQ(bodies, expected);
    }
    expect_working(pool);
    pel_test::expect_balanced(pool);
}

/// A pool none of whose threads can be started.
pel::thread_pool_options without_threads(const pel_test::pool_shape& shape) {
    pel::thread_pool_options options = pel_test::options_of(shape);
    options.stack_size = std::size_t{1} << 50;
    return options;
}

class out_of_threads_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(out_of_threads_on);

TEST_P(out_of_threads_on, callers_do_all_work_themselves) {
    pel::thread_pool pool(without_threads(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 20; ++round) expect_working(pool);
    std::thread([&] { expect_working(pool); }).join();
    EXPECT_EQ(pool.stats().threads_started, 0U);
    pel_test::expect_balanced(pool);
}

TEST_P(out_of_threads_on, posts_run_at_the_latest_when_the_pool_ends) {
    std::atomic<int> runs{0};
    {
        pel::thread_pool pool(without_threads(GetParam()));
        for (int i = 0; i < 100; ++i) pool.post([&] { ++runs; });
        expect_working(pool);
    }
    EXPECT_EQ(runs, 100);
}

TEST_P(out_of_threads_on, two_callers_share_work) {
    pel::thread_pool pool(without_threads(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        pel::task_group group(pool);
        std::atomic<int> runs{0};
        std::thread other([&] {
            for (int i = 0; i < 50; ++i) group.run([&] { ++runs; });
            expect_working(pool);
        });
        expect_working(pool);
        other.join();
        ASSERT_EQ(group.wait(), pel::group_status::completed);
        ASSERT_EQ(runs, 50);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(out_of_threads_on, spawn_and_get_of_depth_20) {
    pel::thread_pool pool(without_threads(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto recurse = [&](auto& self, int depth) -> int {
        if (depth == 0) return 1;
        return pool.submit([&, depth] { return self(self, depth - 1); }).get() + 1;
    };
    EXPECT_EQ(recurse(recurse, 20), 21);
    EXPECT_EQ(pool.execute([&] { return recurse(recurse, 20); }), 21);
}

TEST_P(out_of_threads_on, threads_start_as_soon_as_they_can) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool_options options = pel_test::options_of(GetParam());
    options.stack_size = 64 << 20;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    expect_working(pool);
    {
        const memory_limit limit(16 << 20);
        for (int round = 0; round < 10; ++round) expect_working(pool);
    }
    std::atomic<bool> has_run{false};
    pool.post([&] { has_run = true; });
    pel_test::await([&] { return has_run.load(); }); // by a thread that could not be started before, or was by then
    EXPECT_GE(pool.stats().threads_started, 1U);
    pel_test::expect_balanced(pool);
}

} // namespace out_of_resources_test
