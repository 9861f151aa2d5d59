// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How often sorts compare: orders that sorts have found hard, and an opponent who decides what is less as it is asked.
// Bounds are what an analysis of the algorithms gives, in comparisons for each of n elements; log is log2 n.
// test label: sorting
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/sort.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <limits>
#include <mutex>
#include <numeric>
#include <vector>

namespace comparisons_test {

using pel::par;
using pel_test::order;
using numbers = std::vector<std::uint32_t>;

class comparisons_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(comparisons_with);

std::uint64_t log_of(std::uint64_t n) { return static_cast<std::uint64_t>(std::bit_width(n)); }

/// Calls by many threads, each of which counts in a place of its own as a rule.
class call_count {
public:
    void add() noexcept { counts_[place()].calls.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (const one& each : counts_) sum += each.calls.load();
        return sum;
    }

private:
    struct alignas(64) one {
        std::atomic<std::uint64_t> calls{0};
    };
    static std::size_t place() noexcept {
        static std::atomic<std::size_t> threads{0};
        thread_local const std::size_t mine = threads.fetch_add(1) % 16;
        return mine;
    }
    std::array<one, 16> counts_;
};

/// Every median of three is the second least of all. Source: D. Musser, "Introspective Sorting and Selection", 1997.
numbers median_of_three_killer(std::uint32_t n) {
    numbers all(n);
    const std::uint32_t half = n / 2;
    for (std::uint32_t i = 1; i <= half; ++i) {
        if (i % 2 == 1) {
            all[i - 1] = i;
            if (i < half) all[i] = half + i;
        }
        all[half + i - 1] = 2 * i;
    }
    return all;
}

/// Rearrange: rearrange(elements, less). Most: most(n), how many comparisons it may take.
template <class Rearrange, class Most>
void compares_at_most(std::mt19937_64& random, const Rearrange& rearrange, const Most& most) {
    const std::uint64_t n = pel_test::scaled(100'000);
    std::vector<numbers> inputs{median_of_three_killer(static_cast<std::uint32_t>(n))};
    for (const order kind : pel_test::all_orders) inputs.push_back(pel_test::numbers_in(kind, n, random));
    for (std::size_t input = 0; input < inputs.size(); ++input) {
        call_count calls;
        rearrange(inputs[input], [&calls](std::uint32_t a, std::uint32_t b) {
            calls.add();
            return a < b;
        });
        EXPECT_LE(calls.total(), most(n)) << "input " << input;
    }
}

// Buckets are found in log of their number and one more, and hold about 1000 elements, for which quick sort by medians of
// three expects 12 / 7 ln: 1.2 log. Insertion sort of a few costs no more than that; merge sort never needs more than log.
// So 2 log leaves room for uneven buckets, and none for anything that grows faster.
TEST_P(comparisons_with, of_sorts_are_n_log_n_whatever_the_order) {
    const auto most = [](std::uint64_t n) { return 2 * n * log_of(n); };
    compares_at_most(
        random, [&](numbers& elements, const auto& less) { pel::sort(par.on(pool), elements, less); }, most);
    compares_at_most(
        random, [&](numbers& elements, const auto& less) { pel::stable_sort(par.on(pool), elements, less); }, most);
}

TEST_P(comparisons_with, are_one_for_each_element_that_is_sorted_already_or_the_other_way_round) {
    for (const order kind : {order::sorted, order::reversed, order::all_equal}) {
        numbers elements = pel_test::numbers_in(kind, 50'000, random), again = elements;
        call_count calls;
        const auto less = [&calls](std::uint32_t a, std::uint32_t b) {
            calls.add();
            return a < b;
        };
        pel::sort(par.on(pool), elements, less);
        pel::stable_sort(par.on(pool), again, less);
        EXPECT_LE(calls.total(), 2 * elements.size()) << static_cast<int>(kind);
    }
}

// A round takes a comparison of each element, and two more if many may be equal; it leaves about half at most, the next
// one hardly any: 6 n. Two more for the sorted samples of 1024 elements, and for the last few thousands.
TEST_P(comparisons_with, of_a_selection_are_a_few_for_each_element) {
    compares_at_most(
        random,
        [&](numbers& elements, const auto& less) {
            pel::nth_element(par.on(pool), elements, elements.begin() + std::ssize(elements) / 2, less);
        },
        [](std::uint64_t n) { return 8 * n; });
}

/// What elements are is decided when they are compared: whichever makes the last pivot the least of what is undecided.
/// No answer contradicts an earlier one. Elements are numbers below n. Thread safety: any thread.
/// Source: M. D. McIlroy, "A Killer Adversary for Quicksort", 1999.
class opponent {
public:
    /// Three are decided, so that 0 to n - 1 are not sorted.
    explicit opponent(std::uint32_t n) : values_(n, undecided) {
        for (const std::uint32_t first : {1U, 0U, 2U}) values_[first] = decided_++;
    }

    bool is_less(std::uint32_t a, std::uint32_t b) {
        const std::lock_guard hold(mutex_);
        ++comparisons_;
        if (values_[a] == undecided && values_[b] == undecided) values_[a == pivot_ ? a : b] = decided_++;
        if (values_[a] == undecided)
            pivot_ = a;
        else if (values_[b] == undecided)
            pivot_ = b;
        return values_[a] < values_[b];
    }
    /// After the sort: what was never decided is equal, and the greatest.
    std::uint32_t value(std::uint32_t element) const { return values_[element]; }
    std::uint64_t comparisons() const { return comparisons_; }

private:
    static constexpr std::uint32_t undecided = std::numeric_limits<std::uint32_t>::max();
    std::mutex mutex_;
    numbers values_;
    std::uint32_t decided_ = 0, pivot_ = 0; // the last one that was undecided
    std::uint64_t comparisons_ = 0;
};

/// Rearrange: rearrange(elements, less) -> [begin, end), which has to be in order; the rest not less than what precedes
/// it, not greater than what follows. Most: most(n), how many comparisons it may take.
template <class Rearrange, class Most>
void withstands(const Rearrange& rearrange, const Most& most) {
    for (const std::uint32_t n : {100U, 8'000U, 12'000U}) { // of which the last has buckets
        opponent asked(n);
        numbers elements(n);
        std::iota(elements.begin(), elements.end(), 0U);
        const auto [begin, end] =
            rearrange(elements, [&asked](std::uint32_t a, std::uint32_t b) { return asked.is_less(a, b); });
        EXPECT_LE(asked.comparisons(), most(n)) << n;
        const auto is_less = [&](std::uint32_t a, std::uint32_t b) { return asked.value(a) < asked.value(b); };
        EXPECT_TRUE(std::is_sorted(begin, end, is_less)) << n;
        EXPECT_TRUE(std::all_of(elements.begin(), begin, [&, at = begin](auto each) { return !is_less(*at, each); }));
        EXPECT_TRUE(std::all_of(end, elements.end(), [&, at = end - 1](auto each) { return !is_less(each, *at); }));
        std::ranges::sort(elements);
        for (std::uint32_t each = 0; each < n; ++each) ASSERT_EQ(elements[each], each);
    }
}
constexpr auto whole = [](numbers& elements) { return std::pair(elements.begin(), elements.end()); };

// An element is in at most log to the base 8 / 7, 5.2 log, ranges that are cut well, each with a comparison to part it, and
// one if it seemed to be sorted; in log + 1 that are cut badly; then in a heap of 2 log + 2. Each range of 24 or more costs
// 12 for its pivot, half a comparison for each: 3.1 log. Insertion sort of less: 23. Buckets: 9, and the sample.
std::uint64_t most_of_sort(std::uint64_t n) { return n * (17 * log_of(n) + 40); }

TEST_P(comparisons_with, of_a_sort_are_n_log_n_whoever_decides) {
    withstands(
        [&](numbers& elements, const auto& less) {
            pel::sort(par.on(pool), elements, less);
            return whole(elements);
        },
        most_of_sort);
}

// One in each of log - 3 merges, 7.5 for runs of 16, one to see whether all is sorted; buckets that take no part of the
// work 9, and a quick sort of each 64th.
TEST_P(comparisons_with, of_a_stable_sort_are_n_log_n_whoever_decides) {
    withstands(
        [&](numbers& elements, const auto& less) {
            pel::stable_sort(par.on(pool), elements, less);
            return whole(elements);
        },
        [](std::uint64_t n) { return n * (log_of(n) + 16) + most_of_sort(n) / 64; });
}

// A round takes two of each element that is left. 16 for those that leave 7 / 8 at most, 2 log + 2 for others, of which
// there are log + 1, then a heap of 2 log + 2.
std::uint64_t most_of_selection(std::uint64_t n) { return n * (4 * log_of(n) + 22); }

TEST_P(comparisons_with, of_a_selection_are_n_log_n_whoever_decides) {
    withstands(
        [&](numbers& elements, const auto& less) {
            const auto nth = elements.begin() + std::ssize(elements) / 2;
            pel::nth_element(par.on(pool), elements, nth, less);
            return std::pair(nth, nth + 1);
        },
        most_of_selection);
    withstands(
        [&](numbers& elements, const auto& less) {
            const auto middle = elements.begin() + std::ssize(elements) / 2;
            pel::partial_sort(par.on(pool), elements, middle, less);
            return std::pair(elements.begin(), middle);
        },
        [](std::uint64_t n) { return most_of_selection(n) + most_of_sort(n / 2); });
}

} // namespace comparisons_test
