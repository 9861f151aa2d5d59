// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: loops
// A loop of whatever form that is ended early runs hardly any body after that: one has thrown, the token has stopped or
// the group around was cancelled.
#include <pel/md_range.hpp>
#include <pel/parallel_for_each.hpp>
#include <pel/parallel_phases.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/parallel_scan.hpp>
#include <pel/task_group.hpp>

#include "support/cancelled_here.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace ended_loops_test {

using policy_type = pel::basic_parallel_policy<std::stop_token>;
using body_type = std::function<void(int)>; ///< of so many items at once

constexpr int items = 200'000;

struct form {
    std::string name;
    std::function<void(const policy_type&, const body_type&)> run; ///< calls the body for `items` items in all
};

std::vector<form> all_forms() {
    const auto call_at_once = [](const body_type& body) {
        return [&body](int first, int last, int sum) { return body(last - first), sum; };
    };
    return {
        {"integers", [](auto& policy, auto& body) { pel::parallel_for(policy, 0, items, [&](int) { body(1); }); }},
        {"steps", [](auto& policy, auto& body) { pel::parallel_for(policy, 2 * items, 0, -2, [&](int) { body(1); }); }},
        {"iterators",
         [](auto& policy, auto& body) {
             const std::vector<char> range(items);
             pel::parallel_for(policy, range.begin(), range.end(), [&](auto) { body(1); });
         }},
        {"pairs",
         [](auto& policy, auto& body) {
             pel::parallel_for(policy, pel::md_range{items / 400, 400}, [&](int, int) { body(1); });
         }},
        {"triples",
         [](auto& policy, auto& body) {
             pel::parallel_for(policy, pel::md_range{20, items / 800, 40}, [&](int, int, int) { body(1); });
         }},
        {"elements",
         [](auto& policy, auto& body) {
             pel::parallel_for_each(policy, std::vector<char>(items), [&](char) { body(1); });
         }},
        {"list",
         [](auto& policy, auto& body) {
             pel::parallel_for_each(policy, std::forward_list<char>(items), [&](char) { body(1); });
         }},
        {"fed",
         [](auto& policy, auto& body) {
             const std::vector<int> roots(items / 1000, 1000);
             pel::parallel_for_each(policy, roots, [&](int size, pel::feeder<int>& more) {
                 body(1);
                 for (int n = 1; n < size; ++n) more.add(1);
             });
         }},
        {"phases",
         [](auto& policy, auto& body) {
             pel::parallel_phases(policy, 20, 0, items / 20, [&](std::uint64_t, int) { body(1); });
         }},
        {"reduction",
         [](auto& policy, auto& body) {
             const auto map = [&](int) { return body(1), 0; };
             (void)pel::parallel_reduce(policy, 0, items, 0, map, std::plus<>());
         }},
        {"deterministic reduction",
         [](auto& policy, auto& body) {
             const auto map = [&](int) { return body(1), 0; };
             (void)pel::parallel_reduce(policy.deterministic(), 0, items, 0, map, std::plus<>());
         }},
        {"fold",
         [call_at_once](auto& policy, auto& body) {
             (void)pel::parallel_fold(policy, 0, items, 0, call_at_once(body), std::plus<>());
         }},
        {"scan",
         [call_at_once](auto& policy, auto& body) {
             (void)pel::parallel_scan(
                 policy, 0, items, 0, [](int, int) { return 0; }, call_at_once(body), std::plus<>());
         }},
    };
}

class ended_loops_on : public pel_test::with_pool_shape {
protected:
    /// Ends a call of each form after some items. Counts those that threads begin who can see it: less than 1 % of all.
    template <class Expect>
    void expect_few_after(const std::function<void()>& end, const Expect& expect_ended) {
        for (const form& one : all_forms()) {
            for (int round = 0; round < 5; ++round) {
                const int last_body = 100 + round;
                source_ = std::stop_source();
                std::atomic<int> bodies{0};
                std::atomic<int> after{0};
                const body_type body = [&](int count) {
                    if (source_.stop_requested() || pel_test::is_cancelled_here()) after += count;
                    for (volatile int spin = 0; spin < 200 * count;) spin = spin + 1;
                    const int before = bodies.fetch_add(count, std::memory_order_relaxed);
                    if (before <= last_body && last_body < before + count) end();
                };
                expect_ended(one, [&] { one.run(pel::par.on(pool_).stop(source_.get_token()), body); });
                EXPECT_GT(bodies, last_body) << one.name;
                EXPECT_LT(after, items / 100) << one.name;
            }
        }
        pel_test::expect_balanced(pool_);
    }

    pel::thread_pool pool_{pel_test::options_of(GetParam())};
    const pel_test::watchdog guard_{pool_};
    std::stop_source source_;
};
PEL_ON_ALL_SHAPES(ended_loops_on);

TEST_P(ended_loops_on, by_an_exception) {
    expect_few_after([] { throw std::length_error("thrown on purpose"); },
                     [](const form& one, const auto& run) { EXPECT_THROW(run(), std::length_error) << one.name; });
}

TEST_P(ended_loops_on, by_the_policys_token) {
    expect_few_after(
        [this] { source_.request_stop(); },
        [](const form& one, const auto& run) { EXPECT_THROW(run(), pel::operation_cancelled) << one.name; });
}

TEST_P(ended_loops_on, by_the_group_around) {
    pel::task_group* around = nullptr;
    expect_few_after([&] { around->cancel(); },
                     [&](const form& one, const auto& run) {
                         pel::task_group group(pool_);
                         around = &group;
                         group.run([&] { EXPECT_THROW(run(), pel::operation_cancelled) << one.name; });
                         EXPECT_EQ(group.wait(), pel::group_status::cancelled) << one.name;
                     });
}

} // namespace ended_loops_test
