// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/algorithm/ordered_strands.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

namespace ordered_strands_test {

using pel::detail::fixed_chunks;
using pel::detail::tree_strand;

/// A sum of numbers of very different sizes, so that nearly every grouping has bits of its own.
struct uneven_sum {
    double operator()(std::uint64_t lo, std::uint64_t hi) const {
        double sum = 0;
        for (; lo != hi; ++lo) {
            const std::uint64_t bits = (lo + 1) * 0x9E3779B97F4A7C15u;
            sum += static_cast<double>(bits) * (bits % 3 == 0 ? 1e-9 : 1.0);
        }
        return sum;
    }
};

/// Which items stand where in the tree.
struct grouping {
    std::string operator()(std::uint64_t lo, std::uint64_t hi) const {
        return std::to_string(lo) + '-' + std::to_string(hi);
    }
};
struct in_brackets {
    std::string operator()(const std::string& left, const std::string& right) const {
        return '(' + left + ' ' + right + ')';
    }
};

/// The value of [0, n) by strands that begin at chunk 0, `second` and `third`, in blocks.
template <class T, class Step, class Combine>
T value_of(std::uint64_t n, std::uint64_t second, std::uint64_t third, std::uint64_t block) {
    Step step;
    Combine combine;
    const fixed_chunks chunks(n, 0);
    using strand = tree_strand<T, Step, Combine>;
    const auto run = [block](strand& one, std::uint64_t lo, std::uint64_t hi) {
        for (; lo < hi; lo += block) one.run(lo, std::min(lo + block, hi));
    };
    strand first(step, combine, chunks);
    run(first, 0, second);
    strand middle = first.split(), last = first.split();
    run(last, third, chunks.count());
    run(middle, second, third);
    if (second != third) first.join(std::move(middle));
    if (third != chunks.count()) first.join(std::move(last));
    return first.take();
}

template <class T, class Step, class Combine>
void expect_one_grouping(std::uint64_t n) {
    const std::uint64_t count = fixed_chunks(n, 0).count();
    const T expected = value_of<T, Step, Combine>(n, count, count, count);
    const auto expect_the_same = [&](std::uint64_t second, std::uint64_t third, std::uint64_t block) {
        const T value = value_of<T, Step, Combine>(n, second, third, block);
        if constexpr (std::is_same_v<T, double>)
            EXPECT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(expected))
                << n << ": " << second << ' ' << third << ' ' << block;
        else
            EXPECT_EQ(value, expected) << n << ": " << second << ' ' << third << ' ' << block;
    };
    for (const std::uint64_t block : {1u, 3u, 64u, 1'000u}) {
        for (std::uint64_t second = 1; second <= count; second += 1 + second / 5) {
            expect_the_same(second, count, block);
            expect_the_same(second, second + (count - second) / 3, block);
        }
    }
}

// Chunks of 1, 4, 8, 16, 32 items, whole ones and shorter last ones; fewer than 64 of them, 64, and more.
constexpr std::uint64_t sizes[] = {1,   2,   3,   7,   8,   63,  64,    65,    127,   128,   131,
                                   255, 256, 300, 511, 512, 999, 1'000, 1'024, 2'047, 4'100, 20'000};

TEST(tree_strand, groups_numbers_the_same_way_wherever_strands_and_blocks_begin) {
    for (const std::uint64_t n : sizes) expect_one_grouping<double, uneven_sum, std::plus<>>(n);
}

TEST(tree_strand, groups_other_values_the_same_way_wherever_strands_and_blocks_begin) {
    for (const std::uint64_t n : sizes) expect_one_grouping<std::string, grouping, in_brackets>(n);
}

TEST(tree_strand, makes_a_balanced_tree_and_combines_what_is_left_from_the_right) {
    const auto tree_of = [](std::uint64_t n) { return value_of<std::string, grouping, in_brackets>(n, n, n, n); };
    EXPECT_EQ(tree_of(1), "0-1");
    EXPECT_EQ(tree_of(4), "((0-1 1-2) (2-3 3-4))");
    EXPECT_EQ(tree_of(7), "(((0-1 1-2) (2-3 3-4)) ((4-5 5-6) 6-7))");
}

/// What numbers are grouped like, which no value shows: by the same sums without a strand.
double sum_of_chunks(const fixed_chunks& chunks, std::uint64_t begin, std::uint64_t end) {
    if (end - begin == 1) return uneven_sum()(chunks.begin(begin), chunks.end(begin));
    const std::uint64_t left = std::bit_floor(end - begin - 1);
    return sum_of_chunks(chunks, begin, begin + left) + sum_of_chunks(chunks, begin + left, end);
}

TEST(tree_strand, groups_numbers_like_other_values) {
    for (const std::uint64_t n : sizes) {
        const fixed_chunks chunks(n, 0);
        const std::uint64_t count = chunks.count();
        const double value = value_of<double, uneven_sum, std::plus<>>(n, count, count, count);
        EXPECT_EQ(value, sum_of_chunks(chunks, 0, count)) << n;
    }
}

} // namespace ordered_strands_test
