// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: reductions
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace parallel_reduce_test {

using pel::par;
using pel::parallel_fold;
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

TEST_P(parallel_reduce_on, combine_gets_nothing_that_was_moved_from_and_only_neighbours_after_an_exception) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    struct interval {
        int begin, end;
    };
    using value = std::unique_ptr<interval>; // null: moved from
    std::atomic<int> wrong{0};
    const auto map = [](int i, int bad) {
        for (int spins = 0; spins < 50; ++spins) pel::detail::cpu_relax(); // long enough to be shared
        if (i == bad) throw std::out_of_range("map");
        return std::make_unique<interval>(interval{i, i + 1});
    };
    const auto combine = [&](value a, value b) {
        if (!a || !b || a->end != b->begin)
            ++wrong;
        else
            a->end = b->end;
        return a;
    };
    for (const auto& policy : {par.on(pool), par.on(pool).deterministic()}) {
        for (int round = 0; round < static_cast<int>(pel_test::scaled(1000)); ++round) {
            const auto run = [&] {
                return parallel_reduce(
                    policy, 0, 300, std::make_unique<interval>(interval{0, 0}),
                    [&](int i) { return map(i, round % 300); }, combine);
            };
            ASSERT_THROW((void)run(), std::out_of_range);
            ASSERT_EQ(wrong, 0) << round;
        }
    }
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

TEST(parallel_reduce, in_sequence_everything_happens_in_order_on_the_calling_thread) {
    const auto self = std::this_thread::get_id();
    int next = 0;
    const auto map = [&](int i) {
        EXPECT_EQ(std::this_thread::get_id(), self);
        EXPECT_EQ(i, next++);
        return i;
    };
    EXPECT_EQ(parallel_reduce(pel::seq, 0, 1000, 1, map, std::plus<>()), 499'501);
    const auto chunk = [&](int i0, int i1, int sum) {
        for (; i0 < i1; ++i0) sum += map(i0 + 1000);
        return sum;
    };
    EXPECT_EQ(parallel_fold(pel::seq, 0, 1000, 0, chunk, std::plus<>()), 1'499'500);
}

TEST(parallel_reduce, a_stop_token_ends_reductions_and_folds) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (const bool is_deterministic : {false, true}) {
        std::stop_source source;
        auto policy = par.on(pool).stop(source.get_token());
        if (is_deterministic) policy = policy.deterministic();
        std::atomic<long> calls{0};
        const long n = 1'000'000'000;
        const auto map = [&](long) {
            if (++calls == 1'000) source.request_stop();
            return 1L;
        };
        EXPECT_THROW((void)parallel_reduce(policy, 0L, n, 0L, map, std::plus<>()), pel::operation_cancelled);
        EXPECT_LT(calls, n / 2);
        const auto chunk = [](long i0, long i1, long sum) { return sum + i1 - i0; };
        EXPECT_THROW((void)parallel_fold(policy, 0L, n, 0L, chunk, std::plus<>()), pel::operation_cancelled);
    }
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

// ---- fold ----------------------------------------------------------------------------------------------------------

TEST_P(parallel_reduce_on, a_fold_runs_every_item_once_in_order_and_combines_in_order) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int n : {0, 1, 2, 3, 16, 17, 100, 127, 128, 1000, static_cast<int>(pel_test::scaled(30'000))}) {
        std::string expected;
        for (int i = 0; i < n; ++i) expected += std::to_string(i) + ',';
        for (const pel::parallel_policy& policy :
             {pel::parallel_policy(par.on(pool)), pel::parallel_policy(par.on(pool).deterministic()),
              par.on(pool).deterministic().grain(7)}) {
            const std::string joined = parallel_fold(
                policy, 0, n, std::string(),
                [](int i0, int i1, std::string text) {
                    for (; i0 < i1; ++i0) text += std::to_string(i0) + ',';
                    return text;
                },
                [](std::string a, const std::string& b) { return std::move(a) += b; });
            ASSERT_EQ(joined, expected) << n;
        }
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_reduce_on, a_fold_of_values_that_only_move_gets_a_function_that_makes_them) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    using value = std::unique_ptr<long>;
    for (const auto& policy : {par.on(pool), par.on(pool).deterministic()}) {
        const value sum = parallel_fold(
            policy, -5'000, 5'001, [] { return std::make_unique<long>(0); },
            [](int i0, int i1, value before) {
                for (; i0 < i1; ++i0) *before += i0 * i0;
                return before;
            },
            [](value a, value b) {
                *a += *b;
                return a;
            });
        EXPECT_EQ(*sum, 2 * (5'000L * 5'001 * 10'001 / 6));
    }
}

TEST_P(parallel_reduce_on, an_exception_of_a_fold_reaches_the_caller_and_leaks_nothing) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
        for (const auto& policy : {par.on(pool), par.on(pool).deterministic()}) {
            const auto run = [&](int bad) {
                return parallel_fold(
                    policy, 0, 2'000, tracked(),
                    [&](int i0, int i1, tracked before) {
                        if (i0 <= bad && bad < i1) throw std::out_of_range("chunk");
                        return before;
                    },
                    [](tracked a, const tracked&) { return a; });
            };
            EXPECT_THROW((void)run(1'500), std::out_of_range);
            ASSERT_EQ(tracked::live, 0);
            (void)run(-1);
            ASSERT_EQ(tracked::live, 0);
        }
    }
    pel_test::expect_balanced(pool);
}

TEST(parallel_fold, an_empty_range_gives_the_identity_and_calls_nothing) {
    const auto fail = [](auto...) -> int { throw std::logic_error("called"); };
    EXPECT_EQ(parallel_fold(5, 5, 9, fail, fail), 9);
    EXPECT_EQ(parallel_fold(5, -5, [] { return 9; }, fail, fail), 9);
}

TEST(parallel_fold, a_fold_in_a_cancelled_group_throws_operation_cancelled) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    pel::task_group group(pool);
    group.run([&] {
        group.cancel();
        (void)parallel_fold(0, 1'000'000, 0, [](int i0, int i1, int n) { return n + i1 - i0; }, std::plus<>());
        ADD_FAILURE() << "a fold that was cut short";
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled);
}

// ---- deterministic ---------------------------------------------------------------------------------------------------

/// Of very different sizes, so that nearly every grouping has a sum of its own.
double uneven(std::uint64_t i) {
    const auto bits = (i + 1) * 0x9E3779B97F4A7C15u;
    return static_cast<double>(static_cast<std::int64_t>(bits)) * (bits % 3 == 0 ? 1e-9 : 1.0);
}

struct sums {
    std::uint64_t reduced, folded;
    friend bool operator==(const sums&, const sums&) = default;
};

template <class Policy>
sums sums_of(const Policy& policy, std::uint64_t n) {
    const double reduced = parallel_reduce(policy, std::uint64_t{0}, n, 0.1, uneven, std::plus<>());
    const double folded = parallel_fold(
        policy, std::uint64_t{0}, n, 0.0,
        [](std::uint64_t i0, std::uint64_t i1, double sum) {
            for (; i0 != i1; ++i0) sum += uneven(i0);
            return sum;
        },
        std::plus<>());
    return {std::bit_cast<std::uint64_t>(reduced), std::bit_cast<std::uint64_t>(folded)};
}

TEST(parallel_reduce, deterministic_sums_are_the_same_bits_at_every_concurrency_and_in_every_run) {
    const pel_test::watchdog guard;
    std::vector<std::unique_ptr<pel::thread_pool>> pools;
    for (unsigned concurrency : {1u, 2u, 3u, 7u}) pools.push_back(std::make_unique<pel::thread_pool>(concurrency));
    const std::uint64_t large = pel_test::scaled(1'000'000);
    for (std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{100},
                            std::uint64_t{129}, std::uint64_t{4'097}, large}) {
        for (std::uint64_t grain : {0u, 1u, 10u, 100'000u}) {
            pel::parallel_policy policy = par.deterministic();
            if (grain != 0) policy = policy.grain(grain);
            const sums expected = sums_of(policy.on(*pools[0]), n);
            for (const auto& pool : pools) {
                for (int round = 0; round < 10; ++round)
                    ASSERT_EQ(sums_of(policy.on(*pool), n), expected) << n << ' ' << pool->concurrency();
            }
        }
    }
}

TEST(parallel_reduce, deterministic_sums_that_two_workers_share_are_the_same_bits) {
    pel::thread_pool alone(1), both(2);
    const pel_test::watchdog guard(both);
    const std::uint64_t n = 200'000;
    const sums expected = sums_of(par.on(alone).deterministic(), n);
    unsigned shared = 0;
    pel_test::await([&] { // until others have taken pieces of ten sums
        const std::uint64_t before = both.stats().stolen;
        EXPECT_EQ(sums_of(par.on(both).deterministic(), n), expected);
        shared += both.stats().stolen > before;
        return shared == 10 || testing::Test::HasFailure();
    });
    EXPECT_EQ(alone.stats().stolen, 0u);
}

TEST(parallel_reduce, the_size_alone_decides_on_chunks) {
    using pel::detail::fixed_chunk;
    for (std::uint64_t n : {1u, 64u, 127u}) EXPECT_EQ(fixed_chunk(n, 0), 1u);
    EXPECT_EQ(fixed_chunk(10, 3), 3u);
    EXPECT_GT(fixed_chunk(~std::uint64_t{0}, 0), 1u);
    for (std::uint64_t n = 128; n < 10'000'000; n += n / 7) {
        const std::uint64_t chunk = fixed_chunk(n, 0);
        EXPECT_LE(32 * chunk, n);
        EXPECT_LE(2 * chunk * chunk, n + 1);
        EXPECT_TRUE(n < 10'000 || 8 * chunk * chunk + 8 >= n) << n;
    }
}

TEST(parallel_reduce, a_combine_may_return_a_reference_to_its_argument) {
    using numbers = std::vector<int>;
    const auto joined = [](numbers&& a, numbers&& b) -> numbers&& {
        a.insert(a.end(), b.begin(), b.end());
        return std::move(a);
    };
    const auto all = pel::parallel_reduce(0, 100, numbers(), [](int i) { return numbers{i}; }, joined);
    ASSERT_EQ(all.size(), 100U);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i);
}

} // namespace parallel_reduce_test
