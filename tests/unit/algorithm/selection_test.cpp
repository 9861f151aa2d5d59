// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/copy_if.hpp>
#include <pel/algorithm/partition.hpp>
#include <pel/algorithm/remove.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <forward_list>
#include <functional>
#include <iterator>
#include <list>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace selection_test {

using pel::par;
using pel_test::move_only;
using pel_test::order;

/// Of numbers in [0, n], about a share of 1 / 16, 1 / 2 or nearly all.
struct at_most {
    std::uint32_t limit;
    bool operator()(std::uint32_t number) const { return number <= limit; }
    bool operator()(const move_only& each) const { return *each.value <= limit; }
};

class selection_with : public pel_test::with_threads {
protected:
    /// Calls check(numbers, predicate).
    template <class Check>
    void for_inputs(const Check& check) {
        for (const std::uint64_t n : pel_test::input_sizes(random, 4, 400'000)) {
            const auto numbers = pel_test::numbers_in(n % 3 == 0 ? order::few_distinct : order::random, n, random);
            const auto most = static_cast<std::uint32_t>(n % 3 == 0 ? 8 : n);
            for (const std::uint32_t limit : {most / 16, most / 2, most - most / 16}) check(numbers, at_most{limit});
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(selection_with);

TEST_P(selection_with, copies_what_std_copies) {
    for_inputs([&](const auto& numbers, at_most wanted) {
        std::vector<std::uint32_t> expected(numbers.size()), got(numbers.size());
        const auto end = std::copy_if(numbers.begin(), numbers.end(), expected.begin(), wanted);
        const auto reached = pel::copy_if(par.on(pool), numbers.begin(), numbers.end(), got.begin(), wanted);
        ASSERT_EQ(reached - got.begin(), end - expected.begin());
        ASSERT_EQ(got, expected);
        std::ranges::fill(expected, 0U);
        std::ranges::fill(got, 0U);
        std::remove_copy_if(numbers.begin(), numbers.end(), expected.begin(), wanted);
        const auto [in, out] = pel::remove_copy_if(par.on(pool), numbers, got.begin(), wanted);
        ASSERT_EQ(in, numbers.end());
        ASSERT_EQ(out - got.begin(), std::ssize(numbers) - (end - expected.begin()));
        ASSERT_EQ(got, expected);
        std::ranges::fill(got, 0U);
        ASSERT_EQ(pel::remove_copy_if(par.on(pool), numbers.begin(), numbers.end(), got.begin(), wanted), out);
        ASSERT_EQ(got, expected);
    });
}

TEST_P(selection_with, copies_what_is_not_equal_to_a_value) {
    for_inputs([&](const auto& numbers, at_most wanted) {
        const std::uint32_t value = wanted.limit;
        std::vector<std::uint32_t> expected(numbers.size()), got(numbers.size());
        const auto end = std::remove_copy(numbers.begin(), numbers.end(), expected.begin(), value);
        const auto reached = pel::remove_copy(par.on(pool), numbers.begin(), numbers.end(), got.begin(), value);
        ASSERT_EQ(reached - got.begin(), end - expected.begin());
        ASSERT_EQ(got, expected);
        std::ranges::fill(got, 0U);
        const auto [in, out] = pel::remove_copy(par.on(pool), numbers, got.begin(), value);
        ASSERT_EQ(in, numbers.end());
        ASSERT_EQ(out, reached);
        ASSERT_EQ(got, expected);
    });
    const std::vector<pel_test::keyed> elements{{3, 1}, {4, 2}, {3, 3}, {5, 4}};
    std::vector<pel_test::keyed> out(4);
    EXPECT_EQ(pel::remove_copy(par.on(pool), elements, out.begin(), 3, &pel_test::keyed::key).out, out.begin() + 2);
    EXPECT_EQ(out, (std::vector<pel_test::keyed>{{4, 2}, {5, 4}, {}, {}}));
    const std::list<int> list{1, 2, 1};
    std::vector<int> pushed;
    pel::remove_copy(pel::seq, list.begin(), list.end(), std::back_inserter(pushed), 1);
    EXPECT_EQ(pushed, std::vector<int>{2});
}

TEST_P(selection_with, judges_every_element_once) {
    const std::vector<int> numbers(pel_test::scaled(200'000), 1);
    std::vector<int> out(numbers.size());
    std::atomic<std::size_t> calls{0};
    pel::copy_if(par.on(pool), numbers, out.begin(), [&](int) { return calls.fetch_add(1) % 2 == 0; });
    EXPECT_EQ(calls.load(), numbers.size());
}

TEST_P(selection_with, copies_both_parts_and_one_of_equal_neighbours) {
    for_inputs([&](const auto& numbers, at_most wanted) {
        const std::size_t n = numbers.size();
        std::vector<std::uint32_t> expected(n), expected_others(n), got(n), others(n);
        const auto ends =
            std::partition_copy(numbers.begin(), numbers.end(), expected.begin(), expected_others.begin(), wanted);
        const auto reached = pel::partition_copy(par.on(pool), numbers, got.begin(), others.begin(), wanted);
        ASSERT_EQ(reached.out1 - got.begin(), ends.first - expected.begin());
        ASSERT_EQ(got, expected);
        ASSERT_EQ(others, expected_others);
        std::ranges::fill(got, 0U);
        std::ranges::fill(others, 0U);
        ASSERT_EQ(
            pel::partition_copy(par.on(pool), numbers.begin(), numbers.end(), got.begin(), others.begin(), wanted),
            std::pair(reached.out1, reached.out2));
        ASSERT_EQ(got, expected);
        ASSERT_EQ(others, expected_others);
        std::ranges::fill(expected, 0U);
        std::ranges::fill(got, 0U);
        const auto end = std::unique_copy(numbers.begin(), numbers.end(), expected.begin());
        ASSERT_EQ(pel::unique_copy(par.on(pool), numbers, got.begin()).out - got.begin(), end - expected.begin());
        ASSERT_EQ(got, expected);
        std::ranges::fill(got, 0U);
        ASSERT_EQ(pel::unique_copy(par.on(pool), numbers.begin(), numbers.end(), got.begin()) - got.begin(),
                  end - expected.begin());
        ASSERT_EQ(got, expected);
    });
}

TEST_P(selection_with, neighbours_are_equal_as_they_are_projected) {
    for (const std::uint32_t n : {0U, 1U, 100U, 30'000U}) {
        std::vector<pel_test::keyed> elements;
        for (const std::uint32_t key : pel_test::numbers_in(order::few_distinct, n, random))
            elements.push_back({key / 2, static_cast<std::uint32_t>(elements.size())});
        std::vector<pel_test::keyed> expected, out(n);
        std::ranges::unique_copy(elements, std::back_inserter(expected), {}, &pel_test::keyed::key);
        const auto end = pel::unique_copy(par.on(pool), elements, out.begin(), {}, &pel_test::keyed::key).out;
        ASSERT_TRUE(std::equal(out.begin(), end, expected.begin(), expected.end())) << n;
        const auto rest = pel::unique(par.on(pool), elements, {}, &pel_test::keyed::key);
        ASSERT_TRUE(std::equal(elements.begin(), rest.begin(), expected.begin(), expected.end())) << n;
        ASSERT_EQ(rest.end(), elements.end());
    }
}

TEST_P(selection_with, nothing_has_moved_when_a_predicate_throws) {
    std::vector<move_only> elements;
    for (const std::uint32_t each : pel_test::numbers_in(order::few_distinct, 20'000, random))
        elements.emplace_back(each);
    std::vector<const std::uint32_t*> addresses;
    for (const move_only& each : elements) addresses.push_back(each.value.get());
    const auto is_untouched = [&] {
        return std::ranges::equal(elements, addresses, {}, [](const move_only& each) { return each.value.get(); });
    };
    for (const std::uint64_t calls : {std::uint64_t{0}, random() % 19'999, std::uint64_t{19'998}}) {
        std::atomic<std::uint64_t> left{calls};
        const auto is_last = [&left] { return left.fetch_sub(1) == 0 ? throw std::runtime_error("no") : false; };
        const auto is_odd = [&](const move_only& each) { return is_last() || *each.value % 2 == 1; };
        const auto are_equal = [&](const move_only& a, const move_only& b) { return is_last() || a == b; };
        EXPECT_THROW(pel::remove_if(par.on(pool), elements.begin(), elements.end(), is_odd), std::runtime_error);
        ASSERT_TRUE(is_untouched()) << calls;
        left = calls;
        EXPECT_THROW(pel::unique(par.on(pool), elements.begin(), elements.end(), are_equal), std::runtime_error);
        ASSERT_TRUE(is_untouched()) << calls;
    }
}

TEST(selection, parts_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    auto numbers = pel_test::numbers_in(order::random, pel_test::scaled(1'000'000), random);
    const at_most wanted{static_cast<std::uint32_t>(numbers.size() / 3)};
    const auto count = std::ranges::count_if(numbers, wanted);
    const std::uint64_t bits = pel_test::sum_of_bits(numbers);
    auto expected = numbers, stable = numbers;
    EXPECT_EQ(pel::partition(par.on(pool), numbers, wanted).begin() - numbers.begin(), count);
    EXPECT_TRUE(std::ranges::is_partitioned(numbers, wanted));
    EXPECT_EQ(pel_test::sum_of_bits(numbers), bits);
    std::copy_if(stable.begin(), stable.end(), expected.begin(), wanted);
    std::remove_copy_if(stable.begin(), stable.end(), expected.begin() + count, wanted);
    pel::stable_partition(par.on(pool), stable, wanted);
    EXPECT_EQ(stable, expected);
}

TEST_P(selection_with, keeps_what_std_keeps_of_elements_that_can_only_be_moved) {
    for_inputs([&](const auto& numbers, at_most unwanted) {
        std::deque<move_only> elements;
        for (const std::uint32_t number : numbers) elements.emplace_back(number);
        auto expected = numbers;
        expected.erase(std::remove_if(expected.begin(), expected.end(), unwanted), expected.end());
        elements.erase(pel::remove_if(par.on(pool), elements.begin(), elements.end(), unwanted), elements.end());
        ASSERT_EQ(elements.size(), expected.size());
        for (std::size_t each = 0; each < expected.size(); ++each) ASSERT_EQ(*elements[each].value, expected[each]);
    });
}

TEST_P(selection_with, removes_values_and_equal_neighbours) {
    for_inputs([&](const auto& numbers, at_most) {
        auto expected = numbers;
        auto got = numbers;
        expected.erase(std::remove(expected.begin(), expected.end(), 3U), expected.end());
        const auto rest = pel::remove(par.on(pool), got, 3U);
        got.erase(rest.begin(), rest.end());
        ASSERT_EQ(got, expected);
        expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
        got.erase(pel::unique(par.on(pool), got.begin(), got.end()), got.end());
        ASSERT_EQ(got, expected);
    });
    std::forward_list<int> list{1, 1, 2};
    EXPECT_EQ(std::distance(list.begin(), pel::unique(par.on(pool), list.begin(), list.end())), 2);
}

TEST_P(selection_with, partitions) {
    pel::thread_pool one(1);
    for_inputs([&](const auto& numbers, at_most wanted) {
        std::vector<pel_test::keyed> elements;
        for (const std::uint32_t key : numbers) elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
        const auto expected = pel_test::stably_parted(elements, wanted);
        auto stable = elements;
        auto again = elements;
        const auto count = std::ranges::count_if(numbers, wanted);
        ASSERT_EQ(pel::stable_partition(par.on(pool), stable, wanted, &pel_test::keyed::key).begin() - stable.begin(),
                  count);
        ASSERT_EQ(stable, expected);
        ASSERT_EQ(pel::partition(par.on(pool), elements, wanted, &pel_test::keyed::key).begin() - elements.begin(),
                  count);
        pel::partition(par.on(one), again, wanted, &pel_test::keyed::key);
        ASSERT_EQ(elements, again);
        std::ranges::sort(elements, {}, &pel_test::keyed::position);
        for (std::uint32_t each = 0; each < elements.size(); ++each) ASSERT_EQ(elements[each].position, each);
        ASSERT_TRUE(std::ranges::is_partitioned(again, wanted, &pel_test::keyed::key));
    });
}

TEST_P(selection_with, parts_a_list) {
    std::list<int> list{1, 2, 3, 4, 5};
    const auto is_even = [](int each) { return each % 2 == 0; };
    EXPECT_EQ(*pel::stable_partition(par.on(pool), list.begin(), list.end(), is_even), 1);
    EXPECT_EQ(list, (std::list<int>{2, 4, 1, 3, 5}));
}

/// Moves may throw, as far as anybody knows: parts keep their order without other memory.
struct anxious {
    std::uint32_t value;
    explicit anxious(std::uint32_t number) : value(number) {}
    anxious(anxious&& other) noexcept(false) : value(other.value) {}
    anxious& operator=(anxious&& other) noexcept(false) {
        value = other.value;
        return *this;
    }
};

TEST_P(selection_with, parts_without_memory_too) {
    auto elements = std::vector<anxious>();
    for (const std::uint32_t each : pel_test::numbers_in(order::sorted, 10'000, random)) elements.emplace_back(each);
    const auto is_odd = [](const anxious& each) { return each.value % 2 == 1; };
    EXPECT_EQ(pel::stable_partition(par.on(pool), elements.begin(), elements.end(), is_odd) - elements.begin(), 5000);
    EXPECT_TRUE(
        std::is_sorted(elements.begin(), elements.begin() + 5000, [](auto& a, auto& b) { return a.value < b.value; }));
    EXPECT_TRUE(
        std::is_sorted(elements.begin() + 5000, elements.end(), [](auto& a, auto& b) { return a.value < b.value; }));
    elements.erase(pel::remove_if(par.on(pool), elements.begin(), elements.end(), is_odd), elements.end());
    EXPECT_EQ(elements.size(), 5000U);
}

TEST_P(selection_with, no_element_is_lost_when_a_predicate_throws_or_a_token_stops) {
    for (int round = 0; round < 40; ++round) {
        std::vector<move_only> elements;
        for (std::uint32_t each = 0; each < 10'000; ++each) elements.emplace_back(each);
        std::stop_source source;
        std::atomic<std::uint64_t> left{random() % 12'000};
        const auto predicate = [&](const move_only& each) {
            if (left.fetch_sub(1) == 0) {
                if (round % 2 == 0) throw std::runtime_error("no");
                source.request_stop();
            }
            return *each.value % 3 == 0;
        };
        try {
            if (round % 4 < 2)
                pel::stable_partition(par.on(pool).stop(source.get_token()), elements, predicate);
            else
                pel::partition(par.on(pool).stop(source.get_token()), elements, predicate);
        } catch (const std::runtime_error&) {
        } catch (const pel::operation_cancelled&) {
        }
        std::vector<bool> is_there(elements.size());
        for (const move_only& each : elements) {
            ASSERT_NE(each.value, nullptr);
            is_there[*each.value] = true;
        }
        ASSERT_EQ(std::ranges::count(is_there, true), 10'000);
    }
}

} // namespace selection_test
