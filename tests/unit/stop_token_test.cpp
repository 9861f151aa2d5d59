// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: policies
// Bodies that take a std::stop_token. A body that waits for its token hangs if it is not told: the watchdog ends that.
#include <pel/parallel_for_each.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_phases.hpp>
#include <pel/stop_token.hpp>
#include <pel/task_group.hpp>

#include "support/own_process.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <list>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace stop_token_test {

using pel::par;
using pel::parallel_for;
using pel::parallel_for_each;
using pel::seq;

struct failure : std::runtime_error {
    failure() : std::runtime_error("thrown on purpose") {}
};

void await_stop(const std::stop_token& stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
}

/// Bodies of the first call run at the same time, although nobody knows yet that they are long.
auto at_once(pel::thread_pool& pool) { return par.on(pool).grain(1); }

class stop_token_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(stop_token_on);

TEST_P(stop_token_on, every_form_of_loop_hands_one_out_that_does_not_stop) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto policy = par.on(pool);
    std::atomic<long> sum{0};
    const auto add = [&](long i, const std::stop_token& stop) {
        sum += stop.stop_possible() && !stop.stop_requested() ? i : -1'000'000;
    };
    const auto total = [&](const auto& run) {
        sum = 0;
        run();
        return sum.load();
    };
    EXPECT_EQ(total([&] { parallel_for(policy, 0, 1000, add); }), 499'500);
    EXPECT_EQ(total([&] { parallel_for(policy, 0, 1000L, 2, add); }), 249'500);
    EXPECT_EQ(total([&] { parallel_for(seq, 0, 1000, add); }), 499'500);
    EXPECT_EQ(total([&] { parallel_for(0, 100, add); }), 4'950);
    EXPECT_EQ(total([&] { parallel_for(0, 100, 99, add); }), 99);
    std::vector<int> numbers{1, 2, 3};
    EXPECT_EQ(total([&] {
                  parallel_for(policy, numbers.begin(), numbers.end(),
                               [&](auto at, std::stop_token stop) { add(*at, stop); });
              }),
              6);
    EXPECT_EQ(total([&] {
                  parallel_for(numbers.begin(), numbers.end(), 2,
                               [&](auto at, const std::stop_token& stop) { add(*at, stop); });
              }),
              4);
    EXPECT_EQ(total([&] { parallel_for_each(policy, numbers, add); }), 6);
    EXPECT_EQ(total([&] { parallel_for_each(numbers.begin(), numbers.end(), add); }), 6);
    std::list<int> listed{1, 2, 3, 4};
    EXPECT_EQ(total([&] { parallel_for_each(listed, add); }), 10);
    std::istringstream text("5 6 7");
    EXPECT_EQ(
        total([&] { parallel_for_each(policy, std::istream_iterator<int>(text), std::istream_iterator<int>(), add); }),
        18);
    EXPECT_EQ(total([&] {
                  parallel_for_each(policy, numbers, [&](int n, pel::feeder<int>& more, const std::stop_token& stop) {
                      add(n, stop);
                      if (n < 10) more.add(n + 10);
                  });
              }),
              42);
    const auto pair = [&](int i, int j, std::stop_token stop) { add(i * j, stop); };
    EXPECT_EQ(total([&] { parallel_for(policy, pel::md_range{3, 4}, pair); }), 18);
    EXPECT_EQ(total([&] { parallel_for(pel::md_range{3, 4}, pair); }), 18);
    EXPECT_EQ(total([&] {
                  parallel_for(policy, pel::md_range{2, 2, 2},
                               [&](int i, int j, int k, const std::stop_token& stop) { add(i * j * k, stop); });
              }),
              1);
    const auto phase = [&](std::uint64_t p, int i, const std::stop_token& stop) {
        add(static_cast<long>(p) * i, stop);
    };
    EXPECT_EQ(total([&] { pel::parallel_phases(policy, 4, 0, 10, phase); }), 270);
    EXPECT_EQ(total([&] { pel::parallel_phases(4, 0, 10, phase); }), 270);
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, stops_when_another_body_throws) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    if (pool.concurrency() < 2) GTEST_SKIP() << "two bodies at the same time";
    const pel_test::watchdog guard(pool);
    std::atomic<int> waiting{0};
    std::atomic<int> ended{0};
    EXPECT_THROW(parallel_for(at_once(pool), 0, 2,
                              [&](int, const std::stop_token& stop) {
                                  if (waiting.fetch_add(1) == 0) {
                                      await_stop(stop);
                                      ++ended;
                                      return;
                                  }
                                  throw failure();
                              }),
                 failure);
    EXPECT_EQ(ended, 1);
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, stops_in_the_other_of_few_items_that_was_taken_while_its_forker_ran_something_else) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    if (pool.concurrency() < 2) GTEST_SKIP() << "two bodies at the same time";
    const pel_test::watchdog guard(pool);
    std::atomic<bool> is_begun{false};
    auto done = pool.submit([&] {
        EXPECT_THROW(parallel_for(0, 2,
                                  [&](int i) {
                                      if (i == 0) { // by who forked the other one
                                          pool.submit([&] { pel_test::await([&] { return is_begun.load(); }); }).get();
                                          throw failure();
                                      }
                                      parallel_for(0, 2, [&](int, const std::stop_token& stop) {
                                          is_begun = true;
                                          await_stop(stop);
                                      });
                                  }),
                     failure);
    });
    pel_test::await([&] { return done.is_ready(); });
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, stops_with_the_policys_token_while_bodies_run) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto stops = [&](const auto& policy) {
        std::stop_source source;
        std::atomic<int> bodies{0};
        std::thread stopper([&] {
            pel_test::await([&] { return bodies.load() != 0; });
            source.request_stop();
        });
        EXPECT_THROW(parallel_for(policy.stop(source.get_token()), 0, 1'000'000,
                                  [&](int, const std::stop_token& stop) {
                                      ++bodies;
                                      await_stop(stop);
                                  }),
                     pel::operation_cancelled);
        stopper.join();
        EXPECT_LE(bodies, 1'000) << "bodies run after the event";
    };
    pel::affinity where;
    stops(par.on(pool));
    stops(par.on(pool).replay(where));
    stops(par.on(pool).on_node(0));
    pel_test::expect_balanced(pool);
}

/// Not a std::stop_token: nobody is told, everybody has to ask.
struct asked_token {
    const std::atomic<bool>* flag;
    bool stop_requested() const noexcept { return flag->load(); }
};

TEST_P(stop_token_on, stops_with_a_token_that_is_asked_between_bodies) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    if (pool.concurrency() < 2) GTEST_SKIP() << "somebody who asks";
    const pel_test::watchdog guard(pool);
    std::atomic<bool> flag{false};
    std::atomic<bool> waits{false};
    EXPECT_THROW(parallel_for(at_once(pool).stop(asked_token{&flag}), 0, 1'000'000,
                              [&](int, const std::stop_token& stop) {
                                  if (!waits.exchange(true)) return await_stop(stop);
                                  flag = true;
                              }),
                 pel::operation_cancelled);
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, stops_when_the_group_around_the_loop_is_cancelled) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    pel::task_group group(pool);
    std::atomic<bool> waits{false};
    std::thread canceller([&] {
        pel_test::await([&] { return waits.load(); });
        group.cancel();
    });
    group.run([&] {
        parallel_for(0, 4, [&](int, const std::stop_token& stop) {
            waits = true;
            await_stop(stop);
        });
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled);
    canceller.join();
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, of_a_groups_task_stops_when_a_group_further_out_is_cancelled) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    pel::task_group outer(pool);
    std::atomic<bool> waits{false};
    std::thread canceller([&] {
        pel_test::await([&] { return waits.load(); });
        outer.cancel();
    });
    outer.run([&] {
        pel::task_group inner;
        inner.run([&](const std::stop_token& stop) {
            waits = true;
            await_stop(stop);
        });
        EXPECT_EQ(inner.wait(), pel::group_status::cancelled);
    });
    EXPECT_EQ(outer.wait(), pel::group_status::cancelled);
    canceller.join();
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, stops_when_the_other_branch_of_a_fork_around_throws) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    if (pool.concurrency() < 2) GTEST_SKIP() << "two branches at the same time";
    const pel_test::watchdog guard(pool);
    std::atomic<bool> waits{false};
    const auto wait_in_a_loop = [&] {
        parallel_for(0, 1, [&](int, const std::stop_token& stop) {
            waits = true;
            await_stop(stop);
        });
    };
    const auto fail = [&] {
        pel_test::await([&] { return waits.load(); });
        throw failure();
    };
    EXPECT_THROW(pool.execute([&] { pel::parallel_invoke(wait_in_a_loop, fail); }), failure);
    waits = false;
    EXPECT_THROW(pool.execute([&] { pel::parallel_invoke(fail, wait_in_a_loop); }), failure);
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, stops_in_all_loops_inside_a_loop_whose_body_throws) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    if (pool.concurrency() < 2) GTEST_SKIP() << "two bodies at the same time";
    const pel_test::watchdog guard(pool);
    std::atomic<int> waiting{0};
    EXPECT_THROW(parallel_for(at_once(pool), 0, 2,
                              [&](int) {
                                  if (waiting.fetch_add(1) != 0) {
                                      pel_test::await([&] { return waiting.load() == 3; });
                                      throw failure();
                                  }
                                  parallel_for(0, 1, [&](int) {
                                      parallel_for(0, 1, [&](int, const std::stop_token& stop) {
                                          ++waiting;
                                          await_stop(stop);
                                      });
                                  });
                              }),
                 failure);
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, is_stopped_from_the_start_where_the_loop_is_cancelled_already) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    pel::task_group group(pool);
    std::atomic<int> bodies{0};
    group.run([&] {
        group.cancel();
        EXPECT_THROW(parallel_for(0, 10, [&](int, const std::stop_token&) { ++bodies; }), pel::operation_cancelled);
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled);
    EXPECT_EQ(bodies, 0);
    group.run([&] {
        parallel_for(0, 10, [&](int, const std::stop_token& stop) { bodies += stop.stop_requested() ? 0 : 1; });
    });
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(bodies, 10) << "a new one";
}

TEST_P(stop_token_on, callbacks_may_cancel_and_start_other_work) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    pel::task_group first(pool);
    pel::task_group second(pool);
    std::array<std::atomic<bool>, 2> waits{};
    std::atomic<int> items{0};
    const auto wait_in = [&](std::size_t which, pel::task_group& other) {
        return [&, which](const std::stop_token& stop) {
            const std::stop_callback callback(stop, [&] {
                other.cancel();
                parallel_for(par.on(pool), 0, 100, [&](int) { ++items; });
            });
            waits[which] = true;
            await_stop(stop);
        };
    };
    // One after the other where there is one thread: the second is cancelled before it runs, or by itself.
    std::thread canceller([&] {
        pel_test::await([&] { return waits[0].load(); });
        first.cancel();
    });
    first.run(wait_in(0, second));
    EXPECT_EQ(first.wait(), pel::group_status::cancelled);
    canceller.join();
    EXPECT_TRUE(second.is_cancelled());
    EXPECT_EQ(second.wait(), pel::group_status::cancelled);
    EXPECT_EQ(items, 100);
    pel_test::expect_balanced(pool);
}

TEST_P(stop_token_on, tells_many_while_others_come_and_go) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(400); ++round) {
        std::atomic<int> seen{0};
        pel::task_group group(pool);
        for (int task = 0; task < 8; ++task) {
            group.run([&](const std::stop_token& stop) {
                parallel_for(0, 3, [&](int i, const std::stop_token& inner) {
                    if (i != 1 || ++seen != 3) return;
                    group.cancel();
                    EXPECT_TRUE(stop.stop_requested() && inner.stop_requested()) << "told before cancel() returns";
                });
            });
        }
        const pel::group_status status = group.wait();
        EXPECT_TRUE(status == pel::group_status::cancelled || seen < 3) << seen;
    }
    pel_test::expect_balanced(pool);
}

TEST(stop_token, in_a_fork_child_the_parents_watches_are_forgotten) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<int> status{-1};
    parallel_for(par.on(pool), 0, 1, [&](int, const std::stop_token&) {
        status = pel_test::fork_and_run([] {
            pel::thread_pool fresh(2);
            pel::task_group group(fresh);
            group.run([&](const std::stop_token& stop) {
                group.cancel();
                await_stop(stop);
            });
            return group.wait() == pel::group_status::cancelled;
        });
    });
    EXPECT_EQ(status, 0);
}

} // namespace stop_token_test
