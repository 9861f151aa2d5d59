// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: pipelines
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_pipeline.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace parallel_pipeline_test {

using pel::par;
using pel::parallel;
using pel::parallel_pipeline;
using pel::pipeline_control;
using pel::serial;
using pel::serial_out_of_order;

using number = std::uint64_t;
using numbers = std::vector<number>;

/// A first stage: 0, 1, … count - 1.
auto count_to(number count) {
    return serial([next = number{0}, count](pipeline_control& control) mutable -> std::optional<number> {
        if (next == count) return std::nullopt;
        EXPECT_TRUE(control.number() == next);
        return next++;
    });
}
numbers all_below(number count) {
    numbers all(count);
    std::iota(all.begin(), all.end(), number{0});
    return all;
}
/// A stage that keeps what it gets.
auto keep_in(numbers& kept) {
    return serial([&kept](number n) { kept.push_back(n); });
}
void spin(number turns) {
    for (number i = 0; i < turns; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
}

/// How many are between enter() and leave() at most.
class meter {
public:
    void enter() {
        const int now = ++inside_;
        for (int seen = most_; seen < now && !most_.compare_exchange_weak(seen, now);) {
        }
    }
    void leave() { --inside_; }
    int most() const { return most_; }
    int inside() const { return inside_; }

private:
    std::atomic<int> inside_{0}, most_{0};
};

/// Counts the living.
struct counted {
    static inline std::atomic<int> alive{0};
    explicit counted(number n) : value(n) { ++alive; }
    counted(counted&& other) noexcept : value(other.value) { ++alive; }
    counted& operator=(counted&&) = delete;
    ~counted() { --alive; }
    number value;
};

class parallel_pipeline_with : public testing::TestWithParam<unsigned> {
protected:
    pel::thread_pool pool{GetParam()};

private:
    const pel_test::watchdog guard_{pool};
};
INSTANTIATE_TEST_SUITE_P(threads, parallel_pipeline_with, testing::Values(1U, 2U, 3U, 7U),
                         testing::PrintToStringParamName());

TEST_P(parallel_pipeline_with, serial_stages_see_the_stream_in_order_and_one_token_at_a_time) {
    const number count = pel_test::scaled(20'000);
    for (const number work : {number{0}, number{1'000}}) {
        for (const std::size_t lines : {1U, 2U, 3U, 16U}) {
            meter inside[3];
            meter tokens;
            const number made = count / (work + 1) + 1;
            numbers first, second, any(made, 0);
            parallel_pipeline(par.on(pool), lines, serial([&, next = number{0}](pipeline_control& control) mutable {
                                  inside[0].enter();
                                  tokens.enter();
                                  if (next + 1 == made) control.stop();
                                  inside[0].leave();
                                  return next++;
                              }),
                              parallel([&](number n) {
                                  spin(n % 7 * work);
                                  return n;
                              }),
                              serial([&](const number& n) {
                                  inside[1].enter();
                                  first.push_back(n);
                                  inside[1].leave();
                                  return n;
                              }),
                              serial_out_of_order([&](number n) {
                                  inside[2].enter();
                                  any[n] = n + 1;
                                  inside[2].leave();
                                  return n;
                              }),
                              parallel([&](number n) { return n; }), serial([&](number&& n, pipeline_control& control) {
                                  EXPECT_TRUE(control.number() == n);
                                  second.push_back(n);
                                  tokens.leave();
                              }));
            ASSERT_EQ(first, all_below(made));
            ASSERT_EQ(second, first);
            for (number n = 0; n < made; ++n) ASSERT_EQ(any[n], n + 1);
            for (const meter& each : inside) EXPECT_EQ(each.most(), 1);
            EXPECT_LE(tokens.most(), static_cast<int>(lines));
        }
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_pipeline_with, an_empty_optional_ends_a_token_and_a_nested_one_is_a_value) {
    for (const number work : {number{0}, number{2'000}}) {
        numbers kept, odd;
        parallel_pipeline(par.on(pool), 8, count_to(2'000), parallel([work](number n) -> std::optional<number> {
                              spin(n % 5 * work);
                              return n % 3 == 0 ? std::optional<number>() : n;
                          }),
                          parallel([](number n) -> std::optional<std::optional<number>> {
                              return n % 2 == 0 ? std::optional<number>() : n;
                          }),
                          serial([&](std::optional<number>&& n, pipeline_control& control) {
                              if (n) odd.push_back(*n);
                              return control.number();
                          }),
                          keep_in(kept));
        numbers expected, expected_odd;
        for (number n = 0; n < 2'000; ++n) {
            if (n % 3 == 0) continue;
            expected.push_back(n);
            if (n % 2 != 0) expected_odd.push_back(n);
        }
        EXPECT_EQ(kept, expected);
        EXPECT_EQ(odd, expected_odd);
    }
}

TEST_P(parallel_pipeline_with, a_stage_of_any_kind_may_stop_the_stream_and_what_is_in_it_passes_through) {
    numbers kept;
    parallel_pipeline(par.on(pool), 4, serial([n = number{0}]() mutable { return n++; }),
                      parallel([](number n) { return n; }), serial([&](number n, pipeline_control& control) {
                          kept.push_back(n);
                          if (n == 100) control.stop();
                      }));
    EXPECT_GE(kept.size(), 101U);
    EXPECT_LE(kept.size(), 106U);
    EXPECT_EQ(kept, all_below(kept.size()));
}

struct immovable {
    explicit immovable(number n) : value(n) {}
    immovable(immovable&&) = delete;
    number value;
};

TEST_P(parallel_pipeline_with, values_may_be_move_only_immovable_references_or_none) {
    numbers table = all_below(500);
    numbers kept;
    number calls = 0, last = 0;
    parallel_pipeline(par.on(pool), 5, serial([&, n = std::size_t{0}](pipeline_control& control) mutable -> number& {
                          if (n + 1 == table.size()) control.stop();
                          return table[n++];
                      }),
                      parallel([](number& n) { return std::make_unique<number>(n); }),
                      parallel([](std::unique_ptr<number>&& n) { return immovable(*n); }),
                      parallel([](immovable& n) -> std::optional<std::unique_ptr<number>> {
                          return std::make_unique<number>(n.value);
                      }),
                      serial([&](std::unique_ptr<number> n) { kept.push_back(*n); }), serial([&] { ++calls; }),
                      serial([&](pipeline_control& control) { EXPECT_EQ(control.number(), last++); }));
    EXPECT_EQ(kept, table);
    EXPECT_EQ(calls, 500U);
    EXPECT_EQ(last, 500U);
}

TEST_P(parallel_pipeline_with, a_first_stage_alone_is_a_pipeline) {
    number calls = 0;
    parallel_pipeline(par.on(pool), 3, serial([&]() -> std::optional<counted> {
                          if (++calls == 1'000) return std::nullopt;
                          return counted(calls);
                      }));
    parallel_pipeline(par.on(pool), 3, serial_out_of_order([&](pipeline_control& control) {
                          if (++calls == 2'000) control.stop();
                      }));
    EXPECT_EQ(calls, 2'000U);
    EXPECT_EQ(counted::alive, 0);
}

// ---- deferral --------------------------------------------------------------------------------------------------------

/// Defers each token number in `waits` until the other, once. Returns: the order in which they passed.
numbers deferring(pel::thread_pool& pool, number count, const std::vector<std::pair<number, number>>& waits) {
    numbers passed, later;
    parallel_pipeline(par.on(pool), 4,
                      serial([&, made = number{0}](pipeline_control& control) mutable -> std::optional<number> {
                          if (control.deferrals() == 0 && made++ == count) return std::nullopt;
                          for (const auto& [one, other] : waits) {
                              if (one == control.number() && control.deferrals() == 0) control.defer_until(other);
                          }
                          return control.number();
                      }),
                      serial([&](number n) {
                          passed.push_back(n);
                          return n;
                      }),
                      parallel([](number n) { return n; }), keep_in(later));
    EXPECT_EQ(passed, later);
    return passed;
}

TEST_P(parallel_pipeline_with, a_deferred_token_passes_after_the_other) {
    EXPECT_EQ(deferring(pool, 6, {{1, 3}}), (numbers{0, 2, 3, 1, 4, 5}));
    EXPECT_EQ(deferring(pool, 6, {{3, 1}}), (numbers{0, 1, 2, 3, 4, 5})) << "it has passed already";
    EXPECT_EQ(deferring(pool, 6, {{0, 5}}), (numbers{1, 2, 3, 4, 5, 0}));
    EXPECT_EQ(deferring(pool, 6, {{0, 1}, {1, 2}, {2, 4}}), (numbers{3, 4, 2, 1, 0, 5}));
    EXPECT_EQ(deferring(pool, 6, {{0, 4}, {1, 0}, {2, 0}}), (numbers{3, 4, 0, 1, 2, 5}));
    std::vector<std::pair<number, number>> all;
    for (number n = 0; n < 500; ++n) all.emplace_back(n, 500);
    numbers expected{500};
    for (number n = 0; n < 500; ++n) expected.push_back(n);
    EXPECT_EQ(deferring(pool, 501, all), expected);
}

std::string complaint(pel::thread_pool& pool, number count, const std::vector<std::pair<number, number>>& waits) {
    try {
        deferring(pool, count, waits);
    } catch (const std::logic_error& error) {
        return error.what();
    }
    return "none";
}

TEST_P(parallel_pipeline_with, deferrals_that_cannot_end_are_errors_that_name_the_tokens) {
    EXPECT_EQ(complaint(pool, 9, {{5, 5}}), "pel::parallel_pipeline: tokens wait for each other: 5, 5");
    EXPECT_EQ(complaint(pool, 9, {{2, 4}, {4, 2}}), "pel::parallel_pipeline: tokens wait for each other: 4, 2, 4");
    EXPECT_EQ(complaint(pool, 9, {{2, 4}, {3, 2}, {4, 3}}),
              "pel::parallel_pipeline: tokens wait for each other: 4, 3, 2, 4");
    EXPECT_EQ(complaint(pool, 4, {{1, 9}, {2, 1}}),
              "pel::parallel_pipeline: the stream has ended after 4 tokens: token 1 still waits for token 9, token 2 "
              "still waits for token 1");
}

TEST_P(parallel_pipeline_with, a_token_that_was_put_aside_may_end_the_stream_and_those_that_wait_for_it_are_errors) {
    // 0 to 3 wait for 4, and then 1 ends the stream; `waits`: what is done by those that are called again.
    const auto run = [this](const auto& again) {
        numbers passed;
        parallel_pipeline(par.on(pool), 4, serial([&](pipeline_control& control) -> std::optional<number> {
                              const number n = control.number();
                              EXPECT_LE(n, 4U) << "made after the end";
                              if (n < 4 && control.deferrals() == 0) control.defer_until(4);
                              if (n == 1 && control.deferrals() != 0) return std::nullopt;
                              if (control.deferrals() != 0) again(n, control);
                              if (control.deferrals() > 9) throw std::runtime_error("called for ever");
                              return n;
                          }),
                          keep_in(passed));
        return passed;
    };
    EXPECT_EQ(run([](number, const pipeline_control&) {}), (numbers{4, 0, 2, 3}));
    const auto wait_again = [](number first, number until) {
        return [=](number n, pipeline_control& control) {
            if (n >= first && control.deferrals() == 1) control.defer_until(until);
        };
    };
    EXPECT_EQ(run(wait_again(2, 0)), (numbers{4, 0, 2, 3}));
    try {
        run([](number n, pipeline_control& control) {
            if (n >= 2) control.defer_until(n - 1);
        });
        ADD_FAILURE();
    } catch (const std::logic_error& error) {
        EXPECT_EQ(error.what(),
                  std::string("pel::parallel_pipeline: the stream has ended after 5 tokens: token 2 still "
                              "waits for token 1, which has ended it, token 3 still waits for token 2"));
    }
    try {
        run([](number n, pipeline_control& control) {
            if (n == 0) control.defer_until(1); // which is still aside
        });
        ADD_FAILURE();
    } catch (const std::logic_error& error) {
        EXPECT_EQ(error.what(),
                  std::string("pel::parallel_pipeline: the stream has ended after 5 tokens: token 0 still "
                              "waits for token 1, which has ended it"));
    }
}

TEST(parallel_pipeline, only_the_first_stage_defers) {
    const pel_test::watchdog guard;
    EXPECT_THROW(
        parallel_pipeline(4, count_to(3), serial([](number, pipeline_control& control) { control.defer_until(5); })),
        std::logic_error);
}

// ---- errors ----------------------------------------------------------------------------------------------------------

TEST_P(parallel_pipeline_with, the_first_exception_of_any_stage_reaches_the_caller_and_all_values_end) {
    for (int thrower = 0; thrower < 4; ++thrower) {
        for (const number at : {number{0}, number{50}, number{300}}) {
            // Others may pass the token until it comes to the stage that throws.
            std::atomic<number> next{0}, at_throw{0};
            const auto may_throw = [&](int stage, number n) {
                spin(n % 4 * 300);
                if (stage != thrower || n != at) return;
                at_throw = next.load();
                throw std::out_of_range(std::to_string(n));
            };
            try {
                parallel_pipeline(par.on(pool), 6, serial([&] {
                                      may_throw(0, next);
                                      return counted(next++);
                                  }),
                                  parallel([&](counted&& one) -> std::optional<counted> {
                                      may_throw(1, one.value);
                                      return std::optional<counted>(std::move(one));
                                  }),
                                  serial([&](const counted& one) {
                                      may_throw(2, one.value);
                                      return counted(one.value);
                                  }),
                                  serial_out_of_order([&](counted one) { may_throw(3, one.value); }));
                ADD_FAILURE();
            } catch (const std::out_of_range& error) {
                EXPECT_EQ(error.what(), std::to_string(at));
            }
            EXPECT_EQ(counted::alive, 0);
            EXPECT_LE(next, at_throw + 7);
        }
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_pipeline_with, a_stop_token_cuts_it_short) {
    for (const number work : {number{0}, number{2'000}}) {
        std::stop_source stop;
        numbers kept;
        const auto run = [&](auto ask) {
            parallel_pipeline(par.on(pool).stop(stop.get_token()), 4,
                              serial([n = number{0}]() mutable { return counted(n++); }), parallel([&](counted&& one) {
                                  spin(work);
                                  return counted(one.value);
                              }),
                              serial([&](counted&& one, pipeline_control& control) {
                                  kept.push_back(one.value);
                                  ask(one.value, control);
                              }));
        };
        run([](number n, pipeline_control& control) {
            if (n == 10) control.stop();
        });
        const number complete = kept.size();
        EXPECT_THROW(run([&](number n, pipeline_control&) {
                         if (n == 20) stop.request_stop();
                     }),
                     pel::operation_cancelled);
        EXPECT_THROW(run([](number, pipeline_control&) { FAIL(); }), pel::operation_cancelled);
        EXPECT_EQ(kept.size(), complete + 21);
        EXPECT_EQ(counted::alive, 0);
    }
}

TEST_P(parallel_pipeline_with, a_cancellation_around_it_cuts_it_short) {
    pel::task_group group(pool);
    bool was_cut_short = false;
    group.run([&] {
        try {
            parallel_pipeline(3, serial([] {}), parallel([&] { group.cancel(); }));
        } catch (const pel::operation_cancelled&) {
            was_cut_short = true;
        }
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled);
    EXPECT_TRUE(was_cut_short);
}

TEST(parallel_pipeline, no_tokens_at_once_are_an_error_that_says_so) {
    const auto text_of = [](auto call) -> std::string {
        try {
            call();
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "none";
    };
    EXPECT_EQ(text_of([] { parallel_pipeline(0, count_to(3)); }), "pel::parallel_pipeline: max_tokens is 0");
    EXPECT_EQ(text_of([] { parallel_pipeline(pel::seq, -3, count_to(3)); }),
              "pel::parallel_pipeline: max_tokens is -3");
    EXPECT_EQ(
        text_of([] { parallel_pipeline(1, serial([](pipeline_control& control) { control.set_max_tokens(0); })); }),
        "pel::parallel_pipeline: max_tokens is 0");
}

// ---- how many at once ------------------------------------------------------------------------------------------------

TEST_P(parallel_pipeline_with, as_many_tokens_as_there_are_threads_are_worked_on_at_once) {
    const int threads = static_cast<int>(GetParam());
    meter inside;
    std::atomic<int> met{0};
    parallel_pipeline(par.on(pool), 16, count_to(number{5} * GetParam()), parallel([&](number n) {
                          if (n >= GetParam()) return;
                          inside.enter();
                          ++met;
                          pel_test::await([&] { return met == threads; });
                          inside.leave();
                      }));
    EXPECT_EQ(inside.most(), threads);
}

TEST_P(parallel_pipeline_with, the_number_of_tokens_changes_while_it_runs) {
    const int most = GetParam() < 3 ? static_cast<int>(GetParam()) : 3;
    std::atomic<int> limit{1}, tokens{0}, late{0};
    std::atomic<int> met{0};
    parallel_pipeline(par.on(pool), 1, serial([&, n = number{0}](pipeline_control& control) mutable {
                          if (n == 1'500) control.stop();
                          const int now = ++tokens;
                          EXPECT_LE(now, limit);
                          return n++;
                      }),
                      parallel([&](number n, pipeline_control& control) {
                          if (n == 0) { // from one to some: others begin while this one waits for them
                              limit = most;
                              control.set_max_tokens(static_cast<std::size_t>(most));
                          }
                          if (n < static_cast<number>(most)) {
                              ++met;
                              pel_test::await([&] { return met == most; });
                          }
                          spin(n % 3 * 100);
                          return n;
                      }),
                      serial([&](number n, pipeline_control& control) {
                          if (n == 1'000) { // and back: one at a time, when those under way have passed
                              EXPECT_EQ(control.max_tokens(), static_cast<std::size_t>(most));
                              control.set_max_tokens(1);
                              late = most;
                          }
                          if (n > 1'000 && --late <= 0) {
                              EXPECT_EQ(tokens, 1) << n;
                          }
                          --tokens;
                      }));
    EXPECT_EQ(tokens, 0);
}

TEST_P(parallel_pipeline_with, policies_are_followed) {
    numbers kept;
    const auto here = std::this_thread::get_id();
    const auto run = [&](const auto& policy, auto look) {
        kept.clear();
        parallel_pipeline(policy, 8, count_to(200), parallel([&](number n) {
                              look();
                              return n;
                          }),
                          keep_in(kept));
        EXPECT_EQ(kept, all_below(200));
    };
    const auto is_here = [&] { EXPECT_EQ(std::this_thread::get_id(), here); };
    run(pel::seq, is_here);
    run(par.on(pool).max_concurrency(1), is_here);
    meter inside;
    run(par.on(pool).max_concurrency(2), [&] {
        inside.enter();
        spin(5'000);
        inside.leave();
    });
    EXPECT_LE(inside.most(), 2);
    run(par.on(pool).on_node(0).grain(5), [] {});
}

// ---- anywhere --------------------------------------------------------------------------------------------------------

number sum_of_pipeline(pel::thread_pool& pool, number count) {
    std::atomic<number> sum{0};
    parallel_pipeline(par.on(pool), 3, count_to(count), parallel([&](number n) { return n + 1; }),
                      serial([&](number n) { sum += n; }));
    return sum;
}

TEST_P(parallel_pipeline_with, loops_and_pipelines_nest_in_stages_and_stages_in_tasks) {
    std::atomic<number> sum{0};
    const auto pipeline = [&] {
        parallel_pipeline(par.on(pool), 4, count_to(20), parallel([&](number n) {
                              pel::parallel_for(0, 40, [&](int) { ++sum; });
                              return n + sum_of_pipeline(pool, 50);
                          }),
                          serial([&](number n) {
                              pel::parallel_for(0, 10, [&](int) { ++sum; });
                              sum += n;
                          }));
    };
    const number each = 20 * 50 + 190 + 20 * 1'275;
    pipeline();
    EXPECT_EQ(sum, each);
    pool.execute([&] { pel::parallel_invoke(pipeline, pipeline, pipeline); });
    EXPECT_EQ(sum, 4 * each);
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_pipeline_with, many_threads_run_pipelines_at_once) {
    std::vector<std::thread> threads;
    std::atomic<number> sum{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (unsigned long i = 0; i < pel_test::scaled(100); ++i) sum += sum_of_pipeline(pool, i % 20);
        });
    }
    for (std::thread& thread : threads) thread.join();
    number expected = 0;
    for (unsigned long i = 0; i < pel_test::scaled(100); ++i) expected += 4 * (i % 20) * (i % 20 + 1) / 2;
    EXPECT_EQ(sum, expected);
}

} // namespace parallel_pipeline_test
