// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: merging
#include <pel/algorithm/merge.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <limits>
#include <list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace merge_test {

using pel::par;
using pel::seq;
using pel_test::keyed;
using pel_test::sorted_by_key;

class merge_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(merge_with);

constexpr auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };

std::vector<std::uint64_t> sizes_beside(std::uint64_t n, std::mt19937_64& random) {
    return {0, 1, n, 1 + n / 1000, random() % (n + 1)};
}

TEST_P(merge_with, two_ranges_are_merged_as_by_std_whatever_their_sizes) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 2, 100'000)) {
        for (const std::uint64_t m : sizes_beside(n, random)) {
            const std::uint64_t keys = random() % 2 == 0 ? 1 + n / 10 : 2 * n + 1;
            const auto a = sorted_by_key(m, keys, 0, random), b = sorted_by_key(n, keys, 1U << 31, random);
            std::vector<keyed> expected(m + n), got(m + n);
            std::merge(a.begin(), a.end(), b.begin(), b.end(), expected.begin(), by_key);
            ASSERT_EQ(pel::merge(par.on(pool), a.begin(), a.end(), b.begin(), b.end(), got.begin(), by_key), got.end());
            ASSERT_EQ(got, expected) << m << ", " << n;
            std::merge(b.begin(), b.end(), a.begin(), a.end(), expected.begin(), by_key);
            const auto ends =
                pel::merge(par.on(pool).grain(3), b, a, got.data(), std::less<>(), &keyed::key, &keyed::key);
            ASSERT_EQ(got, expected) << n << ", " << m;
            ASSERT_EQ(ends.in1, b.end());
            ASSERT_EQ(ends.in2, a.end());
            ASSERT_EQ(ends.out, got.data() + m + n);
        }
    }
}

/// Numbers in an order that a processor foresees, or not: what is written is the same, whichever way it is.
TEST_P(merge_with, runs_and_turns_may_be_of_any_length) {
    const std::uint64_t lengths[] = {1, 2, 3, 5, 30, 1000, 50'000};
    for (const std::uint64_t length : lengths) {
        const auto [a, b] = pel_test::ranges_in_turns(pel_test::scaled(100'000), length, random);
        std::vector<std::uint32_t> expected, got(a.size() + b.size());
        std::ranges::merge(a, b, std::back_inserter(expected));
        ASSERT_EQ(pel::merge(par.on(pool), a.begin(), a.end(), b.begin(), b.end(), got.begin()), got.end());
        ASSERT_EQ(got, expected) << length;
    }
}

TEST_P(merge_with, one_thread_alone_compares_no_more_than_promised) {
    const auto a = sorted_by_key(pel_test::scaled(50'000), 2'000, 0, random),
               b = sorted_by_key(pel_test::scaled(70'000), 2'000, 0, random);
    std::vector<keyed> out(a.size() + b.size());
    std::atomic<std::uint64_t> comparisons{0};
    const auto counted = [&](const keyed& x, const keyed& y) {
        comparisons.fetch_add(1, std::memory_order_relaxed);
        return x.key < y.key;
    };
    pel::merge(par.on(pool), a, b, out.begin(), counted);
    EXPECT_TRUE(std::ranges::is_sorted(out, {}, &keyed::key));
    EXPECT_LE(comparisons.load(), out.size() + out.size() * 8 / 100 + (GetParam() == 1 ? 0 : out.size()));
    comparisons = 0;
    const std::deque<keyed> apart(a.begin(), a.end()); // no look ahead pays here
    pel::merge(par.on(pool), apart, b, out.begin(), counted);
    EXPECT_LE(comparisons.load(), out.size() - 1 + (GetParam() == 1 ? 0 : out.size()));
    comparisons = 0;
    pel::inplace_merge(par.on(pool), out, out.begin() + std::ssize(a), counted);
    EXPECT_LE(comparisons.load(), 40U) << "two ranges that do not overlap are in their place already";
}

TEST_P(merge_with, elements_of_different_types_need_one_comparison_only) {
    struct whole {
        int value;
        operator double() const { return value; }
    };
    const auto is_less = [](const std::string& b, const whole& a) { return std::stod(b) < a; };
    struct either {
        double value = 0;
        either& operator=(const whole& other) { return value = other, *this; }
        either& operator=(const std::string& other) { return value = std::stod(other), *this; }
    };
    const std::vector<whole> numbers{{1}, {3}, {3}, {9}};
    const std::vector<std::string> texts{"-1.5", "2", "3.5", "8"};
    std::vector<either> out(8);
    pel::merge(par.on(pool), numbers, texts, out.begin(), is_less);
    EXPECT_TRUE(std::ranges::is_sorted(out, {}, &either::value));
}

TEST_P(merge_with, ranges_of_all_kinds_are_merged) {
    const std::list<std::string> list{"a", "c", "e"};
    const std::deque<std::string> deque{"a", "b", "d", "f"};
    const std::vector<std::string> expected{"a", "a", "b", "c", "d", "e", "f"};
    std::vector<std::string> out(7), pushed;
    pel::merge(par.on(pool), list, deque, out.begin());
    EXPECT_EQ(out, expected);
    pel::merge(seq, deque.begin(), deque.end(), list.begin(), list.end(), std::back_inserter(pushed));
    EXPECT_EQ(pushed, expected);
    std::deque<std::string> into(8);
    pel::merge(par.on(pool), deque, deque, into.begin());
    EXPECT_EQ(into, (std::deque<std::string>{"a", "a", "b", "b", "d", "d", "f", "f"}));
    std::vector<bool> bits(3'000, true);
    bits[0] = bits[1'000] = bits[2'999] = false;
    std::sort(bits.begin(), bits.begin() + 1'700);
    std::sort(bits.begin() + 1'700, bits.end());
    pel::inplace_merge(par.on(pool).grain(3), bits, bits.begin() + 1'700);
    EXPECT_TRUE(std::ranges::is_sorted(bits));
}

/// As keyed, but its moves might throw: there is no buffer for such.
struct suspicious : keyed {
    suspicious() = default;
    explicit suspicious(const keyed& other) : keyed(other) {}
    suspicious(const suspicious&) = default;
    suspicious(suspicious&& other) noexcept(false) : keyed(other) {}
    suspicious& operator=(const suspicious&) = default;
    suspicious& operator=(suspicious&& other) noexcept(false) { return keyed::operator=(other), *this; }
};

template <class Container, class... Policies>
void merges_in_place(const std::vector<keyed>& a, const std::vector<keyed>& b, const Policies&... policies) {
    std::vector<keyed> expected(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), expected.begin(), by_key);
    const auto with = [&](const auto& policy) {
        Container got;
        for (const keyed& each : a) got.emplace_back(each);
        for (const keyed& each : b) got.emplace_back(each);
        const auto middle = std::next(got.begin(), std::ssize(a));
        const auto end = pel::inplace_merge(policy, got, middle, std::less<>(), &keyed::key);
        ASSERT_EQ(end, got.end());
        ASSERT_TRUE(std::ranges::equal(got, expected)) << a.size() << ", " << b.size();
    };
    (with(policies), ...);
}

TEST_P(merge_with, merges_in_place_whatever_the_sizes) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 2, 100'000)) {
        for (const std::uint64_t m : sizes_beside(n, random)) {
            const std::uint64_t keys = random() % 2 == 0 ? 1 + n / 10 : 2 * n + 1;
            const auto a = sorted_by_key(m, keys, 0, random), b = sorted_by_key(n, keys, 1U << 31, random);
            merges_in_place<std::vector<keyed>>(a, b, par.on(pool).grain(1024), par.on(pool).grain(3));
            merges_in_place<std::vector<keyed>>(b, a, par.on(pool).grain(1024), par.on(pool).grain(3));
            std::vector<keyed> elements(a);
            elements.insert(elements.end(), b.begin(), b.end());
            pel::inplace_merge(par.on(pool), elements.begin(), elements.begin() + std::ssize(a), elements.end(),
                               by_key);
            ASSERT_TRUE(std::ranges::is_sorted(elements,
                                               [](const keyed& x, const keyed& y) {
                                                   return x.key != y.key ? x.key < y.key : x.position < y.position;
                                               }))
                << m << ", " << n;
        }
    }
}

TEST_P(merge_with, merges_in_place_without_a_buffer_too_and_what_is_not_a_vector) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 1, 20'000)) {
        const std::uint64_t m = random() % (n + 1);
        const auto a = sorted_by_key(m, n + 1, 0, random), b = sorted_by_key(n, n + 1, 1U << 31, random);
        merges_in_place<std::vector<suspicious>>(a, b, par.on(pool).grain(3));
        merges_in_place<std::vector<suspicious>>(b, a, par.on(pool).grain(3));
        merges_in_place<std::deque<keyed>>(b, a, par.on(pool).grain(3));
        merges_in_place<std::list<keyed>>(a, b, seq);
    }
}

/// A move_only that counts as one whose moves may throw.
struct suspicious_move_only : pel_test::move_only {
    using move_only::move_only;
    suspicious_move_only(suspicious_move_only&& other) noexcept(false) : move_only(std::move(other)) {}
    suspicious_move_only& operator=(suspicious_move_only&& other) noexcept(false) {
        return move_only::operator=(std::move(other)), *this;
    }
};

template <class T>
std::vector<T> two_sorted_ranges(std::uint32_t m, std::uint32_t n) {
    std::vector<T> elements;
    for (std::uint32_t i = 0; i < m; ++i) elements.emplace_back(i * 3 / 2);
    for (std::uint32_t i = 0; i < n; ++i) elements.emplace_back(1 + i * 4 / 3);
    return elements;
}

/// Merges; comparison `fatal`, counted from 0, throws. Checks that no element is lost. Returns: whether it threw.
template <class T, class Policy>
bool survives(const Policy& policy, std::uint32_t m, std::uint32_t n, int fatal) {
    auto elements = two_sorted_ranges<T>(m, n);
    std::atomic<int> left{fatal};
    const auto compare = [&](const T& a, const T& b) {
        return left.fetch_sub(1, std::memory_order_relaxed) == 0 ? throw std::runtime_error("no") : a < b;
    };
    bool has_thrown = false;
    try {
        pel::inplace_merge(policy, elements.begin(), elements.begin() + m, elements.end(), compare);
    } catch (const std::runtime_error&) {
        has_thrown = true;
    }
    EXPECT_TRUE(std::ranges::all_of(elements, [](const T& each) { return each.value != nullptr; })) << fatal;
    auto expected = two_sorted_ranges<T>(m, n);
    std::ranges::sort(expected);
    if (has_thrown && !testing::Test::HasFailure()) std::ranges::sort(elements);
    EXPECT_TRUE(testing::Test::HasFailure() || std::ranges::equal(elements, expected)) << fatal;
    return has_thrown;
}
template <class T, class Policy>
void survives_all_throws(const Policy& policy, std::uint32_t m, std::uint32_t n) {
    int fatal = 0;
    while (survives<T>(policy, m, n, fatal)) fatal += m < 50 ? 1 : 1 + fatal / 3;
    EXPECT_GT(fatal, 0);
}

TEST_P(merge_with, no_element_is_lost_whichever_comparison_throws) {
    for (const std::uint32_t n : {1U, 2U, 7U, 20U, 33U}) {
        survives_all_throws<pel_test::move_only>(par.on(pool).grain(3), n, 23);
        survives_all_throws<pel_test::move_only>(par.on(pool).grain(1), 22, n);
        survives_all_throws<pel_test::move_only>(seq, 9, n);
        survives_all_throws<suspicious_move_only>(par.on(pool).grain(3), n, 23);
    }
    survives_all_throws<pel_test::move_only>(par.on(pool).grain(16), 2'000, 3'000);
    survives_all_throws<pel_test::move_only>(par.on(pool).grain(16), 3'000, 2'000);
}

/// Stops at the n-th look.
struct impatient {
    std::atomic<int>* left;
    bool stop_requested() const noexcept { return left->fetch_sub(1, std::memory_order_relaxed) <= 0; }
};

TEST_P(merge_with, no_element_is_lost_by_a_stop) {
    auto expected = two_sorted_ranges<pel_test::move_only>(700, 500);
    std::ranges::sort(expected);
    bool is_stopped = true;
    for (int looks = 0; is_stopped; looks += 1 + looks / 8) {
        auto elements = two_sorted_ranges<pel_test::move_only>(700, 500);
        std::atomic<int> left{looks};
        try {
            pel::inplace_merge(par.on(pool).grain(8).stop(impatient{&left}), elements, elements.begin() + 700);
            is_stopped = false;
        } catch (const pel::operation_cancelled&) {
            ASSERT_TRUE(std::ranges::all_of(elements, [](const auto& each) { return each.value != nullptr; })) << looks;
            std::ranges::sort(elements);
        }
        ASSERT_EQ(elements, expected) << looks;
    }
}

/// What comes out is nobody's business, but it is what went in.
TEST_P(merge_with, no_element_is_lost_where_there_is_no_order) {
    std::vector<double> numbers(8192, 5.0);
    std::fill(numbers.begin() + 4096, numbers.end(), 1.0);
    numbers[4096 + 1023] = std::numeric_limits<double>::quiet_NaN();
    const std::uint64_t bits = pel_test::sum_of_bits(numbers);
    pel::inplace_merge(par.on(pool), numbers, numbers.begin() + 4096);
    EXPECT_EQ(pel_test::sum_of_bits(numbers), bits);
    for (std::uint64_t round = 0; round < pel_test::scaled(200); ++round) {
        std::vector<pel_test::move_only> elements;
        for (std::uint64_t each = 0; each < 500; ++each)
            elements.emplace_back(static_cast<std::uint32_t>(random() % 90));
        std::vector<std::uint32_t> expected, got;
        for (const auto& each : elements) expected.push_back(*each.value);
        const auto middle = elements.begin() + static_cast<std::ptrdiff_t>(random() % 501);
        pel::inplace_merge(par.on(pool).grain(1 + random() % 8), elements, middle);
        for (const auto& each : elements) got.push_back(each.value != nullptr ? *each.value : 1000);
        std::ranges::sort(expected);
        std::ranges::sort(got);
        ASSERT_EQ(got, expected);
        std::vector<std::uint32_t> merged(1000);
        pel::merge(par.on(pool).grain(1 + random() % 200), expected,
                   elements | std::views::transform([](const auto& each) { return *each.value; }), merged.begin());
        std::ranges::sort(merged);
        for (std::uint64_t each = 0; each != 1000; ++each) EXPECT_LT(merged[each], 90U);
    }
}

TEST(merge, takes_a_million) {
    pel::thread_pool pool(2);
    const auto n = static_cast<std::uint32_t>(pel_test::scaled(1'000'000));
    std::vector<keyed> a(n), b(n / 2), expected(n + n / 2), got(n + n / 2);
    for (std::uint32_t i = 0; i < n; ++i) a[i] = {i * 2 / 5, i};
    for (std::uint32_t i = 0; i < n / 2; ++i) b[i] = {i * 5 / 7, n + i};
    std::merge(a.begin(), a.end(), b.begin(), b.end(), expected.begin(), by_key);
    EXPECT_EQ(pel::merge(par.on(pool), a.begin(), a.end(), b.begin(), b.end(), got.begin(), by_key), got.end());
    EXPECT_TRUE(got == expected);
    std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), got.begin()));
    pel::inplace_merge(par.on(pool), got.begin(), got.begin() + std::ssize(a), got.end(), by_key);
    EXPECT_TRUE(got == expected);
}

/// Counted as long as it lives. Of copies and moves the n-th throws; then nothing has changed.
struct refusing {
    static inline std::atomic<std::int64_t> alive{0}, left{-1};
    std::uint32_t value = 0;

    refusing() noexcept { ++alive; }
    explicit refusing(std::uint32_t number) noexcept : value(number) { ++alive; }
    refusing(const refusing& other) : value(other.value) {
        refuse();
        ++alive;
    }
    refusing& operator=(const refusing& other) {
        refuse();
        value = other.value;
        return *this;
    }
    ~refusing() { --alive; }
    friend auto operator<=>(const refusing& a, const refusing& b) noexcept { return a.value <=> b.value; }
    friend bool operator==(const refusing& a, const refusing& b) noexcept { return a.value == b.value; }

private:
    static void refuse() {
        if (left.load(std::memory_order_relaxed) >= 0 && left.fetch_sub(1) == 0) throw std::runtime_error("no");
    }
};

TEST_P(merge_with, a_copy_that_throws_is_heard_and_leaves_all_objects) {
    for (const std::uint32_t n : {3U, 30'000U}) {
        const auto a = two_sorted_ranges<refusing>(n, 0), b = two_sorted_ranges<refusing>(0, n);
        const auto old_a = a, old_b = b;
        std::vector<refusing> out(2 * n);
        const std::int64_t alive = refusing::alive;
        for (const std::int64_t fatal : {0U, n / 3, 2 * n - 1}) {
            refusing::left = fatal;
            EXPECT_THROW(pel::merge(par.on(pool), a, b, out.begin()), std::runtime_error);
            refusing::left = -1;
            ASSERT_EQ(refusing::alive, alive) << n << ' ' << fatal;
            ASSERT_TRUE(a == old_a && b == old_b) << n << ' ' << fatal;
        }
        pel::merge(par.on(pool), a, b, out.begin());
        ASSERT_TRUE(std::ranges::is_sorted(out));
    }
}

// Promised then, as by std: all objects live on. What was on its way may be lost, that is one element.
TEST_P(merge_with, a_copy_that_throws_in_place_loses_one_element_at_most) {
    for (const std::uint32_t n : {1U, 20U, 3'000U}) {
        bool has_thrown = true;
        for (std::int64_t fatal = 0; has_thrown; fatal += n < 100 ? 1 : 1 + fatal / 2) {
            std::vector<refusing> elements;
            elements.reserve(2 * n);
            for (std::uint32_t i = 0; i < n; ++i) elements.emplace_back(2 * i + 1);
            for (std::uint32_t i = 0; i < n; ++i) elements.emplace_back(2 * i);
            refusing::left = fatal;
            has_thrown = false;
            try {
                pel::inplace_merge(par.on(pool), elements.begin(), elements.begin() + n, elements.end());
            } catch (const std::runtime_error&) {
                has_thrown = true;
            }
            refusing::left = -1;
            ASSERT_EQ(refusing::alive, 2 * n) << n << ' ' << fatal;
            std::vector<bool> is_there(2 * n);
            for (const refusing& each : elements) is_there.at(each.value) = true;
            ASSERT_LE(std::ranges::count(is_there, false), has_thrown ? 1 : 0) << n << ' ' << fatal;
        }
    }
    EXPECT_EQ(refusing::alive, 0);
}

TEST_P(merge_with, an_exception_arrives_and_the_pool_goes_on) {
    const auto a = sorted_by_key(pel_test::scaled(100'000), 1'000, 0, random);
    std::vector<keyed> out(2 * a.size());
    const auto last = std::prev(a.end())->key;
    const auto refuse = [&](const keyed& x, const keyed& y) {
        return x.key == last ? throw std::runtime_error("no") : x.key < y.key;
    };
    EXPECT_THROW(pel::merge(par.on(pool), a, a, out.begin(), refuse), std::runtime_error);
    pel::merge(par.on(pool), a, a, out.begin(), by_key);
    EXPECT_TRUE(std::ranges::is_sorted(out, {}, &keyed::key));
}

} // namespace merge_test
