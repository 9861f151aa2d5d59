// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements that stand at multiples of more bytes than operator new cares for, wherever an engine puts them meanwhile; in
// a span, which is what many have in place of a container; elements that are made as they are read; and bits.
// test label: selecting
#include <pel/algorithm/copy_if.hpp>
#include <pel/algorithm/group_by.hpp>
#include <pel/algorithm/integer_sort.hpp>
#include <pel/algorithm/merge.hpp>
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/partition.hpp>
#include <pel/algorithm/reduce.hpp>
#include <pel/algorithm/remove.hpp>
#include <pel/algorithm/reverse.hpp>
#include <pel/algorithm/scan.hpp>
#include <pel/algorithm/shuffle.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/algorithm/sort_by_key.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/zipped.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <functional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace element_kinds_test {

using pel::par;
using pel_test::order;
using numbers = std::vector<std::uint32_t>;

class element_kinds_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(element_kinds_with);

inline std::atomic<int> misplaced{0};

/// Looks where it is made.
struct alignas(128) aligned {
    std::uint32_t value;

    aligned(std::uint32_t number = 0) noexcept : value(number) { look(); }
    aligned(const aligned& other) noexcept : value(other.value) { look(); }
    aligned& operator=(const aligned&) noexcept = default;
    operator std::uint32_t() const noexcept { return value; }

private:
    void look() const noexcept {
        if (std::bit_cast<std::uintptr_t>(this) % 128 != 0) ++misplaced;
    }
};

constexpr auto value_of = [](const auto& element) { return static_cast<std::uint32_t>(element); };
constexpr auto by_value = [](const auto& a, const auto& b) { return value_of(a) < value_of(b); };
constexpr auto is_wanted = [](const auto& element) { return value_of(element) % 3 != 0; };

/// Calls run(range, out), which may change both, for spans of numbers, and for spans of aligned ones: the same has to
/// come of it.
template <class Run>
void does_the_same(const numbers& input, const Run& run) {
    numbers from = input, to(input.size());
    std::vector<aligned> aligned_from(input.begin(), input.end()), aligned_to(input.size());
    run(std::span(from), std::span(to));
    run(std::span(aligned_from), std::span(aligned_to));
    EXPECT_TRUE(std::ranges::equal(from, aligned_from, {}, {}, value_of));
    EXPECT_TRUE(std::ranges::equal(to, aligned_to, {}, {}, value_of));
    EXPECT_EQ(misplaced.load(), 0);
}

TEST_P(element_kinds_with, over_aligned_ones_are_sorted) {
    for (const std::uint64_t n : {200U, 3'000U, 40'000U}) {
        const numbers input = pel_test::numbers_in(order::random, n, random);
        const auto middle = static_cast<std::ptrdiff_t>(n / 3);
        does_the_same(input, [&](auto range, auto out) {
            std::ranges::copy(range, out.begin());
            pel::sort(par.on(pool), range, by_value);
            pel::random_shuffle(par.on(pool), range, 1);
            pel::nth_element(par.on(pool), range, range.begin() + middle, by_value);
            pel::stable_sort(par.on(pool), range, by_value);
            pel::integer_sort(par.on(pool), out, value_of);
        });
        does_the_same(input, [&](auto range, auto out) {
            pel::sort_by_key(par.on(pool), range, out, by_value);
            pel::rotate(par.on(pool), range, range.begin() + middle);
            pel::inplace_merge(par.on(pool), range, range.end() - middle, by_value);
            pel::merge(par.on(pool), range.first(n / 2), range.last(n - n / 2), out.begin(), by_value);
        });
    }
}

TEST_P(element_kinds_with, over_aligned_ones_are_selected) {
    does_the_same(pel_test::numbers_in(order::random, 40'000, random), [&](auto range, auto out) {
        pel::copy_if(par.on(pool), range, out.begin(), is_wanted);
        pel::stable_partition(par.on(pool), range, is_wanted);
        pel::partition(par.on(pool), range, [](const auto& element) { return value_of(element) % 2 == 0; });
        const auto rest = pel::remove_if(par.on(pool), out, [](const auto& element) { return value_of(element) == 1; });
        std::fill(rest.begin(), rest.end(), 0U);
    });
}

TEST_P(element_kinds_with, over_aligned_ones_are_added) {
    const auto sum = [](const auto& a, const auto& b) { return std::decay_t<decltype(a)>(value_of(a) + value_of(b)); };
    does_the_same(pel_test::numbers_in(order::random, 40'000, random), [&](auto range, auto out) {
        using element = typename decltype(range)::value_type;
        pel::inclusive_scan(par.on(pool).grain(50), range, out.begin(), sum);
        pel::exclusive_scan(par.on(pool).deterministic(), range, range.begin(), element(7), sum);
        range.front() = pel::reduce(par.on(pool).grain(50), range, element(), sum);
        range.back() = pel::reduce(par.on(pool).deterministic(), out, element(), sum);
    });
}

TEST_P(element_kinds_with, over_aligned_ones_are_grouped) {
    const numbers input = pel_test::numbers_in(order::few_distinct, 20'000, random);
    const std::vector<aligned> elements(input.begin(), input.end());
    const auto expected = pel::group_by(par.on(pool), std::span(input), value_of);
    const auto got = pel::group_by(par.on(pool), std::span(elements), value_of);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t each = 0; each < got.size(); ++each) {
        EXPECT_EQ(got[each].first, expected[each].first);
        EXPECT_EQ(got[each].second.size(), expected[each].second.size());
    }
    EXPECT_EQ(misplaced.load(), 0);
}

TEST_P(element_kinds_with, ones_that_are_made_as_they_are_read_are_grouped) {
    const auto words = std::views::iota(0, 20'000) | std::views::transform([](int i) {
                           return "a number that is not short: " + std::to_string(i % 1'000);
                       });
    const auto groups = pel::group_by(par.on(pool), words, std::identity());
    const auto kept = pel::remove_duplicates(par.on(pool), words);
    ASSERT_EQ(groups.size(), 1'000U);
    ASSERT_EQ(kept.size(), 1'000U);
    for (int i = 0; i < 1'000; ++i) {
        const auto at = static_cast<std::size_t>(i);
        ASSERT_EQ(groups[at].first, words[i]);
        ASSERT_EQ(groups[at].second, std::vector<std::string>(20, words[i]));
        ASSERT_EQ(kept[at], words[i]);
    }
}

/// Calls run(bits, expected) for bits that begin and end within words, and for the same ones as sorted numbers.
template <class Run>
void with_bits(std::mt19937_64& random, const Run& run) {
    for (const std::uint64_t n : {20U, 3'000U, 40'000U}) {
        std::vector<bool> bits(n);
        for (std::uint64_t each = 0; each < n; ++each) bits[each] = random() % 3 == 0;
        const auto range = std::ranges::subrange(bits.begin() + 3, bits.end() - 6);
        std::vector<unsigned char> sorted(range.begin(), range.end());
        std::ranges::sort(sorted);
        run(range, sorted);
        EXPECT_EQ(std::ranges::count(range, true), std::ranges::count(sorted, 1)) << n;
    }
}

TEST_P(element_kinds_with, bits_are_sorted) {
    const auto is_sorted_by = [&](const auto& sort) {
        with_bits(random, [&](auto range, const auto& sorted) {
            sort(range);
            EXPECT_TRUE(std::ranges::equal(range, sorted));
        });
    };
    is_sorted_by([&](auto range) { pel::sort(par.on(pool), range); });
    is_sorted_by([&](auto range) { pel::sort(range, {}); });
    is_sorted_by([&](auto range) { pel::sort(par, range.begin(), range.end(), {}); });
    is_sorted_by([&](auto range) { pel::sort(range.begin(), range.end(), {}, std::identity()); });
    is_sorted_by([&](auto range) { pel::stable_sort(par.on(pool), range, std::less<bool>()); });
    is_sorted_by([&](auto range) {
        pel::random_shuffle(par.on(pool), range, 1);
        pel::stable_sort(pel::seq, range);
    });
    is_sorted_by([&](auto range) { pel::integer_sort(par.on(pool), range); });
    is_sorted_by([&](auto range) { pel::partial_sort(par.on(pool), range.begin(), range.end(), range.end(), {}); });
    is_sorted_by([&](auto range) {
        std::vector<int> values(range.size());
        pel::sort_by_key(par.on(pool).grain(7), range, values);
    });
    is_sorted_by([&](auto range) {
        const auto middle = range.begin() + std::ssize(range) / 2;
        pel::sort(par.on(pool), range.begin(), middle);
        pel::sort(par.on(pool), middle, range.end());
        pel::inplace_merge(par.on(pool).grain(7), range, middle);
    });
}

TEST_P(element_kinds_with, bits_are_selected) {
    with_bits(random, [&](auto range, const auto& sorted) {
        const auto middle = std::ssize(range) / 2;
        const auto is_parted = [&](std::ptrdiff_t nth) {
            const auto least = sorted[static_cast<std::size_t>(nth)];
            for (std::ptrdiff_t each = 0; each < std::ssize(range); ++each)
                EXPECT_TRUE(each < nth ? range[each] <= least : range[each] >= least);
        };
        pel::nth_element(par.on(pool), range, range.begin() + middle);
        is_parted(middle);
        pel::partial_sort(par.on(pool), range.begin(), range.begin() + middle + 1, range.end());
        is_parted(middle);
        EXPECT_TRUE(std::ranges::is_sorted(range.begin(), range.begin() + middle));
        std::vector<bool> least(static_cast<std::size_t>(middle));
        pel::partial_sort_copy(par.on(pool), range, least);
        EXPECT_TRUE(std::ranges::equal(least, std::span(sorted).first(least.size())));
    });
}

TEST_P(element_kinds_with, bits_are_beside_what_they_are_sorted_with) {
    numbers keys = pel_test::numbers_in(order::random, 40'000, random);
    std::vector<bool> is_odd(keys.size() + 3);
    for (std::size_t each = 0; each < keys.size(); ++each) is_odd[each + 3] = keys[each] % 2 != 0;
    pel::sort_by_key(par.on(pool), keys.begin(), keys.end(), is_odd.begin() + 3);
    for (std::size_t each = 0; each < keys.size(); ++each) ASSERT_EQ(is_odd[each + 3], keys[each] % 2 != 0);
}

TEST_P(element_kinds_with, no_bit_is_lost_when_a_comparison_throws) {
    with_bits(random, [&](auto range, const auto&) {
        std::atomic<std::uint64_t> left{0};
        const auto less = [&](bool a, bool b) {
            if (left.fetch_sub(1) == 1) throw std::runtime_error("no");
            return a < b;
        };
        for (const std::uint64_t calls : {std::uint64_t{1}, std::uint64_t{range.size()} - 1}) {
            left = calls;
            EXPECT_THROW(pel::sort(par.on(pool), range, less), std::runtime_error);
            left = calls;
            EXPECT_THROW(pel::stable_sort(par.on(pool), range, less), std::runtime_error);
        }
    });
}

// A zip with bits is known for what it is, where its reference is a pair, a tuple, or has two members.
template <class Reference>
struct zipped_with {
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    Reference operator*() const;
};
using bit = std::vector<bool>::reference;
static_assert(pel::detail::is_written_apart<zipped_with<std::pair<int&, bool&>>>);
static_assert(!pel::detail::is_written_apart<zipped_with<std::pair<int&, bit>>>);
static_assert(!pel::detail::is_written_apart<zipped_with<std::tuple<std::pair<bit, int&>, int&>>>);
static_assert(!pel::detail::is_written_apart<std::ranges::iterator_t<
                  decltype(pel_test::zipped(std::declval<numbers&>(), std::declval<std::vector<bool>&>()))>>);

} // namespace element_kinds_test
