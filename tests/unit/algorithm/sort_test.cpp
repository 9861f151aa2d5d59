// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/sort.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace sort_test {

using pel::par;
using pel_test::move_only;
using pel_test::order;

class sort_with : public pel_test::with_threads {
protected:
    template <class Container>
    void sorts_like_std(std::uint64_t most) {
        for (const std::uint64_t n : pel_test::input_sizes(random, 4, most)) {
            for (const order kind : pel_test::all_orders) {
                const auto numbers = pel_test::numbers_in(kind, n, random);
                auto expected = numbers;
                std::ranges::sort(expected);
                Container values, sorted;
                for (const std::uint32_t number : numbers)
                    values.push_back(pel_test::value_of<typename Container::value_type>(number));
                for (const std::uint32_t number : expected)
                    sorted.push_back(pel_test::value_of<typename Container::value_type>(number));
                if constexpr (std::is_same_v<typename Container::value_type, std::string>) std::ranges::sort(sorted);
                ASSERT_EQ(pel::sort(par.on(pool), values.begin(), values.end()), values.end());
                ASSERT_TRUE(values == sorted) << n << ' ' << static_cast<int>(kind);
            }
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(sort_with);

TEST_P(sort_with, sorts_numbers) { sorts_like_std<std::vector<pel_test::over_aligned>>(100'000); }
TEST_P(sort_with, sorts_strings) { sorts_like_std<std::vector<std::string>>(100'000); }
TEST_P(sort_with, sorts_a_deque_of_what_can_only_be_moved) { sorts_like_std<std::deque<move_only>>(50'000); }

/// Whether such numbers are also sorted stably and in part: that does the same to all of them, and compiles for long.
template <class T, class Compare>
constexpr bool is_tried_in_part =
    std::same_as<T, double> || (std::same_as<T, std::int32_t> && std::same_as<Compare, std::ranges::less>);

/// Sorts numbers wholly, stably and in part.
template <class T, class Compare>
void sorts_plain_numbers(const auto& policy, const std::vector<T>& numbers, const std::string& of) {
    const Compare less;
    const std::uint64_t bits = pel_test::sum_of_bits(numbers);
    [[maybe_unused]] const auto zeros = [](const std::vector<T>& all) { // whether they are negative
        std::vector<bool> signs;
        for (const T each : all) {
            if (each == 0) signs.push_back(std::signbit(static_cast<double>(each)));
        }
        return signs;
    };
    [[maybe_unused]] const auto is_parted_at = [&less](const std::vector<T>& all, std::ptrdiff_t nth) {
        const T at = all[static_cast<std::size_t>(nth)];
        return std::none_of(all.begin(), all.begin() + nth, [&](T each) { return less(at, each); }) &&
               std::none_of(all.begin() + nth, all.end(), [&](T each) { return less(each, at); });
    };
    auto sorted = numbers;
    pel::sort(policy, sorted, less);
    ASSERT_TRUE(std::ranges::is_sorted(sorted, less)) << of;
    ASSERT_EQ(pel_test::sum_of_bits(sorted), bits) << of;
    if constexpr (is_tried_in_part<T, Compare>) {
        auto stable = numbers, parted = numbers, partly = numbers;
        pel::stable_sort(policy, stable, less);
        ASSERT_EQ(stable, sorted) << of;
        ASSERT_EQ(zeros(stable), zeros(numbers)) << of;
        ASSERT_EQ(pel_test::sum_of_bits(stable), bits) << of;
        const auto nth = std::ssize(numbers) / 3;
        pel::partial_sort(policy, partly, partly.begin() + nth, less);
        ASSERT_TRUE(std::equal(partly.begin(), partly.begin() + nth, sorted.begin())) << of;
        ASSERT_EQ(pel_test::sum_of_bits(partly), bits) << of;
        if (numbers.empty()) return;
        ASSERT_TRUE(nth == 0 || is_parted_at(partly, nth - 1)) << of;
        pel::nth_element(policy, parted, parted.begin() + nth, less);
        ASSERT_EQ(parted[static_cast<std::size_t>(nth)], sorted[static_cast<std::size_t>(nth)]) << of;
        ASSERT_TRUE(is_parted_at(parted, nth)) << of;
        ASSERT_EQ(pel_test::sum_of_bits(parted), bits) << of;
    }
}

class plain_numbers_with : public sort_with {
protected:
    /// Sizes on both sides of where another way to sort begins.
    template <class T, class Compare>
    void sorts_all() {
        for (const std::uint64_t n : {0U,   1U,   2U,   3U,   23U,    24U,    32U,    33U,     64U,     65U,
                                      127U, 128U, 129U, 200U, 1'000U, 8'191U, 8'192U, 16'384U, 16'385U, 40'000U}) {
            for (const order kind : pel_test::all_orders) {
                if (!pel_test::sanitizer.empty() && n > 1'000 && kind != order::random) continue;
                sorts_plain_numbers<T, Compare>(par.on(pool), pel_test::plain_numbers_in<T>(kind, n, random),
                                                std::to_string(n) + ' ' + std::to_string(static_cast<int>(kind)));
            }
        }
    }
};
PEL_WITH_ALL_THREADS(plain_numbers_with);

TEST_P(plain_numbers_with, are_sorted_if_they_are_int) {
    sorts_all<std::int32_t, std::ranges::less>();
    sorts_all<std::int32_t, std::ranges::greater>();
}
TEST_P(plain_numbers_with, are_sorted_if_they_are_long) {
    sorts_all<std::int64_t, std::ranges::less>();
    sorts_all<std::int64_t, std::ranges::greater>();
}
TEST_P(plain_numbers_with, are_sorted_if_they_are_float) {
    sorts_all<float, std::ranges::less>();
    sorts_all<float, std::ranges::greater>();
}
TEST_P(plain_numbers_with, are_sorted_if_they_are_double) {
    sorts_all<double, std::ranges::less>();
    sorts_all<double, std::ranges::greater>();
}

TEST(plain_numbers, are_sorted_if_they_are_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    const std::uint64_t n = pel_test::scaled(1'000'000);
    sorts_plain_numbers<double, std::ranges::less>(
        par.on(pool), pel_test::plain_numbers_in<double>(order::random, n, random), "doubles");
    sorts_plain_numbers<std::int32_t, std::ranges::less>(
        par.on(pool), pel_test::plain_numbers_in<std::int32_t>(order::few_distinct, n, random), "integers");
}

constexpr auto by_key = [](const pel_test::keyed& a, const pel_test::keyed& b) { return a.key < b.key; };

TEST_P(sort_with, equal_elements_are_in_the_same_order_with_any_number_of_threads) {
    pel::thread_pool one(1);
    for (const order kind : {order::few_distinct, order::random}) {
        std::vector<pel_test::keyed> elements;
        for (const std::uint32_t key : pel_test::numbers_in(kind, pel_test::scaled(400'000), random))
            elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
        auto again = elements;
        pel::sort(par.on(one), again, by_key);
        pel::sort(par.on(pool), elements, {}, &pel_test::keyed::key);
        EXPECT_EQ(elements, again);
        EXPECT_TRUE(std::ranges::is_sorted(elements, by_key));
    }
}

TEST_P(sort_with, a_stable_sort_keeps_the_order_of_equal_elements) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        for (const order kind : pel_test::all_orders) {
            std::vector<pel_test::keyed> elements;
            for (const std::uint32_t key : pel_test::numbers_in(kind, n, random))
                elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
            const auto expected = pel_test::stably_sorted(elements, std::less<>());
            ASSERT_EQ(pel::stable_sort(par.on(pool), elements, by_key), elements.end());
            ASSERT_EQ(elements, expected) << n << ' ' << static_cast<int>(kind);
        }
    }
}

/// Sorts with a comparison that throws after so many; checks that no element is lost.
template <class Sort>
void throws_after(std::uint64_t calls, std::vector<move_only> elements, const Sort& sort) {
    const std::uint64_t n = elements.size();
    std::atomic<std::uint64_t> left{calls};
    try {
        sort(elements, [&left](const move_only& a, const move_only& b) {
            if (left.fetch_sub(1) == 0) throw std::runtime_error("no");
            return a < b;
        });
    } catch (const std::runtime_error&) {
    }
    std::vector<bool> is_there(n);
    for (const move_only& each : elements) {
        ASSERT_NE(each.value, nullptr) << "an element was lost, after " << calls;
        is_there[*each.value] = true;
    }
    ASSERT_EQ(std::ranges::count(is_there, true), static_cast<std::ptrdiff_t>(n)) << "after " << calls;
}

TEST_P(sort_with, no_element_is_lost_when_a_comparison_throws) {
    const auto sort = [&](auto& range, const auto& less) { pel::sort(par.on(pool), range, less); };
    const auto stable_sort = [&](auto& range, const auto& less) { pel::stable_sort(par.on(pool), range, less); };
    const auto shuffled = [&](std::uint32_t n) {
        std::vector<move_only> elements;
        for (std::uint32_t each = 0; each < n; ++each) elements.emplace_back(each);
        std::ranges::shuffle(elements, random);
        return elements;
    };
    for (std::uint64_t calls = 0; calls < 1000; calls += pel_test::sanitizer.empty() ? 1 : 29) {
        throws_after(calls, shuffled(100), sort);
        throws_after(calls, shuffled(100), stable_sort);
    }
    for (int round = 0; round < 20; ++round) {
        throws_after(random() % 300'000, shuffled(20'000), sort);
        throws_after(random() % 300'000, shuffled(20'000), stable_sort);
    }
}

TEST_P(sort_with, a_stop_token_leaves_all_elements) {
    for (int round = 0; round < 20; ++round) {
        std::vector<std::uint32_t> elements(20'000);
        std::iota(elements.begin(), elements.end(), 0U);
        std::ranges::shuffle(elements, random);
        std::stop_source source;
        std::atomic<std::uint64_t> left{random() % 300'000};
        try {
            pel::sort(par.on(pool).stop(source.get_token()), elements, [&](std::uint32_t a, std::uint32_t b) {
                if (left.fetch_sub(1) == 0) source.request_stop();
                return a < b;
            });
        } catch (const pel::operation_cancelled&) {
        }
        std::ranges::sort(elements);
        for (std::uint32_t each = 0; each < elements.size(); ++each) ASSERT_EQ(elements[each], each);
    }
}

/// Its moves may throw, as far as anybody knows.
struct anxious {
    std::uint32_t value = 0;
    explicit anxious(std::uint32_t number) : value(number) {}
    anxious(const anxious&) = default;
    anxious& operator=(const anxious& other) noexcept(false) = default;
    anxious(anxious&& other) noexcept(false) : value(other.value) {}
    anxious& operator=(anxious&& other) noexcept(false) {
        value = other.value;
        return *this;
    }
    friend bool operator==(const anxious&, const anxious&) = default;
    friend auto operator<=>(const anxious&, const anxious&) = default;
};

TEST_P(sort_with, elements_whose_moves_may_throw_are_sorted_too) {
    for (const order kind : pel_test::all_orders) {
        auto elements = pel_test::values_in<std::vector<anxious>>(kind, 20'000, random);
        auto expected = elements;
        std::ranges::sort(expected);
        auto again = elements;
        pel::sort(par.on(pool), elements);
        EXPECT_EQ(elements, expected);
        pel::stable_sort(par.on(pool), again);
        EXPECT_EQ(again, expected);
    }
}

/// Counted as long as it lives. Of moves, or copies in place of them, the n-th throws; then nothing has changed.
template <bool IsCopied>
struct refusing {
    static inline std::int64_t alive = 0, left = -1; // one thread sorts such elements
    std::uint32_t value;

    explicit refusing(std::uint32_t number) noexcept : value(number) { ++alive; }
    refusing(const refusing& other)
        requires IsCopied
        : value(other.value) {
        refuse();
        ++alive;
    }
    refusing& operator=(const refusing& other)
        requires IsCopied
    {
        refuse();
        value = other.value;
        return *this;
    }
    refusing(refusing&& other) noexcept(false)
        requires(!IsCopied)
        : value(other.value) {
        refuse();
        ++alive;
        if (this != &other) other.value = nobody;
    }
    refusing& operator=(refusing&& other) noexcept(false)
        requires(!IsCopied)
    {
        refuse();
        value = std::exchange(other.value, nobody);
        return *this;
    }
    ~refusing() { --alive; }
    friend bool operator==(const refusing& a, const refusing& b) noexcept { return a.value == b.value; }
    friend auto operator<=>(const refusing& a, const refusing& b) noexcept { return a.value <=> b.value; }

    static constexpr std::uint32_t nobody = ~0U;

private:
    static void refuse() {
        if (left >= 0 && left-- == 0) throw std::runtime_error("no");
    }
};

/// Sorts; each of some moves throws once. As with std, all objects live on, as many as before; what was on its way
/// then may be lost: one element.
template <bool IsCopied, class Sort>
void moves_throw(std::uint32_t n, std::mt19937_64& random, const Sort& sort) {
    using element = refusing<IsCopied>;
    std::vector<std::uint32_t> values(n);
    std::iota(values.begin(), values.end(), 0U);
    std::ranges::shuffle(values, random);
    bool has_thrown = true;
    for (std::int64_t moves = 0; has_thrown; moves += n < 100 ? 1 : 1 + moves / 2) {
        std::vector<element> elements;
        elements.reserve(n);
        for (const std::uint32_t each : values) elements.emplace_back(each);
        element::left = moves;
        has_thrown = false;
        try {
            sort(elements);
        } catch (const std::runtime_error&) {
            has_thrown = true;
        }
        element::left = -1;
        ASSERT_EQ(element::alive, n) << "after " << moves << " moves of " << n;
        std::vector<int> times(n);
        for (const element& each : elements) {
            if (each.value != element::nobody) ++times.at(each.value);
        }
        ASSERT_LE(std::ranges::count(times, 0), has_thrown) << "after " << moves << " moves of " << n;
        ASSERT_TRUE(IsCopied || *std::ranges::max_element(times) <= 1) << "after " << moves << " moves of " << n;
        ASSERT_TRUE(has_thrown || std::ranges::is_sorted(elements)) << n;
    }
    EXPECT_EQ(element::alive, 0);
}

TEST(sort, moves_and_copies_that_throw_leave_all_objects_and_lose_one_element_at_most) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(3);
    const auto sort = [&](auto& range) { pel::sort(par.on(pool), range); };
    const auto stable_sort = [&](auto& range) { pel::stable_sort(par.on(pool), range); };
    for (const std::uint32_t n : {2U, 20U, 60U, 10'000U}) {
        moves_throw<false>(n, random, sort);
        moves_throw<false>(n, random, stable_sort);
        moves_throw<true>(n, random, sort);
        moves_throw<true>(n, random, stable_sort);
    }
}

/// Bytes that may only be moved.
struct ticket {
    explicit ticket(std::uint32_t its) : number(its) {}
    ticket(ticket&&) = default;
    ticket& operator=(ticket&&) = default;
    bool operator<(const ticket& other) const { return number < other.number; }
    std::uint32_t number;
};
static_assert(std::is_trivially_copyable_v<ticket> && !std::is_copy_constructible_v<ticket>);

TEST_P(sort_with, bytes_that_cannot_be_copied_are_moved) {
    auto expected = pel_test::numbers_in(pel_test::order::random, pel_test::scaled(100'000), random);
    std::vector<ticket> sorted, stable;
    for (const std::uint32_t number : expected) sorted.emplace_back(number), stable.emplace_back(number);
    std::sort(expected.begin(), expected.end());
    pel::sort(par.on(pool), sorted, std::less<>());
    pel::stable_sort(par.on(pool), stable, std::less<>());
    EXPECT_TRUE(std::ranges::equal(sorted, expected, {}, &ticket::number));
    EXPECT_TRUE(std::ranges::equal(stable, expected, {}, &ticket::number));
}

} // namespace sort_test
