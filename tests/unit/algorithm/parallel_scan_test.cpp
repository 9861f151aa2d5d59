// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: reductions
#include <pel/parallel_scan.hpp>
#include <pel/task_group.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace parallel_scan_test {

using pel::par;
using pel::parallel_scan;

class parallel_scan_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(parallel_scan_on);

/// The inclusive sums of `values`, in place. Returns: the last.
template <class T, class Policy>
T add_up(const Policy& policy, std::vector<T>& values, T init) {
    const auto reduce = [&](std::size_t i0, std::size_t i1) {
        T sum = values[i0];
        while (++i0 != i1) sum += values[i0];
        return sum;
    };
    const auto scan = [&](std::size_t i0, std::size_t i1, T sum) {
        for (; i0 != i1; ++i0) values[i0] = sum = sum + values[i0];
        return sum;
    };
    return parallel_scan(policy, std::size_t{0}, values.size(), init, reduce, scan, std::plus<>());
}

std::vector<std::uint64_t> numbers(std::size_t n) {
    std::vector<std::uint64_t> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = i * i ^ 5;
    return values;
}

TEST_P(parallel_scan_on, inclusive_sums_in_place_are_right) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{16}, std::size_t{17},
                          std::size_t{1000}, std::size_t{pel_test::scaled(300'000)}}) {
        std::vector<std::uint64_t> expected = numbers(n);
        std::uint64_t total = 7;
        for (std::uint64_t& each : expected) each = total += each;
        for (int round = 0; round < 20; ++round) {
            std::vector<std::uint64_t> values = numbers(n);
            const bool is_deterministic = round % 2 != 0;
            const auto policy = is_deterministic ? par.on(pool).deterministic() : par.on(pool);
            ASSERT_EQ(add_up(policy, values, std::uint64_t{7}), total) << n;
            ASSERT_EQ(values, expected) << n;
        }
    }
    pel_test::expect_balanced(pool);
}

/// What stands before each item as a text: combine that does not commute, results for an exclusive scan.
template <class Policy>
void expect_prefixes(const Policy& policy, int n) {
    const auto text_of = [](int i0, int i1) {
        std::string text;
        for (; i0 < i1; ++i0) text += static_cast<char>('a' + i0 % 26);
        return text;
    };
    std::vector<std::uint64_t> before(static_cast<std::size_t>(n));
    const auto scan = [&](int i0, int i1, std::string text) {
        for (; i0 < i1; ++i0) {
            before[static_cast<std::size_t>(i0)] = std::hash<std::string>()(text);
            text += static_cast<char>('a' + i0 % 26);
        }
        return text;
    };
    const auto combine = [](std::string a, const std::string& b) { return std::move(a) += b; };
    const std::string all = parallel_scan(policy, 0, n, std::string("-"), text_of, scan, combine);
    ASSERT_EQ(all, "-" + text_of(0, n));
    for (int i = 0; i < n; ++i)
        ASSERT_EQ(before[static_cast<std::size_t>(i)], std::hash<std::string>()(all.substr(0, 1 + std::size_t(i))));
}

TEST_P(parallel_scan_on, exclusive_scans_keep_the_order_of_operands) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 5; ++round) {
        for (int n : {1, 3, 200, 3000}) {
            expect_prefixes(par.on(pool), n);
            expect_prefixes(par.on(pool).deterministic(), n);
            expect_prefixes(par.on(pool).grain(50), n);
            expect_prefixes(par.on(pool).deterministic().grain(50), n);
        }
    }
}

TEST_P(parallel_scan_on, every_item_is_scanned_once_and_reduced_at_most_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const int n = 20'000;
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        std::vector<std::atomic<int>> reduced(n), scanned(n);
        const auto count = [](std::vector<std::atomic<int>>& calls, int i0, int i1) {
            for (int i = i0; i < i1; ++i) ++calls[static_cast<std::size_t>(i)];
            return i1 - i0;
        };
        const int total = parallel_scan(
            par.on(pool), 0, n, 0, [&](int i0, int i1) { return count(reduced, i0, i1); },
            [&](int i0, int i1, int before) {
                EXPECT_EQ(before, i0);
                return before + count(scanned, i0, i1);
            },
            std::plus<>());
        ASSERT_EQ(total, n);
        for (const std::atomic<int>& each : scanned) ASSERT_EQ(each, 1);
        for (const std::atomic<int>& each : reduced) ASSERT_LE(each, 1);
    }
}

TEST(parallel_scan, alone_nothing_is_reduced) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    const auto fail = [](auto...) -> long { throw std::logic_error("called"); };
    const auto scan = [](long i0, long i1, long sum) { return sum + i1 - i0; };
    EXPECT_EQ(parallel_scan(par.on(pool), 0L, 1'000'000L, 1L, fail, scan, fail), 1'000'001);
    EXPECT_EQ(parallel_scan(pel::seq, 0L, 1'000'000L, 1L, fail, scan, fail), 1'000'001);
    EXPECT_EQ(parallel_scan(par.on(pool), 5L, 5L, 9L, fail, fail, fail), 9);
    EXPECT_EQ(parallel_scan(5, -5, 9L, fail, fail, fail), 9);
}

double uneven(std::uint64_t i) {
    const auto bits = (i + 1) * 0x9E3779B97F4A7C15u;
    return static_cast<double>(static_cast<std::int64_t>(bits)) * (bits % 3 == 0 ? 1e-9 : 1.0);
}
std::vector<double> uneven_numbers(std::size_t n) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = uneven(i);
    return values;
}
bool are_same_bits(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i])) return false;
    }
    return true;
}

TEST(parallel_scan, deterministic_scans_are_the_same_bits_at_every_concurrency_and_shared_by_workers) {
    const pel_test::watchdog guard;
    const std::size_t n = 100'000;
    std::vector<double> expected = uneven_numbers(n);
    pel::thread_pool alone(1);
    const double total = add_up(par.on(alone).deterministic(), expected, 0.1);
    for (unsigned concurrency : {2u, 3u, 7u}) {
        pel::thread_pool pool(concurrency);
        unsigned shared = 0;
        pel_test::await([&] { // until others have taken pieces of five scans
            std::vector<double> values = uneven_numbers(n);
            const std::uint64_t before = pool.stats().stolen;
            EXPECT_EQ(add_up(par.on(pool).deterministic(), values, 0.1), total);
            EXPECT_TRUE(are_same_bits(values, expected));
            shared += pool.stats().stolen > before;
            return shared == 5 || testing::Test::HasFailure();
        });
    }
}

TEST_P(parallel_scan_on, an_exception_of_each_function_reaches_the_caller_and_nothing_moved_from_is_used) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> wrong{0};
    const auto check = [&](const std::string& text) {
        if (text.empty()) ++wrong; // moved from
    };
    const int n = 1'000;
    for (int round = 0; round < static_cast<int>(pel_test::scaled(600)); ++round) {
        const bool is_in_scan = round % 2 != 0;
        const auto reduce = [&](int i0, int i1) {
            if (!is_in_scan && i1 > n - 100) throw std::out_of_range("reduce");
            return std::string(static_cast<std::size_t>(i1 - i0), 'x');
        };
        const auto scan = [&](int i0, int i1, std::string before) {
            check(before);
            if (i0 <= round && round < i1 && is_in_scan) throw std::out_of_range("scan");
            for (int spins = 0; spins < 20 * (i1 - i0); ++spins) pel::detail::cpu_relax();
            return before += std::string(static_cast<std::size_t>(i1 - i0), 'x');
        };
        const auto combine = [&](std::string a, const std::string& b) {
            check(a);
            check(b);
            return std::move(a) += b;
        };
        pel::parallel_policy policy = par.on(pool);
        if (round % 3 == 0) policy = policy.deterministic();
        const auto run = [&] { return parallel_scan(policy, 0, n, std::string("-"), reduce, scan, combine); };
        if (is_in_scan) {
            EXPECT_THROW((void)run(), std::out_of_range) << round;
        } else {
            try { // only if another thread takes the end of it
                EXPECT_EQ(run().size(), static_cast<std::size_t>(n) + 1);
            } catch (const std::out_of_range&) {
            }
        }
        ASSERT_EQ(wrong, 0) << round;
    }
    pel_test::expect_balanced(pool);
}

TEST(parallel_scan, what_is_stopped_or_cancelled_throws) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const auto reduce = [](long i0, long i1) { return i1 - i0; };
    const auto scan = [](long i0, long i1, long sum) { return sum + i1 - i0; };
    std::stop_source source;
    source.request_stop();
    const auto stopped = par.on(pool).stop(source.get_token());
    EXPECT_THROW((void)parallel_scan(stopped, 0L, 1'000'000L, 0L, reduce, scan, std::plus<>()),
                 pel::operation_cancelled);
    pel::task_group group(pool);
    group.run([&] {
        group.cancel();
        (void)parallel_scan(0L, 1'000'000L, 0L, reduce, scan, std::plus<>());
        ADD_FAILURE() << "a scan that was cut short";
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled);
}

} // namespace parallel_scan_test
