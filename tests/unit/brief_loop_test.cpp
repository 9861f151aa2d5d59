// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops from outside that were short so far run without a seat until they fork. For who looks from inside, they are like
// any other call; and once they are not short any more, they are shared.
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cfenv>
#include <functional>
#include <stdexcept>
#include <thread>

namespace brief_loop_test {

using pel::par;

class brief_loop_on : public pel_test::with_pool_shape {
protected:
    /// One place in the program for all loops, which learns that they are short.
    void loop(int n, const std::function<void(int)>& body) { pel::parallel_for(par.on(pool_), 0, n, body); }
    void make_short() {
        for (int call = 0; call < 20; ++call) loop(3, [](int) {});
    }

    pel::thread_pool pool_{pel_test::options_of(GetParam())};
    const pel_test::watchdog guard_{pool_};
};

TEST_P(brief_loop_on, runs_each_item_once_whatever_the_size) {
    make_short();
    for (const int n : {1, 2, 3, 63, 64, 65, 1'000, 4'096, 4'097, 100'000}) {
        std::vector<int> runs(static_cast<std::size_t>(n));
        loop(n, [&](int i) { ++runs[static_cast<std::size_t>(i)]; });
        EXPECT_EQ(runs, std::vector<int>(runs.size(), 1));
        make_short();
    }
}

TEST_P(brief_loop_on, is_a_worker_inside_and_none_after) {
    make_short();
    std::atomic<unsigned> seen{0};
    loop(2, [&](int) { seen += pel::this_worker::index() != pel::this_worker::no_index ? 1 : 0; });
    EXPECT_EQ(seen, 2U);
    EXPECT_EQ(pel::this_worker::index(), pel::this_worker::no_index);
}

TEST_P(brief_loop_on, passes_exceptions_of_any_item_on) {
    for (const int n : {1, 2, 64, 1'000}) {
        for (const int bad : {0, n / 2, n - 1}) {
            make_short();
            const auto body = [&](int i) {
                if (i == bad) throw std::runtime_error("planned");
            };
            EXPECT_THROW(loop(n, body), std::runtime_error);
            EXPECT_EQ(pel::this_worker::index(), pel::this_worker::no_index);
        }
    }
    pel_test::expect_balanced(pool_);
}

TEST_P(brief_loop_on, may_fork_wait_and_block_inside) {
    for (int round = 0; round < 100; ++round) {
        make_short();
        std::atomic<int> sum{0};
        loop(3, [&](int) {
            pel::parallel_invoke([&] { ++sum; }, [&] { ++sum; });
            pel::parallel_for(0, 10, [&](int) { ++sum; });
            pel::blocking([&] { ++sum; });
            pel::task_group group;
            group.run([&] { ++sum; });
            EXPECT_EQ(group.wait(), pel::group_status::completed);
            sum += pool_.submit([] { return 1; }).get();
        });
        EXPECT_EQ(sum, 3 * 15);
    }
    pel_test::expect_balanced(pool_);
}

TEST_P(brief_loop_on, forks_with_the_callers_floating_point_environment) {
    make_short();
    std::atomic<int> wrong{0}, elsewhere{0};
    const std::thread::id main = std::this_thread::get_id();
    std::fesetround(FE_UPWARD);
    const auto is_elsewhere = [&] {
        loop(2, [&](int) {
            pel::parallel_for(0, 64, [&](int) {
                for (volatile int i = 0; i < 20'000;) i = i + 1;
                wrong += std::fegetround() != FE_UPWARD ? 1 : 0;
                elsewhere += std::this_thread::get_id() != main ? 1 : 0;
            });
        });
        make_short();
        return elsewhere != 0;
    };
    if (pool_.concurrency() == 1)
        is_elsewhere();
    else
        EXPECT_TRUE(pel_test::await_for(std::chrono::seconds(40), is_elsewhere));
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(wrong, 0);
}

TEST_P(brief_loop_on, is_shared_when_it_is_not_short_any_more) {
    if (pool_.concurrency() == 1) GTEST_SKIP() << "nobody to share with";
    const std::thread::id main = std::this_thread::get_id();
    EXPECT_TRUE(pel_test::await_for(std::chrono::seconds(40), [&] {
        make_short();
        std::atomic<bool> is_elsewhere{false};
        loop(64, [&](int) {
            for (volatile int i = 0; i < 100'000 && !is_elsewhere;) i = i + 1;
            if (std::this_thread::get_id() != main) is_elsewhere = true;
        });
        return is_elsewhere.load();
    }));
}

TEST_P(brief_loop_on, works_in_pools_of_each_other) {
    pel::thread_pool other(1);
    std::atomic<int> sum{0};
    for (int call = 0; call < 40; ++call) {
        loop(2, [&](int) {
            pel::parallel_for(par.on(other), 0, 2,
                              [&](int) { pel::parallel_for(par.on(pool_), 0, 1, [&](int) { ++sum; }); });
        });
    }
    EXPECT_EQ(sum, 160);
}

PEL_ON_ALL_SHAPES(brief_loop_on);

} // namespace brief_loop_test
