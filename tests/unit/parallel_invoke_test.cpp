// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/parallel_invoke.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <variant>
#include <vector>

namespace parallel_invoke_test {

using pel::parallel_invoke;

static_assert(std::is_void_v<decltype(parallel_invoke([] {}, [] {}))>);
static_assert(std::is_void_v<decltype(parallel_invoke([] {}, [] {}, [] {}))>);
static_assert(std::is_same_v<decltype(parallel_invoke([] { return 1; }, [] {}, [] { return 'a'; })),
                             std::tuple<int, std::monostate, char>>);

unsigned fib(unsigned n) {
    if (n < 2) return n;
    unsigned a = 0;
    unsigned b = 0;
    parallel_invoke([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
    return a + b;
}

struct failure : std::runtime_error {
    explicit failure(int which) : std::runtime_error(std::to_string(which)), number(which) {}
    int number;
};

/// Counts its live copies, so that exceptions that are lost show up.
struct tracked {
    static inline std::atomic<int> live{0};
    int number;
    explicit tracked(int which) : number(which) { ++live; }
    tracked(const tracked& other) : number(other.number) { ++live; }
    ~tracked() { --live; }
};

template <class F>
int number_thrown(F&& f) {
    try {
        f();
    } catch (const failure& error) {
        return error.number;
    } catch (const tracked& error) {
        return error.number;
    }
    return -1;
}

TEST(parallel_invoke, calls_every_argument_once) {
    const pel_test::watchdog guard;
    std::atomic<int> calls[7] = {};
    parallel_invoke([&] { ++calls[0]; }, [&] { ++calls[1]; });
    parallel_invoke([&] { ++calls[2]; }, [&] { ++calls[3]; }, [&] { ++calls[4]; }, [&] { ++calls[5]; },
                    [&] { ++calls[6]; });
    for (const auto& count : calls) EXPECT_EQ(count, 1);
}

TEST(parallel_invoke, returns_a_tuple_with_monostate_for_void) {
    const pel_test::watchdog guard;
    const auto [number, nothing, text] =
        parallel_invoke([] { return 42; }, [] {}, [] { return std::string("seventeen"); });
    EXPECT_EQ(number, 42);
    EXPECT_EQ(nothing, std::monostate());
    EXPECT_EQ(text, "seventeen");
}

TEST(parallel_invoke, results_may_be_move_only) {
    const pel_test::watchdog guard;
    auto [a, b] = parallel_invoke([] { return std::make_unique<int>(1); }, [] { return std::make_unique<int>(2); });
    EXPECT_EQ(*a + *b, 3);
}

TEST(parallel_invoke, takes_lvalues_and_const_callables) {
    const pel_test::watchdog guard;
    int a = 0;
    auto f = [&a, calls = 0]() mutable { a = ++calls; };
    const auto g = [] { return 5; };
    const auto result = parallel_invoke(f, g);
    parallel_invoke(f, [] {});
    EXPECT_EQ(a, 2) << "f is called in place, not copied";
    EXPECT_EQ(std::get<1>(result), 5);
}

std::atomic<int> calls_of_a_function{0};
void a_function() { ++calls_of_a_function; }

TEST(parallel_invoke, takes_functions_inside_a_pool_and_outside) {
    const pel_test::watchdog guard;
    parallel_invoke(a_function, a_function);
    parallel_invoke(&a_function, [] {}, a_function);
    pel::thread_pool pool(2);
    pool.execute([] { parallel_invoke(a_function, a_function); });
    EXPECT_EQ(calls_of_a_function, 6);
}

TEST(parallel_invoke, the_first_exception_in_argument_order_wins) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        ASSERT_EQ(number_thrown([] {
                      parallel_invoke([] { throw failure(1); }, [] { throw failure(2); }, [] { throw failure(3); });
                  }),
                  1);
        ASSERT_EQ(number_thrown([] { parallel_invoke([] {}, [] { throw failure(2); }, [] { throw failure(3); }); }), 2);
        ASSERT_EQ(number_thrown([] { parallel_invoke([] {}, [] {}, [] { throw failure(3); }); }), 3);
    }
}

TEST(parallel_invoke, an_exception_of_a_call_with_results_leaves_no_result_behind) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        ASSERT_EQ(number_thrown([] {
                      (void)parallel_invoke([] { return tracked(0); }, [] { return tracked(0); },
                                            []() -> tracked { throw tracked(9); });
                  }),
                  9);
        ASSERT_EQ(tracked::live, 0);
    }
}

int throw_three_levels_deep() {
    return number_thrown([] {
        parallel_invoke(
            [] {
                parallel_invoke([] {},
                                [] { parallel_invoke([] { fib(8); }, [] { throw tracked(3); }, [] { fib(8); }); });
            },
            [] { fib(10); });
    });
}

TEST(parallel_invoke, an_exception_crosses_three_levels) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        ASSERT_EQ(throw_three_levels_deep(), 3);
        ASSERT_EQ(tracked::live, 0) << "every exception object is gone";
    }
    EXPECT_EQ(fib(15), 610U) << "usable afterwards";
}

TEST(parallel_invoke, all_workers_may_throw_at_once) {
    pel::thread_pool pool(3);
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        const int number = number_thrown([&] {
            pool.execute([] {
                const auto thrower = [](int which) {
                    return [which] {
                        fib(12);
                        throw tracked(which);
                    };
                };
                parallel_invoke(thrower(1), thrower(2), thrower(3), thrower(4), thrower(5), thrower(6));
            });
        });
        ASSERT_EQ(number, 1);
        ASSERT_EQ(tracked::live, 0);
    }
    EXPECT_EQ(pool.execute([] { return fib(15); }), 610U);
    pel_test::expect_balanced(pool);
}

TEST(parallel_invoke, a_callable_that_was_not_begun_is_dropped_after_an_exception) {
    const pel_test::watchdog guard;
    pel::thread_pool pool(1);
    pool.execute([] { fib(5); });
    bool ran = false;
    EXPECT_EQ(
        number_thrown([&] { pool.execute([&] { parallel_invoke([] { throw failure(1); }, [&] { ran = true; }); }); }),
        1);
    EXPECT_FALSE(ran);
}

class parallel_invoke_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(parallel_invoke_on);

TEST_P(parallel_invoke_on, fib_is_right_from_main_a_worker_and_a_foreign_thread) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    EXPECT_EQ(pool.execute([] { return fib(20); }), 6765U);
    EXPECT_EQ(pool.submit([] { return fib(20); }).get(), 6765U);
    unsigned foreign = 0;
    std::thread([&] { foreign = pool.execute([] { return fib(20); }); }).join();
    EXPECT_EQ(foreign, 6765U);
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_invoke_on, many_threads_call_at_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::vector<std::thread> threads;
    std::atomic<unsigned> right{0};
    for (int t = 0; t < 6; ++t) {
        threads.emplace_back([&] {
            for (int round = 0; round < 20; ++round) right += pool.execute([] { return fib(12); }) == 144 ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right, 120U);
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_invoke_on, a_callable_may_use_another_pool_and_come_back) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    pel::thread_pool other(2);
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned> sum{0};
    const auto there_and_back = [&] {
        sum += other.execute([&] { return fib(10) + pool.execute([] { return fib(10); }); });
    };
    for (int round = 0; round < 50; ++round) {
        pool.execute([&] { parallel_invoke(there_and_back, there_and_back, there_and_back); });
    }
    EXPECT_EQ(sum, 50U * 3 * 110);
    pel_test::expect_balanced(pool);
    pel_test::expect_balanced(other);
}

TEST(parallel_invoke, without_a_pool_uses_the_default_one) {
    const pel_test::watchdog guard;
    EXPECT_EQ(fib(18), 2584U);
    std::thread([] { EXPECT_EQ(fib(18), 2584U); }).join();
    pel_test::expect_balanced(pel::default_pool());
}

} // namespace parallel_invoke_test
