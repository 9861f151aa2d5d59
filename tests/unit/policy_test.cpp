// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: policies
#include <pel/parallel_for.hpp>
#include <pel/policy.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace policy_test {

using pel::par;
using pel::parallel_for;
using pel::seq;

/// Notes how small blocks were, and shares that another thread ran.
class noting_strand {
public:
    struct notes {
        std::mutex guard;
        std::uint64_t items = 0;
        std::uint64_t least_block = ~std::uint64_t{0}; // but for the last ones of shares
        std::uint64_t least_stolen = ~std::uint64_t{0};
    };
    explicit noting_strand(notes& all) : all_(all) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        const std::lock_guard hold(all_.guard);
        all_.items += hi - lo;
        if (last_block_ != 0) all_.least_block = std::min(all_.least_block, last_block_);
        items_ += last_block_ = hi - lo;
        for (; lo != hi; ++lo)
            for (volatile int spin = 0; spin < 300;) spin = spin + 1;
    }
    noting_strand split() const { return noting_strand(all_); }
    void join(noting_strand&& other) {
        const std::lock_guard hold(all_.guard);
        all_.least_stolen = std::min(all_.least_stolen, other.items_);
        items_ += other.items_;
        last_block_ = 0;
    }

private:
    notes& all_;
    std::uint64_t items_ = 0, last_block_ = 0;
};

void spin_for(std::chrono::microseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
    }
}

/// How many threads run bodies at the same time, and how many did at most.
class crowd {
public:
    void enter() {
        const int now = ++inside_;
        int seen = most_.load();
        while (seen < now && !most_.compare_exchange_weak(seen, now)) {
        }
    }
    void leave() { --inside_; }
    int most() const { return most_; }

private:
    std::atomic<int> inside_{0}, most_{0};
};

class policy_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(policy_on);

TEST_P(policy_on, every_combination_visits_every_index_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::stop_source source;
    pel::affinity where;
    const auto expect_covered = [&](const auto& policy, std::size_t n) {
        std::vector<std::uint8_t> hits(n);
        parallel_for(policy, std::size_t{0}, n, [&](std::size_t i) { ++hits[i]; });
        ASSERT_TRUE(std::ranges::all_of(hits, [](std::uint8_t count) { return count == 1; })) << n;
    };
    for (const std::size_t n : {0U, 1U, 2U, 3U, 5U, 15U, 16U, 17U, 31U, 33U, 100U, 1000U, 40'000U}) {
        for (const std::uint64_t grain : {1U, 2U, 3U, 7U, 16U, 33U, 1000U, 100'000U}) {
            for (const unsigned threads : {1U, 2U, 3U, 100U}) {
                const auto policy = par.on(pool).grain(grain).max_concurrency(threads);
                expect_covered(policy, n);
                expect_covered(policy.stop(source.get_token()), n);
                expect_covered(policy.on_node(0).replay(where), n);
                pool.execute([&] { expect_covered(policy, n); });
            }
        }
        expect_covered(seq, n);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(policy_on, at_most_k_threads_run_bodies_at_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (const unsigned k : {1U, 2U, 3U}) {
        for (const int n : {3, 16, 64, 2000}) {
            for (unsigned long round = 0; round < pel_test::scaled(40); ++round) {
                crowd bodies;
                std::atomic<int> count{0};
                parallel_for(par.on(pool).max_concurrency(k), 0, n, [&](int i) {
                    bodies.enter();
                    for (volatile int spin = 0; spin < (i % 7 == 0 ? 3000 : 50);) spin = spin + 1;
                    ++count;
                    bodies.leave();
                });
                ASSERT_EQ(count, n);
                ASSERT_LE(bodies.most(), static_cast<int>(k)) << n;
            }
        }
    }
    pel_test::expect_balanced(pool);
}

TEST_P(policy_on, a_limited_loop_nests_in_itself_and_in_others) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        std::atomic<int> count{0};
        parallel_for(par.on(pool), 0, 6, [&](int) {
            parallel_for(par.max_concurrency(2).grain(2), 0, 10, [&](int) {
                parallel_for(par.max_concurrency(1 + static_cast<unsigned>(round % 3)), 0, 40, [&](int) { ++count; });
            });
        });
        ASSERT_EQ(count, 6 * 10 * 40);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(policy_on, a_limited_loop_ends_with_the_first_exception) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::stop_source source;
    for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
        std::atomic<int> running{0};
        EXPECT_THROW(parallel_for(par.on(pool).grain(3).max_concurrency(2).stop(source.get_token()), 0, 1000,
                                  [&](int i) {
                                      ++running;
                                      if (i % 100 == 99) {
                                          --running;
                                          throw i;
                                      }
                                      --running;
                                  }),
                     int);
        ASSERT_EQ(running, 0);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(policy_on, a_stop_ends_the_loop_after_all_threads_have_left) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
        std::stop_source source;
        std::atomic<int> running{0}, after{0};
        std::atomic<bool> is_stopped{false};
        EXPECT_THROW(parallel_for(par.on(pool).stop(source.get_token()), 0, 1'000'000'000,
                                  [&](int i) {
                                      ++running;
                                      if (is_stopped) ++after;
                                      if (i % 1000 == 500) {
                                          source.request_stop();
                                          is_stopped = true;
                                      }
                                      --running;
                                  }),
                     pel::operation_cancelled);
        ASSERT_EQ(running, 0);
        ASSERT_LT(after, 1'000'000) << "a block lasts microseconds";
    }
    pel_test::expect_balanced(pool);
}

TEST(policy, a_stop_is_seen_by_the_next_item_of_a_small_loop) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    pool.execute([&] {
        for (int n = 2; n <= 16; ++n) {
            std::stop_source source;
            int bodies = 0;
            const auto policy = par.stop(source.get_token());
            const auto body = [&](int i) {
                ++bodies;
                if (i == 0) source.request_stop();
            };
            EXPECT_THROW(parallel_for(policy, 0, n, body), pel::operation_cancelled);
            EXPECT_EQ(bodies, 1) << n;
        }
    });
}

TEST(policy, a_loop_stopped_before_it_begins_calls_nothing) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::stop_source source;
    source.request_stop();
    const auto policy = par.on(pool).stop(source.get_token());
    const auto fails = [](int) { FAIL(); };
    for (const int n : {1, 2, 16, 17, 1000}) {
        EXPECT_THROW(parallel_for(policy, 0, n, fails), pel::operation_cancelled);
        pool.execute([&] { EXPECT_THROW(parallel_for(policy, 0, n, fails), pel::operation_cancelled); });
    }
    parallel_for(policy, 0, 0, fails);
}

TEST(policy, a_loop_that_is_complete_when_the_token_stops_does_not_throw) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    for (const int n : {1, 10, 100}) {
        std::stop_source source;
        int bodies = 0;
        parallel_for(par.on(pool).stop(source.get_token()), 0, n, [&](int i) {
            ++bodies;
            if (i == n - 1) source.request_stop();
        });
        EXPECT_EQ(bodies, n);
    }
}

TEST(policy, a_stop_reaches_loops_inside) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::stop_source source;
    std::atomic<int> echoes{0};
    EXPECT_THROW(parallel_for(par.on(pool).stop(source.get_token()), 0, 100,
                              [&](int i) {
                                  if (i != 0) return;
                                  source.request_stop();
                                  // Once another thread, or this one's next block, has seen the token.
                                  try {
                                      parallel_for(par.stop(source.get_token()), 0, 100'000'000, [](int) {});
                                  } catch (const pel::operation_cancelled&) {
                                      ++echoes;
                                      throw;
                                  }
                              }),
                 pel::operation_cancelled);
    EXPECT_EQ(echoes, 1);
}

TEST(policy, the_grain_is_the_least_that_is_stolen) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    do {
        for (const std::uint64_t grain : {1U, 2U, 10U, 40U, 100U}) {
            for (const std::uint64_t size : {grain + 1, 3 * grain, 10 * grain + 7, std::uint64_t{1000}}) {
                std::uint64_t least = ~std::uint64_t{0};
                for (unsigned long round = 0; round < pel_test::scaled(50); ++round) {
                    noting_strand::notes all;
                    noting_strand strand(all);
                    pel::parallel_ranges(par.on(pool).grain(grain), size, strand);
                    ASSERT_EQ(all.items, size);
                    least = std::min(least, all.least_stolen);
                }
                EXPECT_GE(least, grain) << size;
            }
        }
    } while (pool.stats().stolen == 0); // until another thread has had a part
    pel_test::expect_balanced(pool);
}

TEST(policy, the_grain_is_the_least_block_of_a_share_that_is_not_cut) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    for (const std::uint64_t grain : {1U, 10U, 40U, 100U}) {
        noting_strand::notes all;
        noting_strand strand(all);
        pel::parallel_ranges(par.on(pool).grain(grain).max_concurrency(1), 1000, strand);
        EXPECT_EQ(all.items, 1000U);
        EXPECT_GE(all.least_block, grain);
    }
}

TEST(policy, more_items_than_the_grain_wake_a_thread_at_once) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    // Bodies that take no time: only the grain can make them worth a thread.
    pel_test::await([&] {
        parallel_for(par.on(pool).grain(1), 0, 8, [](int) {});
        return pool.stats().threads_started != 0;
    });
    pel::thread_pool other(2);
    for (int round = 0; round < 1000; ++round) parallel_for(par.on(other).grain(8), 0, 8, [](int) {});
    EXPECT_EQ(other.stats().exposed, 0U);
}

TEST(policy, max_concurrency_1_runs_in_order_on_the_caller) {
    pel::thread_pool pool(3);
    const pel_test::watchdog guard(pool);
    std::vector<int> order;
    const auto caller = std::this_thread::get_id();
    parallel_for(par.on(pool).max_concurrency(1), 0, 500, [&](int i) {
        spin_for(std::chrono::microseconds(10));
        EXPECT_EQ(std::this_thread::get_id(), caller);
        order.push_back(i);
    });
    EXPECT_TRUE(std::ranges::is_sorted(order));
    EXPECT_EQ(order.size(), 500U);
    EXPECT_EQ(pool.stats().exposed, 0U);
}

TEST(policy, max_concurrency_lets_k_threads_in_although_more_want) {
    pel::thread_pool pool(4);
    const pel_test::watchdog guard(pool);
    crowd bodies;
    pel_test::await([&] {
        parallel_for(par.on(pool).max_concurrency(2), 0, 64, [&](int) {
            bodies.enter();
            spin_for(std::chrono::microseconds(100));
            bodies.leave();
        });
        return bodies.most() == 2;
    });
    EXPECT_EQ(bodies.most(), 2);
}

TEST(policy, seq_runs_in_order_on_the_caller_and_uses_no_pool) {
    std::vector<int> order;
    const std::uint64_t before = pel::default_pool().stats().spawned;
    parallel_for(seq, 0, 100, [&](int i) {
        EXPECT_FALSE(pel::detail::current_worker->is_member());
        order.push_back(i);
    });
    EXPECT_EQ(order.size(), 100U);
    EXPECT_TRUE(std::ranges::is_sorted(order));
    EXPECT_EQ(pel::default_pool().stats().spawned, before);
    int calls = 0;
    EXPECT_THROW(parallel_for(seq, 0, 100,
                              [&](int i) {
                                  ++calls;
                                  if (i == 7) throw i;
                              }),
                 int);
    EXPECT_EQ(calls, 8);
}

TEST(policy, impossible_limits_are_refused) {
    EXPECT_THROW((void)par.grain(0), std::invalid_argument);
    EXPECT_THROW((void)par.max_concurrency(0), std::invalid_argument);
}

TEST(policy, members_can_be_called_in_any_order_and_stored) {
    pel::thread_pool pool(2);
    std::stop_source source;
    const auto policy = par.stop(source.get_token()).grain(5).on(pool).deterministic().max_concurrency(3);
    EXPECT_EQ(pel::policy_access::grain(policy), 5U);
    EXPECT_EQ(pel::policy_access::most_threads(policy), 3U);
    EXPECT_TRUE(pel::policy_access::is_deterministic(policy));
    EXPECT_EQ(pel::policy_access::pool(policy), &pool);
    EXPECT_EQ(pel::policy_access::token(policy), source.get_token());
    pel::affinity where;
    const auto placed = policy.on_node(1).replay(where).grain(6);
    ASSERT_NE(pel::policy_access::node(placed), nullptr);
    EXPECT_EQ(pel::policy_access::node(placed)->index, 1U);
    EXPECT_EQ(pel::policy_access::where(placed), &where);
    EXPECT_EQ(pel::policy_access::node(policy), nullptr);
    EXPECT_EQ(pel::policy_access::where(policy), nullptr);
    pel::parallel_policy stored = par;
    EXPECT_EQ(pel::policy_access::grain(stored), 0U);
    stored = par.on(pool);
    EXPECT_EQ(pel::policy_access::pool(stored), &pool);
    stored = par.grain(4);
    EXPECT_EQ(pel::policy_access::grain(stored), 4U);
    int calls = 0;
    parallel_for(stored, 0, 1, [&](int) { ++calls; });
    EXPECT_EQ(calls, 1);
    static_assert(pel::execution_policy<decltype(policy)> && pel::execution_policy<const pel::parallel_policy&> &&
                  pel::execution_policy<decltype(pel::seq)> && !pel::execution_policy<int>);
}

} // namespace policy_test
