// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/algorithm/sort.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <stdexcept>
#include <stop_token>
#include <string>
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

} // namespace sort_test
