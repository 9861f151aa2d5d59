// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: merging
#include <pel/algorithm/set_operations.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/search_watch.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace set_operations_test {

using pel::par;
using pel::seq;
using pel_test::keyed;
using pel_test::sorted_by_key;

class sets_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(sets_with);

constexpr auto by_key = [](const keyed& a, const keyed& b) { return a.key < b.key; };

/// Calls check(a, b) for ranges of many sizes, with few or many elements that are equal.
template <class Check>
void for_all_ranges(std::mt19937_64& random, const Check& check) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 2, 100'000)) {
        const std::uint64_t other_sizes[] = {0, 1, n, 1 + n / 1000, random() % (n + 1)};
        const std::uint64_t most_keys[] = {1, 3, 1 + n / 10, 2 * n + 1};
        const std::uint64_t keys = most_keys[random() % 4];
        for (const std::uint64_t m : other_sizes) {
            const auto a = sorted_by_key(m, keys, 0, random), b = sorted_by_key(n, keys, 1U << 31, random);
            check(a, b);
            check(b, a);
        }
    }
}

template <class Operation, class StdOperation>
void agree(pel::thread_pool& pool, std::mt19937_64& random, const Operation& operation, const StdOperation& by_std) {
    std::vector<keyed> got, expected;
    for_all_ranges(random, [&](const std::vector<keyed>& a, const std::vector<keyed>& b) {
        expected.clear();
        by_std(a, b, std::back_inserter(expected));
        got.assign(expected.size(), keyed{}); // no room for more
        const auto end = operation(par.on(pool), a.begin(), a.end(), b.begin(), b.end(), got.begin(), by_key);
        ASSERT_EQ(end, got.end());
        ASSERT_EQ(got, expected) << a.size() << ", " << b.size();
        got.assign(a.size() + b.size(), keyed{});
        const auto ends =
            operation(par.on(pool).deterministic(), a, b, got.begin(), std::less<>(), &keyed::key, &keyed::key);
        ASSERT_TRUE(std::equal(got.begin(), ends.out, expected.begin(), expected.end()))
            << a.size() << ", " << b.size();
        if (random() % 4 == 0) { // elements that are not gathered
            const std::deque<keyed> apart(a.begin(), a.end());
            std::vector<keyed> out(expected.size()); // no room for more
            ASSERT_EQ(operation(par.on(pool), apart.begin(), apart.end(), b.begin(), b.end(), out.begin(), by_key),
                      out.end());
            ASSERT_EQ(out, expected) << a.size() << ", " << b.size();
        }
        if constexpr (requires { ends.in1; }) {
            ASSERT_EQ(ends.in1, a.end());
            ASSERT_EQ(ends.in2, b.end());
        } else {
            ASSERT_EQ(ends.in, a.end());
        }
    });
}

TEST_P(sets_with, a_union_is_that_of_std) {
    agree(pool, random, pel::set_union, [](const auto& a, const auto& b, auto out) {
        std::set_union(a.begin(), a.end(), b.begin(), b.end(), out, by_key);
    });
}
TEST_P(sets_with, an_intersection_is_that_of_std) {
    agree(pool, random, pel::set_intersection, [](const auto& a, const auto& b, auto out) {
        std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), out, by_key);
    });
}
TEST_P(sets_with, a_difference_is_that_of_std) {
    agree(pool, random, pel::set_difference, [](const auto& a, const auto& b, auto out) {
        std::set_difference(a.begin(), a.end(), b.begin(), b.end(), out, by_key);
    });
}
TEST_P(sets_with, a_symmetric_difference_is_that_of_std) {
    agree(pool, random, pel::set_symmetric_difference, [](const auto& a, const auto& b, auto out) {
        std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), out, by_key);
    });
}

TEST_P(sets_with, includes_says_what_std_says) {
    for_all_ranges(random, [&](const std::vector<keyed>& a, const std::vector<keyed>& b) {
        ASSERT_EQ(pel::includes(par.on(pool), a.begin(), a.end(), b.begin(), b.end(), by_key),
                  std::includes(a.begin(), a.end(), b.begin(), b.end(), by_key));
        std::vector<keyed> part;
        for (const keyed& each : a) {
            if (random() % 3 == 0) part.push_back(each);
        }
        const auto has_part = [&] {
            return pel::includes(par.on(pool).grain(1), a, part, std::less<>(), &keyed::key, &keyed::key);
        };
        ASSERT_TRUE(has_part()) << a.size() << ", " << part.size();
        if (part.empty()) return;
        // One that is there as often as in `a` is once more too many.
        const keyed one = part[random() % part.size()];
        const auto there = std::equal_range(a.begin(), a.end(), one, by_key);
        const auto taken = std::equal_range(part.begin(), part.end(), one, by_key);
        part.insert(taken.first, there.first + (taken.second - taken.first), there.second);
        ASSERT_TRUE(has_part()) << a.size() << ", " << part.size();
        part.insert(std::lower_bound(part.begin(), part.end(), one, by_key), one);
        ASSERT_FALSE(has_part()) << a.size() << ", " << part.size();
    });
}

TEST_P(sets_with, one_that_is_missing_ends_the_search) {
    using pel_test::search_watch;
    search_watch watch;
    const auto all = std::views::iota(std::uint64_t{0}, search_watch::items);
    const auto all_but_one =
        all | std::views::transform([](std::uint64_t i) { return i < search_watch::match ? i : i + 1; });
    const auto less = [&](std::uint64_t a, std::uint64_t b) { // the one is compared with what stands in its place
        const bool is_match = a == search_watch::match && b == search_watch::match + 1;
        watch.look(is_match ? a : a == search_watch::match ? a + 1 : a);
        return a < b;
    };
    EXPECT_FALSE(pel::includes(par.on(pool).stop(watch.its_token()), all_but_one, all, less));
    watch.expect_early_exit(GetParam());
}

TEST(sets, may_have_a_million_elements) {
    pel::thread_pool pool(2);
    const auto n = static_cast<std::uint32_t>(pel_test::scaled(1'000'000));
    std::vector<keyed> a(n), b(n); // most keys of `a` twice or three times, some of `b`
    for (std::uint32_t i = 0; i < n; ++i) {
        a[i] = {i * 2 / 5, i};
        b[i] = {i * 5 / 7, n + i};
    }
    std::vector<keyed> expected(2 * n), got(2 * n);
    const auto agrees = [&](const auto& operation, const auto& by_std) {
        const auto expected_end = by_std(a.begin(), a.end(), b.begin(), b.end(), expected.begin(), by_key);
        const auto end = operation(par.on(pool), a.begin(), a.end(), b.begin(), b.end(), got.begin(), by_key);
        return std::equal(got.begin(), end, expected.begin(), expected_end);
    };
    EXPECT_TRUE(agrees(pel::set_union, [](auto... all) { return std::set_union(all...); }));
    EXPECT_TRUE(agrees(pel::set_intersection, [](auto... all) { return std::set_intersection(all...); }));
    EXPECT_TRUE(agrees(pel::set_difference, [](auto... all) { return std::set_difference(all...); }));
    EXPECT_TRUE(
        agrees(pel::set_symmetric_difference, [](auto... all) { return std::set_symmetric_difference(all...); }));
    EXPECT_TRUE(pel::includes(par.on(pool), a.begin(), a.end(), a.begin() + 9, a.end(), by_key));
}

using pel::detail::is_set_gathered;
static_assert(is_set_gathered<const keyed*, keyed*, keyed*>, "most tests here are of what is gathered");
static_assert(!is_set_gathered<const std::string*, const std::string*, std::string*>);
static_assert(!is_set_gathered<const int*, const long*, long*>);
static_assert(!is_set_gathered<const int*, const int*, std::reference_wrapper<const int>*>, "it would refer to a copy");

/// So many that they are gathered, not fewer under sanitizers either: of any size, and output has no room in vain.
template <class T>
void gathers(pel::thread_pool& pool, std::mt19937_64& random) {
    for (const std::uint64_t kinds : {std::uint64_t{1}, std::uint64_t{1000}, std::uint64_t{1} << 40}) {
        std::vector<std::uint64_t> numbers[2];
        std::unique_ptr<T[]> inputs[2]; // not a vector<bool>
        for (int each = 0; each != 2; ++each) {
            numbers[each].resize(pel::detail::least_gathering / 2 + random() % 10'000);
            for (std::uint64_t& number : numbers[each]) number = static_cast<std::uint64_t>(T(random() % kinds));
            std::ranges::sort(numbers[each]);
            inputs[each] = std::make_unique<T[]>(numbers[each].size());
            std::ranges::transform(numbers[each], inputs[each].get(), [](std::uint64_t number) { return T(number); });
        }
        const auto agrees = [&](const auto& operation, const auto& by_std) {
            std::vector<std::uint64_t> expected;
            by_std(numbers[0], numbers[1], std::back_inserter(expected));
            const auto got = std::make_unique<T[]>(expected.size());
            T *const a = inputs[0].get(), *const b = inputs[1].get();
            T* const end = operation(par.on(pool), a, a + numbers[0].size(), b, b + numbers[1].size(), got.get());
            return std::equal(got.get(), end, expected.begin(), expected.end(),
                              [](T one, std::uint64_t other) { return static_cast<std::uint64_t>(one) == other; });
        };
        EXPECT_TRUE(agrees(pel::set_union, std::ranges::set_union)) << kinds;
        EXPECT_TRUE(agrees(pel::set_intersection, std::ranges::set_intersection)) << kinds;
        EXPECT_TRUE(agrees(pel::set_difference, std::ranges::set_difference)) << kinds;
        EXPECT_TRUE(agrees(pel::set_symmetric_difference, std::ranges::set_symmetric_difference)) << kinds;
    }
}
TEST_P(sets_with, numbers_of_all_sizes_are_gathered) {
    gathers<bool>(pool, random);
    gathers<std::uint8_t>(pool, random);
    gathers<std::uint16_t>(pool, random);
    gathers<std::uint64_t>(pool, random);
}

/// The first comparison with an element does not end before others have been made, so that what others gather is kept.
TEST_P(sets_with, what_cannot_be_placed_yet_is_kept) {
    if (GetParam() == 1) GTEST_SKIP() << "no other thread";
    const std::uint64_t n = 2 * pel::detail::least_gathering;
    std::vector<std::uint64_t> a(n), b(n), all(2 * n);
    for (std::uint64_t each = 0; each < n; ++each) {
        a[each] = 2 * each;
        b[each] = 2 * each + 1;
    }
    std::atomic<std::uint64_t> compared{0};
    const auto is_less = [&](std::uint64_t x, std::uint64_t y) {
        if (x == 0 || y == 0) {
            while (compared.load() < n / 4) std::this_thread::yield();
        } else {
            compared.fetch_add(1);
        }
        return x < y;
    };
    EXPECT_EQ(pel::set_union(par.on(pool).grain(1), a, b, all.begin(), is_less).out, all.end());
    for (std::uint64_t each = 0; each < all.size(); ++each) ASSERT_EQ(all[each], each);
}

TEST_P(sets_with, a_stop_ends_them) {
    std::vector<std::uint64_t> numbers(pel::detail::least_gathering), all(2 * numbers.size());
    std::iota(numbers.begin(), numbers.end(), std::uint64_t{0});
    std::stop_source source;
    const auto stop_in_the_middle = [&](std::uint64_t x, std::uint64_t y) {
        if (x == numbers.size() / 2) source.request_stop();
        return x < y;
    };
    EXPECT_THROW(
        pel::set_union(par.on(pool).stop(source.get_token()), numbers, numbers, all.begin(), stop_in_the_middle),
        pel::operation_cancelled);
}

/// Which compares "less or equal", and so says of equal elements that each is less. What comes out is nobody's business.
TEST_P(sets_with, what_is_no_order_ends) {
    std::vector<std::uint64_t> numbers(pel::detail::least_gathering), all(2 * numbers.size());
    for (std::uint64_t& number : numbers) number = random() % numbers.size();
    std::ranges::sort(numbers);
    const auto end = pel::set_union(par.on(pool), numbers, numbers, all.begin(), std::less_equal<>()).out;
    EXPECT_LE(end - all.begin(), std::ssize(all));
}

/// Output has no more room than some ranges of these sizes need.
template <class T>
void stay_in_bounds(pel::thread_pool& pool, std::mt19937_64& random, const std::vector<T>& a, const std::vector<T>& b) {
    const auto stays = [&](const auto& operation, std::uint64_t most) {
        const auto out = std::make_unique<T[]>(most);
        const auto policy = par.on(pool).grain(1 + random() % 64);
        EXPECT_LE(operation(policy, a, b, out.get()).out - out.get(), static_cast<std::ptrdiff_t>(most));
        EXPECT_LE(operation(par.on(pool).deterministic(), a, b, out.get()).out - out.get(),
                  static_cast<std::ptrdiff_t>(most));
    };
    stays(pel::set_union, a.size() + b.size());
    stays(pel::set_intersection, std::min(a.size(), b.size()));
    stays(pel::set_difference, a.size());
    stays(pel::set_symmetric_difference, a.size() + b.size());
    (void)pel::includes(par.on(pool).grain(1), a, b);
}

/// Under a thread sanitizer with one thread: who writes what is nobody's business either.
TEST_P(sets_with, what_is_not_in_order_stays_in_bounds) {
    if (pel_test::has_tsan && GetParam() != 1) GTEST_SKIP() << "ranges that are not sorted";
    stay_in_bounds<std::uint32_t>(pool, random, {9, 9, 9, 9, 9, 9, 9, 9, 5}, {5});
    for (std::uint64_t round = 0; round < pel_test::scaled(1'000); ++round) {
        std::vector<double> a(random() % 300), b(random() % 2 == 0 ? random() % 300 : random() % 9);
        const std::uint64_t keys = 1 + random() % 100;
        for (std::vector<double>* const each : {&a, &b}) {
            for (double& number : *each) number = static_cast<double>(random() % keys);
            if (random() % 2 == 0) std::ranges::sort(*each);
            if (!each->empty()) (*each)[random() % each->size()] = std::numeric_limits<double>::quiet_NaN();
        }
        stay_in_bounds(pool, random, a, b);
    }
    for (const std::uint64_t others : {std::uint64_t{1}, std::uint64_t{1000}, pel::detail::least_gathering}) {
        std::vector<std::uint32_t> a(pel::detail::least_gathering), b(others);
        for (std::uint32_t& each : a) each = static_cast<std::uint32_t>(random() % 1000);
        for (std::uint32_t& each : b) each = static_cast<std::uint32_t>(random() % 1000);
        stay_in_bounds(pool, random, a, b);
    }
}

/// Numbers in an order that a processor foresees, or not: what is written is the same, whichever way it is.
TEST_P(sets_with, runs_and_turns_may_be_of_any_length) {
    const std::uint64_t size = std::max(pel_test::scaled(100'000), 2 * pel::detail::least_gathering);
    const std::uint64_t lengths[] = {1, 2, 3, 5, 30, 1000, 50'000};
    for (const std::uint64_t length : lengths) {
        const auto [a, b] = pel_test::ranges_in_turns(size, length, random);
        std::vector<std::uint32_t> expected, got(size + 2);
        const auto agrees = [&](const auto& operation, const auto& by_std) {
            expected.clear();
            by_std(a, b, std::back_inserter(expected));
            const auto end = operation(par.on(pool), a.begin(), a.end(), b.begin(), b.end(), got.begin());
            return std::equal(got.begin(), end, expected.begin(), expected.end());
        };
        EXPECT_TRUE(agrees(pel::set_union, std::ranges::set_union)) << length;
        EXPECT_TRUE(agrees(pel::set_intersection, std::ranges::set_intersection)) << length;
        EXPECT_TRUE(agrees(pel::set_difference, std::ranges::set_difference)) << length;
        EXPECT_TRUE(agrees(pel::set_symmetric_difference, std::ranges::set_symmetric_difference)) << length;
    }
}

TEST(set_path, is_the_same_from_every_place_on_it) {
    std::mt19937 random{std::random_device{}()};
    const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        std::vector<unsigned> a(below(12)), b(below(12));
        const unsigned keys = 1 + below(6);
        for (unsigned& each : a) each = below(keys);
        for (unsigned& each : b) each = below(keys);
        std::ranges::sort(a);
        std::ranges::sort(b);
        std::less<> compare;
        std::identity same;
        using pointer = const unsigned*;
        const pel::detail::cross_order<pointer, pointer, std::less<>, std::identity, std::identity> order(compare, same,
                                                                                                          same);
        const pel::detail::set_path path{
            pel::detail::merge_path<pointer, pointer, decltype(order)>{a.data(), a.size(), b.data(), b.size(), order}};
        for (std::uint64_t k = 0; k <= a.size() + b.size(); ++k) {
            const pel::detail::set_place from = path.at(k);
            ASSERT_TRUE(from.first + from.second == k || from.first + from.second + 1 == k);
            for (std::uint64_t further = k; further <= a.size() + b.size(); ++further) {
                const pel::detail::set_place to = path.at(further), same_to = path.after(from, further);
                ASSERT_EQ(same_to.first, to.first) << k << ", " << further;
                ASSERT_EQ(same_to.second, to.second) << k << ", " << further;
                if (to.behind() < from.behind()) continue;
                const std::uint64_t middle = (from.behind() + to.behind()) / 2;
                ASSERT_EQ(path.between(from, to, middle).first, path.at(middle).first) << k << ", " << further;
                ASSERT_EQ(path.between(from, to, middle).second, path.at(middle).second) << k << ", " << further;
            }
        }
    }
}

TEST_P(sets_with, nobody_compares_more_often_than_promised) {
    std::atomic<std::uint64_t> comparisons{0};
    const auto counted = [&](const keyed& x, const keyed& y) {
        comparisons.fetch_add(1, std::memory_order_relaxed);
        return x.key < y.key;
    };
    const auto a = sorted_by_key(pel_test::scaled(50'000), 20'000, 0, random),
               b = sorted_by_key(a.size(), 20'000, 0, random);
    std::vector<keyed> out(a.size() + b.size());
    const std::uint64_t by_std = 2 * (a.size() + b.size());
    // Each block begins with a search: how long blocks are shall not depend on how fast this is.
    pel::set_union(par.on(pool).grain(4096), a, b, out.begin(), counted);
    const bool are_gathered = a.size() + b.size() >= pel::detail::least_gathering;
    EXPECT_LE(comparisons.load(), (GetParam() == 1 || are_gathered ? 1 : 2) * by_std + by_std / 8);
    comparisons = 0;
    pel::set_union(par.on(pool).grain(64), a, b, out.begin(), counted);
    EXPECT_LE(comparisons.load(), (GetParam() == 1 || are_gathered ? 1 : 2) * by_std + by_std);
    comparisons = 0;
    const std::vector<keyed> few{a.front(), a[a.size() / 2], a.back()};
    EXPECT_TRUE(pel::includes(par.on(pool), a, few, counted));
    EXPECT_LE(comparisons.load(), 500U);
}

TEST_P(sets_with, elements_of_different_types_and_ranges_of_all_kinds_will_do) {
    struct length_order {
        bool operator()(const std::string& a, std::size_t b) const { return a.size() < b; }
        bool operator()(std::size_t a, const std::string& b) const { return a < b.size(); }
    };
    const std::deque<std::string> texts{"", "a", "b", "dd", "ee", "ff", "hhhh"};
    const std::vector<std::size_t> lengths{1, 2, 2, 3, 3};
    std::vector<std::string> out(7);
    EXPECT_EQ(pel::set_difference(par.on(pool), texts, lengths, out.begin(), length_order()).out, out.begin() + 4);
    EXPECT_EQ(out, (std::vector<std::string>{"", "b", "ff", "hhhh", "", "", ""}));
    EXPECT_FALSE(pel::includes(texts.begin(), texts.end(), lengths.begin(), lengths.end(), length_order()));

    const std::list<std::string> list{"b", "b", "dd", "x"};
    std::vector<std::string> pushed;
    const auto ends = pel::set_union(par.on(pool), texts, list, std::back_inserter(pushed));
    EXPECT_EQ(ends.in1, texts.end());
    EXPECT_EQ(ends.in2, list.end());
    EXPECT_EQ(pushed, (std::vector<std::string>{"", "a", "b", "b", "dd", "ee", "ff", "hhhh", "x"}));
    pushed.clear();
    pel::set_intersection(seq, list.begin(), list.end(), texts.begin(), texts.end(), std::back_inserter(pushed));
    EXPECT_EQ(pushed, (std::vector<std::string>{"b", "dd"}));
    EXPECT_TRUE(pel::includes(seq, list, pushed));
    EXPECT_FALSE(pel::includes(list, texts));
}

TEST_P(sets_with, an_exception_arrives_and_the_pool_goes_on) {
    const auto a = sorted_by_key(pel_test::scaled(100'000), 1'000, 0, random);
    std::vector<keyed> out(2 * a.size());
    const auto last = a.back().key;
    const auto refuse = [&](const keyed& x, const keyed& y) {
        return x.key == last ? throw std::runtime_error("no") : x.key < y.key;
    };
    EXPECT_THROW(pel::set_union(par.on(pool), a, a, out.begin(), refuse), std::runtime_error);
    EXPECT_THROW(pel::includes(par.on(pool), a, a, refuse), std::runtime_error);
    EXPECT_EQ(pel::set_union(par.on(pool), a, a, out.begin(), by_key).out, out.begin() + std::ssize(a));
}

} // namespace set_operations_test
