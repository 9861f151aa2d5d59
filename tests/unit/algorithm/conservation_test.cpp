// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What moves elements loses none, wherever a token stops it and whatever memory it is refused; takes no more of that than
// it says; and counts its grain in elements, however large its blocks are.
// test label: algorithms
#include <pel/algorithm/copy_if.hpp>
#include <pel/algorithm/group_by.hpp>
#include <pel/algorithm/histogram.hpp>
#include <pel/algorithm/integer_sort.hpp>
#include <pel/algorithm/merge.hpp>
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/pack.hpp>
#include <pel/algorithm/partition.hpp>
#include <pel/algorithm/reduce_groups.hpp>
#include <pel/algorithm/remove.hpp>
#include <pel/algorithm/reverse.hpp>
#include <pel/algorithm/scan.hpp>
#include <pel/algorithm/shift.hpp>
#include <pel/algorithm/shuffle.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/algorithm/sort_by_key.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/allocations.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <new>
#include <span>
#include <thread>
#include <vector>

namespace conservation_test {

using pel::par;
using pel_test::move_only;

class conserving_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(conserving_with);

/// Stops at the n-th look.
struct impatient {
    std::atomic<int>* left;
    bool stop_requested() const noexcept { return left->fetch_sub(1, std::memory_order_relaxed) <= 0; }
};

/// Returns: n numbers, most of them several times, in no order.
template <class T>
std::vector<T> elements(std::uint32_t n) {
    std::vector<T> all;
    for (std::uint32_t i = 0; i < n; ++i) all.push_back(T(i * 2'654'435'761U % (n / 2 + 1)));
    return all;
}
bool is_there(const move_only& element) { return element.value != nullptr; }
bool is_there(std::uint32_t) { return true; }

/// Calls run(policy, elements), stopped at every look until one is too late. check(elements): what holds after a stop.
template <class T, class Run, class Check>
void stop_everywhere(pel::thread_pool& pool, std::uint32_t n, const Run& run, const Check& check) {
    const auto few_moves = par.on(pool).grain(8);
    bool is_stopped = true;
    for (int looks = 0; is_stopped; looks += 1 + (pel_test::sanitizer.empty() ? looks / 2 : 2 * looks)) {
        auto all = elements<T>(n);
        std::atomic<int> left{looks};
        try {
            run(few_moves.stop(impatient{&left}), all);
            is_stopped = false;
        } catch (const pel::operation_cancelled&) {
            check(all);
        }
        if (testing::Test::HasFailure()) FAIL() << "stopped at look " << looks;
    }
}
/// All elements are there, once each.
template <class T, class Run>
void conserves(pel::thread_pool& pool, std::uint32_t n, const Run& run) {
    auto expected = elements<T>(n);
    std::ranges::sort(expected);
    stop_everywhere<T>(pool, n, run, [&](std::vector<T>& all) {
        ASSERT_TRUE(std::ranges::all_of(all, [](const T& each) { return is_there(each); }));
        std::ranges::sort(all);
        ASSERT_EQ(all, expected);
    });
}

TEST_P(conserving_with, no_stop_loses_what_is_rotated_or_shifted) {
    constexpr std::uint32_t near = 40'000, far = 4 << 14; // with distances that are shared in other ways
    for (const std::int64_t distance : {3, 1 << 14, 20'000, 39'997}) {
        conserves<std::uint32_t>(pool, near, [=](const auto& policy, auto& all) {
            pel::rotate(policy, all.begin(), all.begin() + distance, all.end());
        });
    }
    for (const std::int64_t distance : {3, 1 << 14, 3 << 14}) {
        const auto original = elements<std::uint32_t>(far);
        stop_everywhere<std::uint32_t>(
            pool, far, [=](const auto& policy, auto& all) { pel::shift_left(policy, all, distance); },
            [&](const auto& all) {
                ASSERT_TRUE(std::equal(original.begin() + distance, original.end(), all.begin()));
            });
        stop_everywhere<std::uint32_t>(
            pool, far, [=](const auto& policy, auto& all) { pel::shift_right(policy, all, distance); },
            [&](const auto& all) { ASSERT_TRUE(std::equal(all.begin() + distance, all.end(), original.begin())); });
    }
    const auto original = elements<move_only>(2 << 14);
    stop_everywhere<move_only>(
        pool, 2 << 14, [](const auto& policy, auto& all) { pel::shift_left(policy, all, 7); },
        [&](const auto& all) { ASSERT_TRUE(std::equal(original.begin() + 7, original.end(), all.begin())); });
}

TEST_P(conserving_with, no_stop_loses_what_is_kept) {
    const auto is_kept_or_untouched = [](const auto& remove_by_std) {
        return [&remove_by_std](std::vector<move_only>& all) {
            auto kept = elements<move_only>(20'000);
            if (std::ranges::equal(all, kept, [](const move_only& a, const move_only& b) {
                    return is_there(a) && *a.value == *b.value;
                }))
                return;
            kept.erase(remove_by_std(kept), kept.end());
            ASSERT_TRUE(std::equal(kept.begin(), kept.end(), all.begin()));
        };
    };
    const move_only removed(7);
    const auto remove = [&](auto& all) { return std::remove(all.begin(), all.end(), removed); };
    stop_everywhere<move_only>(
        pool, 20'000, [&](const auto& policy, auto& all) { pel::remove(policy, all, removed); },
        is_kept_or_untouched(remove));
    const auto unique = [](auto& all) { return std::unique(all.begin(), all.end()); };
    stop_everywhere<move_only>(
        pool, 20'000, [](const auto& policy, auto& all) { pel::unique(policy, all); }, is_kept_or_untouched(unique));
}

TEST_P(conserving_with, no_stop_loses_what_is_sorted_or_shuffled) {
    constexpr std::uint32_t n = 20'000;
    conserves<move_only>(pool, n, [](const auto& policy, auto& all) { pel::stable_sort(policy, all); });
    conserves<move_only>(pool, n,
                         [](const auto& policy, auto& all) { pel::partial_sort(policy, all, all.begin() + n / 3); });
    conserves<move_only>(pool, n,
                         [](const auto& policy, auto& all) { pel::nth_element(policy, all, all.begin() + n / 3); });
    conserves<move_only>(pool, n, [](const auto& policy, auto& all) { pel::random_shuffle(policy, all, 5); });
    conserves<std::uint32_t>(pool, n, [](const auto& policy, auto& all) { pel::integer_sort(policy, all); });
    conserves<move_only>(pool, n, [](const auto& policy, auto& keys) {
        auto values = elements<move_only>(n);
        try {
            pel::sort_by_key(policy, keys, values);
        } catch (const pel::operation_cancelled&) {
            ASSERT_TRUE(std::ranges::all_of(values, [](const move_only& each) { return is_there(each); }));
            ASSERT_EQ(keys, values);
            throw;
        }
    });
}

#ifndef PEL_TEST_SANITIZED
constexpr std::uint32_t refused = 10'000; // elements

/// Calls run(elements), refused all memory from some allocation on, until it needs no more. Then check(elements).
template <class Run, class Check>
void refuse_everywhere(const Run& run, const Check& check) {
    bool has_enough = false;
    for (std::int64_t allowed = 0; !has_enough && allowed < 1'000; ++allowed) {
        auto all = elements<move_only>(refused);
        pel_test::allocations_left = allowed;
        try {
            run(all);
        } catch (const std::bad_alloc&) {
        }
        has_enough = pel_test::allocations_left >= 0;
        pel_test::allocations_left = std::numeric_limits<std::int64_t>::max();
        check(all);
        if (testing::Test::HasFailure()) FAIL() << "refused after " << allowed << " allocations";
    }
}

TEST(conserving, no_refused_memory_loses_elements) {
    pel::thread_pool pool(1);
    const auto policy = par.on(pool);
    const auto is_odd = [](const move_only& each) { return *each.value % 2 != 0; };
    auto expected = elements<move_only>(refused);
    std::ranges::sort(expected);
    const auto are_all_there = [&](auto& all) {
        ASSERT_TRUE(std::ranges::all_of(all, [](const move_only& each) { return is_there(each); }));
        std::ranges::sort(all);
        ASSERT_EQ(all, expected);
    };
    refuse_everywhere([&](auto& all) { pel::stable_partition(policy, all, is_odd); }, are_all_there);
    refuse_everywhere([&](auto& all) { pel::partition(policy, all, is_odd); }, are_all_there);
    refuse_everywhere([&](auto& all) { pel::stable_sort(policy, all); }, are_all_there);
    refuse_everywhere([&](auto& all) { pel::random_shuffle(policy, all, 5); }, are_all_there);

    std::vector<std::uint32_t> values;
    refuse_everywhere(
        [&](auto& keys) {
            values = elements<std::uint32_t>(refused);
            pel::sort_by_key(policy, keys, values);
        },
        [&](auto& keys) {
            if (values.size() != refused) return; // there was no memory for the test either
            ASSERT_TRUE(std::ranges::all_of(keys, [](const move_only& each) { return is_there(each); }));
            ASSERT_TRUE(std::ranges::equal(keys, values, {}, [](const move_only& each) { return *each.value; }));
            are_all_there(keys);
        });
    refuse_everywhere([&](auto& all) { pel::remove_if(policy, all, is_odd); },
                      [&](auto& all) {
                          const auto original = elements<move_only>(refused);
                          auto kept = elements<move_only>(refused);
                          kept.erase(std::remove_if(kept.begin(), kept.end(), is_odd), kept.end());
                          const bool is_complete = std::ranges::equal(
                              kept, std::span(all).first(kept.size()),
                              [](const move_only& a, const move_only& b) { return is_there(b) && a == b; });
                          ASSERT_TRUE(is_complete || std::ranges::equal(original, all));
                      });
}

/// Calls run(). Returns: the most bytes that it had at once, besides those that it has left, for each of n elements.
template <class Run>
double peak_of(std::uint64_t n, const Run& run) {
    const std::uint64_t before = pel_test::bytes_live;
    pel_test::most_bytes_live = before;
    [[maybe_unused]] const auto result = run(); // what it has made lives on
    const std::uint64_t left = pel_test::bytes_live - before;
    return static_cast<double>(pel_test::most_bytes_live - before - left) / static_cast<double>(n);
}

TEST(conserving, histograms_need_no_more_memory_where_groupings_are_to_be_the_same) {
    const std::vector<int> numbers(100'000, 7);
    pel::thread_pool pool(1);
    const std::uint64_t before = pel_test::bytes_allocated;
    const auto counts = pel::histogram(par.on(pool).deterministic(), numbers, 10'000);
    EXPECT_EQ(counts[7], 100'000U);
    EXPECT_LT(pel_test::bytes_allocated - before, 10 * 8 * 10'000U);
}

TEST(conserving, memory_is_what_is_documented) {
    pel::thread_pool pool(2);
    const auto policy = par.on(pool);
    constexpr std::uint32_t n = 1 << 19;
    constexpr double tables = 0.5, tables_of_buckets = 3, judged = 1.5; // bytes an element
    const auto numbers = elements<std::uint32_t>(n);
    std::vector<double> keys(numbers.begin(), numbers.end()), values = keys;
    const auto by_half = [](std::uint32_t a, std::uint32_t b) { return a / 2 < b / 2; };
    const auto is_odd = [](std::uint32_t each) { return each % 2 != 0; };
    const auto of_numbers = [&](const auto& run) {
        auto all = numbers;
        return peak_of(n, [&] { return run(all), 0; });
    };
    EXPECT_LE(of_numbers([&](auto& all) { pel::sort(policy, all); }), 4 + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::sort(policy, all, by_half); }), 4 + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::stable_sort(policy, all, by_half); }), 4 + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::random_shuffle(policy, all, 1); }), 4 + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::partition(policy, all, is_odd); }), judged + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::stable_partition(policy, all, is_odd); }), 4 + judged + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::remove_if(policy, all, is_odd); }), 2 + judged + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::nth_element(policy, all, all.begin() + n / 3); }), judged + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::rotate(policy, all.begin(), all.begin() + 9, all.end()); }), tables);
    EXPECT_LE(of_numbers([&](auto& all) { (void)pel::kth_smallest(policy, all, n / 3); }), 4 + judged + tables);
    EXPECT_LE(of_numbers([&](auto& all) { (void)pel::kth_smallest(policy, all, n / 3, by_half); }),
              8 + judged + tables);
    EXPECT_LE(peak_of(n, [&] { return pel::filter(policy, numbers, is_odd); }), judged + tables);
    EXPECT_LE(peak_of(n, [&] { return pel::sort_by_key(policy, keys, values); }), 32 + tables);
    EXPECT_LE(
        peak_of(n, [&] { return pel::sort_by_key(policy, keys, values, [](double a, double b) { return a < b; }), 0; }),
        12 + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::integer_sort(policy, all); }), 4 + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::inplace_merge(policy, all, all.begin() + n / 4, by_half); }),
              1 + tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::inclusive_scan(policy, all, all.begin()); }), tables);
    EXPECT_LE(of_numbers([&](auto& all) { pel::copy_if(policy, numbers, all.begin(), is_odd); }), judged + tables);
    EXPECT_LE(peak_of(n, [&] { return pel::pack(policy, numbers, numbers); }), judged + tables);
    EXPECT_LE(peak_of(n, [&] { return pel::top_k(policy, numbers, n / 512, by_half); }), 1);
    EXPECT_LE(peak_of(n, [&] { return pel::top_k(policy, numbers, n / 4, by_half); }), 4 + 1 + judged + tables);
    std::vector<std::uint32_t> least(n / 4);
    EXPECT_LE(peak_of(n, [&] { return pel::partial_sort_copy(policy, numbers, least, by_half), 0; }),
              4 + 1 + judged + tables);
    EXPECT_LE(peak_of(n, [&] { return pel::remove_duplicates(policy, numbers); }), 9 + tables);
    const auto few = [](std::uint32_t each) { return each % 8; };
    EXPECT_LE(peak_of(n, [&] { return pel::group_by(policy, numbers, few); }), 8 + tables);
    EXPECT_LE(peak_of(n / 2, [&] { return pel::group_by(policy, numbers, std::identity()); }), 2 * 8 + 80 + 4 + tables);
    EXPECT_LE(peak_of(n, [&] { return pel::reduce_groups(policy, numbers, few, std::identity()); }), tables);
    EXPECT_LE(peak_of(n, [&] { return pel::reduce_groups(policy, numbers, std::identity(), std::identity()); }),
              8 + tables_of_buckets);
    for (const std::uint32_t once : {3U, 10U, 30U, 45U}) { // of 100; all others are equal
        std::vector<std::uint32_t> mixed(n);
        for (std::uint32_t i = 0; i < n; ++i) mixed[i] = (i * 2'654'435'761U >> 8) % 100 < once ? i + 1 : 0;
        EXPECT_LE(peak_of(n, [&] { return pel::remove_duplicates(policy, mixed); }), 9 + tables) << once;
        EXPECT_LE(peak_of(n, [&] { return pel::group_by(policy, mixed, std::identity()); }),
                  8 + 4 + once * 84 / 100.0 + tables)
            << once;
        EXPECT_LE(peak_of(n, [&] { return pel::reduce_groups(policy, mixed, std::identity(), std::identity()); }),
                  8 + tables_of_buckets)
            << once;
    }
    for (const std::uint32_t phase : {0U, 1U}) { // the elements in step with the sample tell nothing of the others
        std::vector<std::uint32_t> periodic(n);
        for (std::uint32_t i = 0; i < n; ++i) periodic[i] = i % 32 == phase ? 0 : i;
        EXPECT_LE(peak_of(n, [&] { return pel::reduce_groups(policy, periodic, std::identity(), std::identity()); }),
                  8 + tables_of_buckets)
            << phase;
    }
    const std::vector<std::vector<std::uint32_t>> ranges(n / 4, {1, 2, 3, 4});
    EXPECT_LE(peak_of(n / 4, [&] { return pel::flatten(policy, ranges); }), 8 + tables);
}
#endif

/// Waits, the first time that it is called, and from the `skipped`-th time on, until another thread calls it too.
class meeting {
public:
    explicit meeting(int skipped) : skipped_(skipped) {}

    void attend() noexcept {
        if (are_two_.load(std::memory_order_relaxed) || skipped_.fetch_sub(1, std::memory_order_relaxed) > 0) return;
        std::thread::id nobody;
        const std::thread::id own = std::this_thread::get_id();
        if (!first_.compare_exchange_strong(nobody, own)) {
            if (nobody != own) are_two_ = true;
            return;
        }
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!are_two_ && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    }
    bool has_taken_place() const noexcept { return are_two_; }

private:
    std::atomic<int> skipped_;
    std::atomic<std::thread::id> first_{};
    std::atomic<bool> are_two_{false};
};

/// An element whose moves others hear of.
struct mover {
    static inline meeting* its_moves = nullptr;
    std::uint32_t value = 0;

    explicit mover(std::uint32_t number) noexcept : value(number) {}
    mover(mover&& other) noexcept : value(other.value) {
        if (its_moves != nullptr) its_moves->attend();
    }
    mover& operator=(mover&& other) noexcept {
        value = other.value;
        return *this;
    }
    ~mover() = default;
    friend auto operator<=>(const mover& a, const mover& b) noexcept { return a.value <=> b.value; }
    friend bool operator==(const mover& a, const mover& b) noexcept { return a.value == b.value; }
};

TEST(conserving, a_grain_counts_elements_not_blocks) {
    pel::thread_pool pool(2);
    const auto policy = par.on(pool).grain(1'000);
    const auto moves_are_shared = [&](const auto& run) {
        auto all = elements<mover>(1 << 16);
        meeting moves(0);
        mover::its_moves = &moves;
        run(all);
        mover::its_moves = nullptr;
        return moves.has_taken_place();
    };
    const auto is_odd = [](const mover& each) { return each.value % 2 != 0; };
    EXPECT_TRUE(moves_are_shared([&](auto& all) { pel::sort(policy, all); }));
    EXPECT_TRUE(moves_are_shared([&](auto& all) { pel::stable_sort(policy, all); }));
    EXPECT_TRUE(moves_are_shared([&](auto& all) { pel::random_shuffle(policy, all, 7); }));
    EXPECT_TRUE(moves_are_shared([&](auto& all) { pel::stable_partition(policy, all, is_odd); }));
    EXPECT_TRUE(moves_are_shared([&](auto& all) { pel::remove_if(policy, all, is_odd); }));

    const auto numbers = elements<std::uint32_t>(1 << 18);
    const auto keys_are_shared = [&](int skipped, const auto& run) {
        meeting keys(skipped);
        run([&keys](std::uint32_t number) {
            keys.attend();
            return number % 8;
        });
        return keys.has_taken_place();
    };
    constexpr int sampled = 40'000; // by the caller alone
    EXPECT_TRUE(keys_are_shared(1'000, [&](const auto& key) {
        auto all = numbers;
        pel::integer_sort(policy, all, key);
    }));
    EXPECT_TRUE(keys_are_shared(sampled, [&](const auto& key) { (void)pel::group_by(policy, numbers, key); }));
    EXPECT_TRUE(keys_are_shared(
        sampled, [&](const auto& key) { (void)pel::reduce_groups(policy, numbers, key, std::identity()); }));
}

TEST(conserving, fewer_elements_than_a_grain_are_not_shared) {
    pel::thread_pool pool(3);
    const auto numbers = elements<std::uint32_t>(1 << 17);
    std::vector<std::uint32_t> out(numbers.size());
    std::atomic<bool> has_helped{false};
    const auto here = std::this_thread::get_id();
    pel::copy_if(par.on(pool).grain(numbers.size()), numbers, out.begin(), [&](std::uint32_t number) {
        if (std::this_thread::get_id() != here) has_helped = true;
        return number % 2 != 0;
    });
    EXPECT_FALSE(has_helped);
}

} // namespace conservation_test
