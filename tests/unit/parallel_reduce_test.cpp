// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

namespace parallel_reduce_test {

using pel::par;
using pel::parallel_reduce;

class parallel_reduce_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(parallel_reduce_on);

std::uint64_t sum_on(pel::thread_pool& pool, std::uint64_t n) {
    return parallel_reduce(
        par.on(pool), std::uint64_t{0}, n, std::uint64_t{7}, [](std::uint64_t i) { return i; }, std::plus<>());
}

TEST_P(parallel_reduce_on, sums_of_all_sizes_are_right_and_init_enters_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (std::uint64_t n = 0; n <= 200; ++n) ASSERT_EQ(sum_on(pool, n), 7 + n * (n - 1) / 2) << n;
    for (int round = 0; round < 40; ++round) {
        const std::uint64_t n = random() % 1'000'000 + 1;
        ASSERT_EQ(sum_on(pool, n), 7 + n * (n - 1) / 2) << n;
    }
    pel_test::expect_balanced(pool);
}

/// A 2×2 matrix product modulo 2^64: associative, not commutative.
struct matrix {
    std::uint64_t a = 1, b = 0, c = 0, d = 1;
    friend bool operator==(const matrix&, const matrix&) = default;
    friend matrix operator*(const matrix& x, const matrix& y) {
        return {x.a * y.a + x.b * y.c, x.a * y.b + x.b * y.d, x.c * y.a + x.d * y.c, x.c * y.b + x.d * y.d};
    }
};
matrix matrix_of(int i) {
    const auto n = static_cast<std::uint64_t>(i);
    return {n + 1, n * n, 3, n ^ 5};
}

TEST_P(parallel_reduce_on, operands_keep_their_order) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int n : {1, 2, 3, 17, 100, 1000, 30'000}) {
        matrix expected{2, 3, 5, 7};
        for (int i = 0; i < n; ++i) expected = expected * matrix_of(i);
        for (int round = 0; round < 20; ++round) {
            const matrix product =
                parallel_reduce(par.on(pool), 0, n, matrix{2, 3, 5, 7}, matrix_of, std::multiplies<>());
            ASSERT_EQ(product, expected) << n;
        }
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_reduce_on, strings_are_joined_in_order) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const int n = static_cast<int>(pel_test::scaled(20'000));
    std::string expected = "begin";
    for (int i = 0; i < n; ++i) expected += std::to_string(i) + ',';
    const std::string joined = parallel_reduce(
        par.on(pool), 0, n, std::string("begin"), [](int i) { return std::to_string(i) + ','; },
        [](std::string a, const std::string& b) { return std::move(a) += b; });
    EXPECT_EQ(joined, expected);
}

TEST_P(parallel_reduce_on, the_value_may_be_move_only) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    using value = std::unique_ptr<long>;
    const value sum = parallel_reduce(
        par.on(pool), 0L, 20'000L, std::make_unique<long>(0), [](long i) { return std::make_unique<long>(i); },
        [](value a, value b) {
            *a += *b;
            return a;
        });
    EXPECT_EQ(*sum, 20'000L * 19'999 / 2);
}

/// Counts its live values.
struct tracked {
    static inline std::atomic<int> live{0};
    tracked() { ++live; }
    tracked(const tracked&) { ++live; }
    tracked& operator=(const tracked&) = default;
    ~tracked() { --live; }
};

TEST_P(parallel_reduce_on, an_exception_of_map_or_combine_reaches_the_caller_and_leaks_nothing) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
        const auto run = [&](int bad_map, int bad_combine) {
            std::atomic<int> combines{0};
            return parallel_reduce(
                par.on(pool), 0, 2'000, tracked(),
                [&](int i) {
                    if (i == bad_map) throw std::out_of_range("map");
                    return tracked();
                },
                [&](tracked a, const tracked&) {
                    if (++combines == bad_combine) throw std::length_error("combine");
                    return a;
                });
        };
        EXPECT_THROW(run(1'500, 0), std::out_of_range);
        EXPECT_THROW(run(-1, 700), std::length_error);
        ASSERT_EQ(tracked::live, 0);
        run(-1, 0);
        ASSERT_EQ(tracked::live, 0);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_reduce_on, reductions_nest) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const long sum = parallel_reduce(
        par.on(pool), 0, 200, 0L,
        [](int i) { return parallel_reduce(0, i, 0L, [](int j) { return static_cast<long>(j); }, std::plus<>()); },
        std::plus<>());
    EXPECT_EQ(sum, 200L * 199 * 198 / 6);
    pel_test::expect_balanced(pool);
}

TEST(parallel_reduce, an_empty_range_gives_init_and_calls_nothing) {
    const auto fail = [](auto...) -> int { throw std::logic_error("called"); };
    EXPECT_EQ(parallel_reduce(5, 5, 9, fail, fail), 9);
    EXPECT_EQ(parallel_reduce(5, -5, 9, fail, fail), 9);
}

TEST(parallel_reduce, ranges_may_be_negative_and_types_mixed) {
    const pel_test::watchdog guard;
    EXPECT_EQ(parallel_reduce(-100, 51L, 0L, [](long i) { return i; }, std::plus<>()), -3775);
    EXPECT_EQ(
        parallel_reduce(
            static_cast<signed char>(-128), static_cast<signed char>(127), 0, [](int i) { return i; }, std::plus<>()),
        -255);
}

TEST(parallel_reduce, a_reduction_in_a_cancelled_group_throws_operation_cancelled) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    pel::task_group group(pool);
    group.run([&] {
        group.cancel();
        (void)parallel_reduce(0, 1'000'000, 0L, [](int) { return 1L; }, std::plus<>());
        ADD_FAILURE() << "a sum that was cut short";
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled);
}

} // namespace parallel_reduce_test
