// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/nth_element.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace nth_element_test {

using pel::par;
using pel_test::order;

class nth_element_with : public pel_test::with_threads {
protected:
    template <class Check>
    void for_inputs(std::uint64_t most, const Check& check) {
        for (const std::uint64_t n : pel_test::input_sizes(random, 4, most)) {
            for (const order kind : pel_test::all_orders) check(pel_test::numbers_in(kind, n, random));
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(nth_element_with);

TEST_P(nth_element_with, has_none_less_behind_and_none_greater_before) {
    for_inputs(600'000, [&](auto numbers) {
        const std::uint64_t n = numbers.size();
        auto sorted = numbers;
        std::ranges::sort(sorted);
        for (const std::uint64_t nth : {std::uint64_t{0}, n / 3, n - n / 50, n}) {
            if (nth >= n && nth != 0) continue;
            const auto place = numbers.begin() + static_cast<std::ptrdiff_t>(nth);
            ASSERT_EQ(pel::nth_element(par.on(pool), numbers.begin(), place, numbers.end()), numbers.end());
            if (n == 0) break;
            ASSERT_EQ(*place, sorted[nth]);
            ASSERT_TRUE(std::all_of(numbers.begin(), place, [&](auto x) { return x <= *place; }));
            ASSERT_TRUE(std::all_of(place, numbers.end(), [&](auto x) { return x >= *place; }));
        }
        std::ranges::sort(numbers);
        ASSERT_EQ(numbers, sorted);
    });
}

TEST_P(nth_element_with, sorts_a_part) {
    for_inputs(200'000, [&](auto numbers) {
        auto sorted = numbers;
        std::ranges::sort(sorted, std::greater<>());
        const auto middle = std::ssize(numbers) / 3;
        pel::partial_sort(par.on(pool), numbers, numbers.begin() + middle, std::greater<>());
        ASSERT_TRUE(std::equal(numbers.begin(), numbers.begin() + middle, sorted.begin()));
        const auto further = middle + middle / 2;
        ASSERT_EQ(pel::partial_sort(par.on(pool), numbers.begin(), numbers.begin() + further, numbers.end(),
                                    std::greater<>()),
                  numbers.end());
        ASSERT_TRUE(std::equal(numbers.begin(), numbers.begin() + further, sorted.begin()));
        std::ranges::sort(numbers, std::greater<>());
        ASSERT_EQ(numbers, sorted);
    });
}

TEST_P(nth_element_with, copies_the_least_and_the_greatest_as_a_stable_sort_has_them) {
    for_inputs(200'000, [&](const auto& numbers) {
        std::vector<pel_test::keyed> elements;
        for (const std::uint32_t key : numbers) elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
        const auto sorted = pel_test::stably_sorted(elements, std::less<>());
        const auto descending = pel_test::stably_sorted(elements, std::greater<>());
        for (const std::uint64_t wanted : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{numbers.size() / 2}}) {
            const auto count = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(wanted, elements.size()));
            std::vector<pel_test::keyed> out(wanted);
            const auto [in, end] =
                pel::partial_sort_copy(par.on(pool), elements, out, {}, &pel_test::keyed::key, &pel_test::keyed::key);
            ASSERT_EQ(in, elements.end());
            ASSERT_EQ(end - out.begin(), count);
            ASSERT_TRUE(std::equal(out.begin(), end, sorted.begin()));
            const auto top = pel::top_k(par.on(pool), elements, wanted, {}, &pel_test::keyed::key);
            ASSERT_EQ(std::ssize(top), count);
            ASSERT_TRUE(std::equal(top.begin(), top.end(), descending.begin()));
        }
        if (elements.empty()) return;
        const std::uint64_t k = elements.size() / 2;
        ASSERT_EQ(*pel::kth_smallest(par.on(pool), elements, k, {}, &pel_test::keyed::key), sorted[k]);
    });
    const auto numbers = pel_test::numbers_in(order::random, 3'000, random);
    auto sorted = numbers;
    std::ranges::sort(sorted, std::greater<>());
    const auto top = pel::top_k(par.on(pool), numbers.begin() + 1, numbers.begin() + 1, 10);
    EXPECT_TRUE(top.empty());
    EXPECT_EQ(pel::top_k(par.on(pool), numbers.begin(), numbers.end(), 10),
              std::vector(sorted.begin(), sorted.begin() + 10));
    const auto kth = pel::kth_smallest(par.on(pool), numbers.begin(), numbers.end(), 10, std::greater<>());
    EXPECT_EQ(*kth, sorted[10]);
    EXPECT_EQ(kth, pel::kth_smallest(par.on(pool), numbers, 10, std::greater<>()));
    const std::vector<int> two{1, 2};
    EXPECT_THROW(pel::kth_smallest(par.on(pool), two, 2), std::out_of_range);
    const std::list<int> list{3, 1, 2};
    std::vector<int> out(list.size() - 1);
    pel::partial_sort_copy(par.on(pool), list.begin(), list.end(), out.begin(), out.end());
    EXPECT_EQ(out, (std::vector<int>{1, 2}));
}

TEST_P(nth_element_with, the_order_is_the_same_with_any_number_of_threads) {
    pel::thread_pool one(1);
    for (const order kind : {order::few_distinct, order::random, order::organ_pipe}) {
        std::vector<pel_test::keyed> elements;
        for (const std::uint32_t key : pel_test::numbers_in(kind, pel_test::scaled(300'000), random))
            elements.push_back({key / 2, static_cast<std::uint32_t>(elements.size())});
        auto again = elements, partly = elements, partly_again = elements;
        const auto nth = std::ssize(elements) / 3;
        pel::nth_element(par.on(one), again, again.begin() + nth, {}, &pel_test::keyed::key);
        pel::nth_element(par.on(pool), elements, elements.begin() + nth, {}, &pel_test::keyed::key);
        EXPECT_TRUE(elements == again) << static_cast<int>(kind);
        pel::partial_sort(par.on(one), partly_again, partly_again.begin() + nth, {}, &pel_test::keyed::key);
        pel::partial_sort(par.on(pool), partly, partly.begin() + nth, {}, &pel_test::keyed::key);
        EXPECT_TRUE(partly == partly_again) << static_cast<int>(kind);
    }
}

TEST_P(nth_element_with, no_element_is_lost_when_a_comparison_throws) {
    for (const std::uint32_t n : {50U, 40'000U}) { // of which the second is parted by all threads
        for (int round = 0; round < (n == 50 ? 100 : 20); ++round) {
            std::vector<pel_test::move_only> elements;
            for (std::uint32_t each = 0; each < n; ++each) elements.emplace_back((each * 7'919) % n);
            std::atomic<std::uint64_t> left{random() % (4 * n)};
            const auto less = [&left](const pel_test::move_only& a, const pel_test::move_only& b) {
                return left.fetch_sub(1, std::memory_order_relaxed) == 0 ? throw std::runtime_error("no") : a < b;
            };
            try {
                if (round % 2 == 0)
                    pel::nth_element(par.on(pool), elements, elements.begin() + n / 3, less);
                else
                    pel::partial_sort(par.on(pool), elements, elements.begin() + n / 3, less);
            } catch (const std::runtime_error&) {
            }
            std::vector<bool> is_there(n);
            for (const pel_test::move_only& each : elements) {
                ASSERT_NE(each.value, nullptr) << n << ' ' << round;
                is_there[*each.value] = true;
            }
            ASSERT_EQ(std::ranges::count(is_there, true), static_cast<std::ptrdiff_t>(n)) << round;
        }
    }
}

TEST_P(nth_element_with, a_comparison_that_throws_is_heard_and_so_is_a_stop) {
    const auto numbers = pel_test::numbers_in(order::random, 40'000, random);
    std::atomic<std::int64_t> left{0};
    const auto less = [&left](std::uint32_t a, std::uint32_t b) {
        return left.fetch_sub(1, std::memory_order_relaxed) == 0 ? throw std::runtime_error("no") : a < b;
    };
    std::vector<std::uint32_t> few(10), many(20'000);
    const auto check = [&]<class Error>(const Error&, const auto& policy, std::int64_t calls) {
        left = calls;
        EXPECT_THROW(pel::top_k(policy, numbers, 10, less), Error);
        left = calls;
        EXPECT_THROW(pel::kth_smallest(policy, numbers, 10, less), Error);
        for (auto* const out : {&few, &many}) {
            left = calls;
            EXPECT_THROW(pel::partial_sort_copy(policy, numbers, *out, less), Error);
        }
    };
    check(std::runtime_error("no"), par.on(pool), static_cast<std::int64_t>(random() % 30'000));
    std::stop_source source;
    source.request_stop();
    check(pel::operation_cancelled(), par.on(pool).stop(source.get_token()), -1);
}

TEST(top_k, compares_elements_as_they_are) {
    std::vector<std::string> texts{"a", "c", "b"};
    const auto less = [](std::string& a, std::string& b) { return a < b; };
    EXPECT_EQ(pel::top_k(texts, 2, less), (std::vector<std::string>{"c", "b"}));
}

TEST(nth_element, takes_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    auto numbers = pel_test::numbers_in(order::random, pel_test::scaled(1'000'000), random);
    const std::uint64_t bits = pel_test::sum_of_bits(numbers);
    const auto nth = numbers.begin() + std::ssize(numbers) / 3;
    pel::nth_element(par.on(pool), numbers.begin(), nth, numbers.end());
    EXPECT_TRUE(std::all_of(numbers.begin(), nth, [&](auto x) { return x <= *nth; }));
    EXPECT_TRUE(std::all_of(nth, numbers.end(), [&](auto x) { return x >= *nth; }));
    pel::partial_sort(par.on(pool), numbers, nth, std::greater<>());
    EXPECT_TRUE(std::is_sorted(numbers.begin(), nth, std::greater<>()));
    EXPECT_TRUE(std::all_of(nth, numbers.end(), [&](auto x) { return x <= *(nth - 1); }));
    EXPECT_EQ(pel_test::sum_of_bits(numbers), bits);
}

/// Bytes that may only be moved.
struct ticket {
    explicit ticket(std::uint32_t its) : number(its) {}
    ticket(ticket&&) = default;
    ticket& operator=(ticket&&) = default;
    std::uint32_t number;
};

TEST_P(nth_element_with, bytes_that_cannot_be_copied_are_moved) {
    std::vector<ticket> tickets;
    for (std::uint32_t number = 0; number < 30'000; ++number) tickets.emplace_back(number * 7'919 % 30'011);
    const auto by_number = [](const ticket& a, const ticket& b) { return a.number < b.number; };
    pel::nth_element(par.on(pool), tickets, tickets.begin() + 15'000, by_number);
    const std::uint32_t median = tickets[15'000].number;
    EXPECT_EQ(std::ranges::count_if(tickets, [&](const ticket& each) { return each.number < median; }), 15'000);
    pel::partial_sort(par.on(pool), tickets, tickets.begin() + 100, by_number);
    EXPECT_TRUE(std::ranges::is_sorted(tickets.begin(), tickets.begin() + 100, by_number));
}

TEST(top_k, compares_no_more_where_groupings_are_to_be_the_same) {
    std::vector<std::uint32_t> numbers(100'000);
    for (std::uint32_t each = 0; each < 100'000; ++each) numbers[each] = each * 7'919 % 100'003;
    pel::thread_pool pool(1);
    std::uint64_t calls = 0;
    const auto less = [&](std::uint32_t a, std::uint32_t b) { return ++calls, a < b; };
    const auto top = pel::top_k(par.on(pool), numbers, 1'000, less);
    const std::uint64_t plain_calls = std::exchange(calls, 0);
    EXPECT_EQ(pel::top_k(par.on(pool).deterministic(), numbers, 1'000, less), top);
    EXPECT_EQ(calls, plain_calls);
}

} // namespace nth_element_test
