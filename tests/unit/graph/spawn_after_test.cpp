// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
#include <pel/graph/spawn_after.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace spawn_after_test {

using pel::spawn_after;
using pel::task_handle;
using pel::task_ref;

static_assert(std::is_same_v<decltype(spawn_after({}, [] { return 'a'; })), task_handle<char>>);
static_assert(std::is_same_v<decltype(std::declval<task_handle<int>>().get()), const int&>);
static_assert(std::is_void_v<decltype(std::declval<task_handle<void>>().get())>);
static_assert(std::is_nothrow_copy_constructible_v<task_ref> && std::is_nothrow_move_constructible_v<task_ref>);
static_assert(std::is_convertible_v<task_handle<int>, task_ref>);

/// A task that others can be added to as long as it is held back.
class gate {
public:
    explicit gate(pel::thread_pool& pool)
        : task_(spawn_after(pool, {}, [this] {
              has_begun_ = true;
              pel::blocking([this] { pel_test::await([this] { return is_open_.load(); }); });
          })) {}
    ~gate() {
        open();
        task_.wait();
    }
    void open() { is_open_ = true; }
    void await_begin() const {
        pel_test::await([this] { return has_begun_.load(); });
    }
    const task_handle<void>& task() const { return task_; }

private:
    std::atomic<bool> has_begun_{false}, is_open_{false};
    task_handle<void> task_;
};

TEST(spawn_after, a_handle_without_a_task_is_invalid_and_says_so) {
    const task_handle<int> none;
    EXPECT_FALSE(none.valid());
    EXPECT_THROW((void)none.get(), std::logic_error);
    EXPECT_THROW(none.wait(), std::logic_error);
    EXPECT_THROW((void)none.is_ready(), std::logic_error);
    EXPECT_THROW((void)none.cancel(), std::logic_error);
    EXPECT_THROW((void)spawn_after({none}, [] {}), std::logic_error);
    EXPECT_THROW(pel::hand_over_successors(none), std::logic_error);
}

TEST(spawn_after, results_are_shared_and_passed_on) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const auto x = spawn_after(pool, {}, [] { return std::make_unique<int>(20); });
    const auto y = spawn_after(pool, {x}, [] {});
    const auto z = spawn_after(pool, x, y, [](const std::unique_ptr<int>& of_x) { return *of_x + 1; });
    const auto text = spawn_after(z, [](int n) { return std::to_string(2 * n); });
    const auto copy = text;
    EXPECT_EQ(copy.get(), "42");
    EXPECT_EQ(&copy.get(), &text.get());
    EXPECT_EQ(*x.get(), 20);
    EXPECT_NO_THROW(y.get());
    EXPECT_TRUE(z.is_ready());
}

TEST(spawn_after, callables_may_be_move_only_and_large) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::array<unsigned char, 5000> big{};
    big[4999] = 7;
    auto x = spawn_after(pool, {}, [own = std::make_unique<int>(5), big] { return *own + big[4999]; });
    const auto y = spawn_after(pool, {x}, [big, x] { return x.get() + big[4999]; });
    x = {};
    EXPECT_EQ(y.get(), 19);
}

struct copy_throws {
    copy_throws() = default;
    copy_throws(const copy_throws&) { throw std::runtime_error("copy"); }
    void operator()() const { ADD_FAILURE(); }
};

TEST(spawn_after, what_copying_a_callable_throws_comes_out) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    const copy_throws task;
    EXPECT_THROW((void)spawn_after(pool, {}, task), std::runtime_error);
}

TEST(spawn_after, the_pool_completes_tasks_that_wait_for_others) {
    std::atomic<int> runs{0};
    for (unsigned round = 0; round < 20; ++round) {
        runs = 0;
        {
            pel::thread_pool pool(2);
            const pel_test::watchdog guard(pool);
            task_ref last = spawn_after(pool, {}, [&] { ++runs; });
            for (int i = 0; i < 50; ++i) last = spawn_after(pool, {last}, [&] { ++runs; });
        }
        ASSERT_EQ(runs, 51);
    }
}

TEST(spawn_after, an_exception_reaches_all_that_begin_after_and_who_waits) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> ran{false};
    gate before(pool);
    const auto bad = spawn_after(pool, {before.task()}, []() -> int { throw std::out_of_range("first"); });
    const auto good = spawn_after(pool, {before.task()}, [] { return 1; });
    const auto after = spawn_after(pool, bad, good, [&](int, int) { ran = true; });
    const auto later = spawn_after(pool, {good, after}, [&] { ran = true; });
    before.open();
    EXPECT_THROW(later.get(), std::out_of_range);
    EXPECT_THROW(later.get(), std::out_of_range) << "any number of times";
    EXPECT_THROW(after.get(), std::out_of_range);
    EXPECT_THROW((void)bad.get(), std::out_of_range);
    EXPECT_NO_THROW(bad.wait());
    EXPECT_EQ(good.get(), 1);
    const auto too_late = spawn_after(pool, {bad}, [&] { ran = true; });
    EXPECT_THROW(too_late.get(), std::out_of_range);
    EXPECT_FALSE(ran);
    pel_test::expect_balanced(pool);
}

TEST(spawn_after, a_task_that_does_not_begin_ends_when_all_that_it_names_are_done) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    gate slow(pool);
    const auto bad = spawn_after(pool, {}, [] { throw std::out_of_range("at once"); });
    const auto both = spawn_after(pool, {bad, slow.task()}, [] { ADD_FAILURE(); });
    EXPECT_THROW(bad.get(), std::out_of_range);
    EXPECT_FALSE(both.is_ready());
    slow.open();
    EXPECT_THROW(both.get(), std::out_of_range);
    EXPECT_TRUE(slow.task().is_ready());
}

TEST(spawn_after, a_cancelled_task_does_not_begin_nor_do_those_after_it) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    gate before(pool);
    const auto t = spawn_after(pool, {before.task()}, [] { ADD_FAILURE(); });
    const auto after = spawn_after(pool, {t}, [] { ADD_FAILURE(); });
    EXPECT_TRUE(t.cancel());
    EXPECT_TRUE(t.cancel()) << "it will not begin";
    before.await_begin();
    EXPECT_FALSE(before.task().cancel());
    EXPECT_FALSE(t.is_ready());
    before.open();
    EXPECT_THROW(after.get(), pel::operation_cancelled);
    EXPECT_THROW(t.get(), pel::operation_cancelled);
    EXPECT_FALSE(t.cancel()) << "it is done";
}

TEST(spawn_after, a_ready_task_that_nobody_has_begun_can_be_cancelled) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned> runs{0}, cancelled{0};
    pool.execute([&] {
        for (unsigned long i = 0; i < pel_test::scaled(2'000); ++i) {
            const auto t = spawn_after({}, [&] { ++runs; });
            if (t.cancel()) {
                ++cancelled;
                EXPECT_TRUE(t.is_ready());
                EXPECT_THROW(t.get(), pel::operation_cancelled);
            } else {
                t.get();
            }
        }
    });
    EXPECT_GT(cancelled, 0U);
    EXPECT_EQ(runs + cancelled, pel_test::scaled(2'000));
    pel_test::expect_balanced(pool);
}

TEST(spawn_after, what_a_task_holds_is_gone_when_it_is_done_and_its_result_with_the_last_handle) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const auto alive = std::make_shared<int>(0);
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        auto x = spawn_after(pool, {}, [alive] {});
        auto bad = spawn_after(pool, {x}, [alive]() -> int { throw std::out_of_range("bad"); });
        auto dropped = spawn_after(pool, {bad}, [alive] { return 1; });
        auto kept = spawn_after(pool, {x}, [alive] { return alive; });
        auto reader = spawn_after(pool, kept, [](const std::shared_ptr<int>& held) { return *held; });
        dropped.wait();
        const auto late = spawn_after(pool, {bad}, [alive] { ADD_FAILURE(); });
        EXPECT_TRUE(late.is_ready());
        EXPECT_EQ(reader.get(), 0);
        ASSERT_EQ(alive.use_count(), 2);
        kept = {};
        pel_test::await([&] { return alive.use_count() == 1; }); // who ran it lets go of it last
    }
}

TEST(spawn_after, predecessors_can_be_added_until_a_task_begins) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    gate first(pool), second(pool);
    std::atomic<bool> may_run{false};
    const auto t = spawn_after(pool, {first.task()}, [&] { EXPECT_TRUE(may_run); });
    std::vector<task_ref> more;
    for (int i = 0; i < 20; ++i) {
        more.push_back(spawn_after(pool, {second.task()}, [] {}));
        EXPECT_TRUE(t.add_predecessor(more.back()));
    }
    first.open();
    first.task().wait();
    EXPECT_FALSE(t.is_ready());
    may_run = true;
    second.open();
    t.get();
    EXPECT_FALSE(t.add_predecessor(second.task())) << "it is done";
    EXPECT_FALSE(second.task().add_predecessor(first.task()));
}

TEST(spawn_after, a_cycle_is_an_error_that_says_so) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    gate before(pool);
    const auto a = spawn_after(pool, {before.task()}, [] {});
    task_ref last = a;
    for (int i = 0; i < 10; ++i) {
        const task_ref left = spawn_after(pool, {last}, [] {}), right = spawn_after(pool, {last}, [] {});
        last = spawn_after(pool, {left, right}, [] {});
    }
    const auto message_of = [](const auto& call) -> std::string {
        try {
            call();
        } catch (const std::logic_error& error) {
            return error.what();
        }
        return "none";
    };
    EXPECT_NE(message_of([&] { a.add_predecessor(a); }).find("cycle"), std::string::npos);
    EXPECT_NE(message_of([&] { a.add_predecessor(last); }).find("cycle"), std::string::npos);
    EXPECT_TRUE(last.add_predecessor(a)) << "it waits for it anyway";
    before.open();
    last.wait();
}

TEST(spawn_after, a_wait_inside_a_task_for_one_that_begins_after_it_is_an_error) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> is_built{false};
    task_ref self, end;
    self = spawn_after(pool, {}, [&] {
        pel_test::await([&] { return is_built.load(); });
        EXPECT_THROW(self.wait(), std::logic_error);
        EXPECT_THROW(end.wait(), std::logic_error);
        EXPECT_THROW(pel::hand_over_successors(self), std::logic_error);
        EXPECT_THROW(pel::hand_over_successors(end), std::logic_error);
    });
    end = spawn_after(pool, {spawn_after(pool, {self}, [] {})}, [] {});
    is_built = true;
    end.wait();
}

TEST(spawn_after, a_wait_that_the_task_knows_does_not_end_by_an_error) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    gate before(pool);
    before.await_begin(); // else the wait would run it
    const auto end = spawn_after(pool, {before.task()}, [] {});
    pel::detail::task_core& awaited = pel::detail::task_access::core(end);
    std::optional<pel::detail::task_wait> waiting;
    std::atomic<bool> is_built{false};
    task_ref self;
    self = spawn_after(pool, {}, [&] {
        pel_test::await([&] { return is_built.load(); });
        waiting.emplace(*pel::detail::current_worker, awaited);
        EXPECT_TRUE(waiting->announce());
        EXPECT_TRUE(end.add_predecessor(self)); // so it would wait for ever, if it did
        EXPECT_NO_THROW(EXPECT_FALSE(waiting->help()));
    });
    is_built = true;
    self.wait();
    before.open();
    end.wait();
    EXPECT_TRUE(waiting->is_over());
}

TEST(spawn_after, many_threads_may_wait_for_one_task) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 20; ++round) {
        gate before(pool);
        const auto t = spawn_after(pool, {before.task()}, [] { return 7; });
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(t.get(), 7); });
        before.open();
        for (std::thread& each : threads) each.join();
    }
}

TEST(spawn_after, tasks_of_one_pool_may_begin_after_those_of_another) {
    for (unsigned long round = 0; round < pel_test::scaled(60); ++round) {
        std::atomic<int> runs{0};
        pel::thread_pool first(1);
        const pel_test::watchdog guard(first);
        {
            pel::thread_pool second(2);
            const auto x = spawn_after(first, {}, [&] { ++runs; });
            const auto y = spawn_after(second, {x}, [&] { ++runs; });
            const auto bad = spawn_after(first, {y}, [&] { throw std::out_of_range("bad"); });
            const auto dropped = spawn_after(second, {bad, x}, [] { ADD_FAILURE(); });
            (void)spawn_after(second, {spawn_after(first, {y}, [&] { ++runs; })}, [&runs, &first, dropped] {
                ++runs;
                pel::hand_over_successors(spawn_after(first, {dropped}, [] { ADD_FAILURE(); }));
            });
        } // the second pool ends first, and all of its tasks before
        ASSERT_EQ(runs, 4);
    }
}

TEST(spawn_after, a_task_of_a_pool_that_is_gone_can_be_asked_and_named) {
    task_handle<int> x;
    {
        pel::thread_pool gone(2);
        x = spawn_after(gone, {}, [] { return 1; });
    }
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    EXPECT_TRUE(x.is_ready());
    EXPECT_FALSE(x.cancel());
    EXPECT_EQ(x.get() + spawn_after(pool, x, [](int n) { return n; }).get(), 2);
}

class spawn_after_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(spawn_after_on);
INSTANTIATE_TEST_SUITE_P(more, spawn_after_on,
                         testing::Values(pel_test::two_threads, pel_test::two_nodes,
                                         pel_test::pool_shape{"concurrency_7", 7, false, false}),
                         pel_test::shape_name);

TEST_P(spawn_after_on, a_task_begins_when_all_that_it_names_are_done) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        std::atomic<int> done{0};
        const auto source = spawn_after(pool, {}, [&] { ++done; });
        std::vector<task_handle<void>> middle;
        for (int i = 0; i < 30; ++i) {
            middle.push_back(spawn_after(pool, {source}, [&] {
                EXPECT_GE(done, 1);
                ++done;
            }));
        }
        const auto sink = spawn_after(pool, middle, [&] { return done.load(); });
        ASSERT_EQ(sink.get(), 31);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(spawn_after_on, waits_need_no_other_thread) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto use = [&pool] {
        auto last = spawn_after(pool, {}, [] { return 0; });
        for (int i = 0; i < 20; ++i) last = spawn_after(pool, last, last, [](int a, int b) { return (a + b) / 2 + 1; });
        return last.get();
    };
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        EXPECT_EQ(use(), 20);
        EXPECT_EQ(pool.execute(use), 20);
        EXPECT_EQ(spawn_after(pool, {}, use).get(), 20);
        const auto inner = pool.execute([&] {
            return spawn_after({}, [&] {
                auto [a, b] = pel::parallel_invoke(use, use);
                return a + b;
            });
        });
        EXPECT_EQ(inner.get(), 40);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(spawn_after_on, tasks_are_spawned_and_awaited_by_many_threads) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<long> sum{0};
    std::vector<std::thread> threads;
    const auto common = spawn_after(pool, {}, [] { return 1L; });
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
                const auto x = spawn_after(pool, common, [](long n) { return n + 1; });
                const auto y = spawn_after(pool, common, x, [](long n, long m) { return n + m; });
                sum += y.get();
            }
        });
    }
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(sum, static_cast<long>(12 * pel_test::scaled(500)));
    pel_test::expect_balanced(pool);
}

TEST_P(spawn_after_on, an_added_predecessor_is_done_first_or_the_answer_is_no) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    unsigned long added = 0, refused = 0;
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        std::atomic<bool> is_done{false}, was_done{false};
        const auto first = spawn_after(pool, {}, [] {});
        const auto t = spawn_after(pool, {first}, [&] { was_done = is_done.load(); });
        const auto second = spawn_after(pool, {}, [&] { is_done = true; });
        if (round % 4 == 0) first.wait();
        const bool is_added = t.add_predecessor(second);
        t.get();
        second.get();
        EXPECT_TRUE(was_done || !is_added);
        ++(is_added ? added : refused);
    }
    EXPECT_GT(added, 0U);
    EXPECT_GT(refused, 0U);
    pel_test::expect_balanced(pool);
}

TEST_P(spawn_after_on, cycles_that_two_threads_would_close_together_are_found) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(20); ++round) {
        gate before(pool);
        const auto a = spawn_after(pool, {before.task()}, [] {});
        const auto b = spawn_after(pool, {before.task()}, [] {});
        std::atomic<int> errors{0};
        const auto add = [&](const task_ref& to, const task_ref& other) {
            try {
                EXPECT_TRUE(to.add_predecessor(other));
            } catch (const std::logic_error&) {
                ++errors;
            }
        };
        std::thread one([&] { add(a, b); });
        add(b, a);
        one.join();
        ASSERT_EQ(errors, 1);
        before.open();
        a.get();
        b.get();
    }
}

/// Sorts [first, last) by tasks: each spawns its halves and the merge after them, which takes over from it.
void merge_sort(std::vector<int>& data, std::size_t first, std::size_t last) {
    const auto at = [&data](std::size_t index) { return data.begin() + static_cast<std::ptrdiff_t>(index); };
    if (last - first <= 64) return std::sort(at(first), at(last));
    const std::size_t middle = first + (last - first) / 2;
    const auto left = spawn_after({}, [&data, first, middle] { merge_sort(data, first, middle); });
    const auto right = spawn_after({}, [&data, middle, last] { merge_sort(data, middle, last); });
    pel::hand_over_successors(spawn_after({left, right}, [&data, at, first, middle, last] {
        std::vector<int> merged(last - first);
        std::merge(at(first), at(middle), at(middle), at(last), merged.begin());
        std::copy(merged.begin(), merged.end(), data.begin() + static_cast<std::ptrdiff_t>(first));
    }));
}

TEST_P(spawn_after_on, a_recursive_merge_sort_hands_its_successors_over) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::vector<int> data(pel_test::scaled(40'000));
    std::mt19937 random(1);
    for (int& each : data) each = static_cast<int>(random());
    const auto sorted = spawn_after(pool, {}, [&] { merge_sort(data, 0, data.size()); });
    const auto check = spawn_after(pool, {sorted}, [&] { return std::is_sorted(data.begin(), data.end()); });
    sorted.wait();
    EXPECT_TRUE(std::is_sorted(data.begin(), data.end()));
    EXPECT_TRUE(check.get());
    pel_test::expect_balanced(pool);
}

TEST_P(spawn_after_on, a_task_that_has_handed_over_is_done_and_fails_with_the_other) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        std::atomic<int> done{0};
        const auto several = spawn_after(pool, {}, [&] {
            for (int i = 0; i < 5; ++i) pel::hand_over_successors(spawn_after({}, [&] { ++done; }));
            pel::task_group group; // a piece of the task, which others may run
            EXPECT_EQ(group.run_and_wait([&] { ++done; }), pel::group_status::completed);
            return 3;
        });
        const auto after = spawn_after(pool, {several}, [&] { return done.load(); });
        ASSERT_EQ(after.get(), 6);
        ASSERT_EQ(several.get(), 3);
        const auto failing = spawn_after(pool, {}, [] {
            pel::hand_over_successors(spawn_after({}, [] { throw std::out_of_range("of the other"); }));
        });
        ASSERT_THROW(spawn_after(pool, {failing}, [] { ADD_FAILURE(); }).get(), std::out_of_range);
        ASSERT_THROW(failing.get(), std::out_of_range);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(spawn_after_on, a_wait_runs_only_what_it_waits_for) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    static thread_local bool is_waiting = false;
    std::atomic<int> violations{0};
    pool.execute([&] {
        for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
            std::vector<task_ref> others;
            const auto first = spawn_after({}, [] {});
            for (int i = 0; i < 5; ++i)
                others.push_back(spawn_after({first}, [&] { violations += is_waiting ? 1 : 0; }));
            const auto last = spawn_after({spawn_after({first}, [] {})}, [] {});
            is_waiting = true;
            last.wait();
            is_waiting = false;
            for (const task_ref& each : others) each.wait();
        }
    });
    if (pool.stats().unsafe_waits == 0) {
        EXPECT_EQ(violations, 0);
    }
}

class spawn_after_long : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(workers, spawn_after_long, testing::Values(1U, 2U, 3U, 7U));

TEST_P(spawn_after_long, a_chain_of_a_million_uses_little_stack_and_is_gone_in_the_end) {
    pel::thread_pool_options options;
    options.concurrency = GetParam();
    options.stack_size = 512 * 1024;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    const auto alive = std::make_shared<int>(0);
    const unsigned long length = pel_test::scaled(GetParam() == 2 ? 1'000'000 : 20'000);
    unsigned long runs = 0; // of one task after the other
    for (const bool is_built_first : {false, true}) {
        runs = 0;
        std::optional<gate> before;
        if (is_built_first) before.emplace(pool);
        task_ref last = is_built_first ? task_ref(before->task()) : spawn_after(pool, {}, [] {});
        for (unsigned long i = 0; i < length; ++i) last = spawn_after(pool, {last}, [&runs, alive] { ++runs; });
        if (is_built_first) before->open();
        last.wait();
        ASSERT_EQ(runs, length);
        ASSERT_EQ(alive.use_count(), 1);
    }
}

TEST_P(spawn_after_long, a_chain_that_fails_or_is_handed_on_uses_little_stack) {
    pel::thread_pool_options options;
    options.concurrency = GetParam();
    options.stack_size = 512 * 1024;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    const unsigned long length = pel_test::scaled(20'000);
    gate before(pool);
    task_ref last = spawn_after(pool, {before.task()}, [] { throw std::out_of_range("the first"); });
    for (unsigned long i = 0; i < length; ++i) last = spawn_after(pool, {last}, [] { ADD_FAILURE(); });
    before.open();
    last.wait();
    std::atomic<unsigned long> left{length};
    struct step {
        std::atomic<unsigned long>& left;
        void operator()() const {
            if (--left != 0) pel::hand_over_successors(spawn_after({}, *this));
        }
    };
    spawn_after(pool, {}, step{left}).get();
    EXPECT_EQ(left, 0U);
}

} // namespace spawn_after_test
