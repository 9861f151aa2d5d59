// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// rearranging: what brings 10^7 doubles into another order, or takes some of them, other than sorts: merges, set operations,
// partitions, selection, removal, rotation, a shuffle; and sort_by_key of 64-bit keys and 32-bit numbers, for which peers
// sort pairs. Peers: std's algorithms, also with std::execution::par (which runs on TBB), and the GNU parallel mode, each
// with what it has. Every result is checked: its order, and all its elements in sum. Work: O(n), of the last O(n log n).
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace workload {

using numbers = std::vector<double>;

inline std::size_t size() { return bench::size(10'000'000, 100'000); }
inline constexpr auto is_small = [](double number) { return number < 0x1p63; };

/// The sum of what each element adds to a checksum that does not depend on the order.
inline std::uint64_t checksum(auto first, auto last) {
    std::uint64_t sum = 0;
    for (; first != last; ++first) {
        const std::uint64_t bits = std::bit_cast<std::uint64_t>(*first) * 0x9e37'79b9'7f4a'7c15;
        sum += bits ^ bits >> 32;
    }
    return sum;
}
inline std::uint64_t checksum(const numbers& all) { return checksum(all.begin(), all.end()); }
inline bool is_sorted(const numbers& all) { return std::is_sorted(all.begin(), all.end()); }

inline numbers random_numbers(std::size_t n, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    numbers all(n);
    for (double& each : all) each = static_cast<double>(random());
    return all;
}
inline numbers sorted_numbers(std::size_t n, std::uint64_t seed) {
    numbers all = random_numbers(n, seed);
    std::sort(all.begin(), all.end());
    return all;
}
/// Integers below n, so that two such ranges have many in common.
inline numbers sorted_integers(std::size_t n, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    numbers all(n);
    for (double& each : all) each = static_cast<double>(random() % n);
    std::sort(all.begin(), all.end());
    return all;
}

/// What an operation works on, and may change; all of it is there anew each time.
struct arrays {
    numbers first, second, out;
    std::size_t result = 0; ///< how far the returned iterator is from the first element

    auto middle() { return first.begin() + static_cast<std::ptrdiff_t>(first.size() / 2); }
    void returns(auto begin, auto end) { result = static_cast<std::size_t>(end - begin); }
};

/// make() makes what is worked on; is_right(before, after).
struct operation {
    const char* name;
    arrays (*make)();
    bool (*is_right)(const arrays& before, const arrays& after);
};

inline arrays one_range() { return {random_numbers(size()), {}, {}}; }
inline arrays two_integer_sets() {
    return {sorted_integers(size() / 2, 1), sorted_integers(size() / 2, 2), numbers(size())};
}
inline arrays runs() {
    numbers all = sorted_integers(size(), 1);
    return {std::move(all), {}, numbers(size())};
}

inline bool has_all(const arrays& before, const arrays& after) {
    return checksum(after.first) == checksum(before.first);
}
/// Of those that std takes, in their order.
inline bool is_as(const numbers& expected, const numbers& found, std::size_t result) {
    return result == expected.size() && std::equal(expected.begin(), expected.end(), found.begin());
}

inline constexpr operation merge{
    "rearrange_merge",
    [] { return arrays{sorted_numbers(size() / 2, 1), sorted_numbers(size() / 2, 2), numbers(size() / 2 * 2)}; },
    [](const arrays& before, const arrays& after) {
        return is_sorted(after.out) && checksum(after.out) == checksum(before.first) + checksum(before.second);
    }};
inline constexpr operation inplace_merge{
    "rearrange_inplace_merge",
    [] {
        arrays all = one_range();
        std::sort(all.first.begin(), all.middle());
        std::sort(all.middle(), all.first.end());
        return all;
    },
    [](const arrays& before, const arrays& after) { return is_sorted(after.first) && has_all(before, after); }};
inline constexpr operation set_union{"rearrange_set_union", two_integer_sets,
                                     [](const arrays& before, const arrays& after) {
                                         numbers expected;
                                         std::set_union(before.first.begin(), before.first.end(), before.second.begin(),
                                                        before.second.end(), std::back_inserter(expected));
                                         return is_as(expected, after.out, after.result);
                                     }};
inline constexpr operation set_intersection{
    "rearrange_set_intersection", two_integer_sets, [](const arrays& before, const arrays& after) {
        numbers expected;
        std::set_intersection(before.first.begin(), before.first.end(), before.second.begin(), before.second.end(),
                              std::back_inserter(expected));
        return is_as(expected, after.out, after.result);
    }};
inline constexpr operation partition{"rearrange_partition", one_range, [](const arrays& before, const arrays& after) {
                                         return std::is_partitioned(after.first.begin(), after.first.end(), is_small) &&
                                                has_all(before, after);
                                     }};
inline constexpr operation stable_partition{"rearrange_stable_partition", one_range,
                                            [](const arrays& before, const arrays& after) {
                                                numbers expected = before.first;
                                                std::stable_partition(expected.begin(), expected.end(), is_small);
                                                return after.first == expected;
                                            }};
inline constexpr operation nth_element{
    "rearrange_nth_element", one_range, [](const arrays& before, const arrays& after) {
        const auto middle = after.first.begin() + static_cast<std::ptrdiff_t>(after.first.size() / 2);
        return *std::max_element(after.first.begin(), middle) <= *middle &&
               *std::min_element(middle, after.first.end()) == *middle && has_all(before, after);
    }};
/// Its first hundredth.
inline constexpr operation partial_sort{
    "rearrange_partial_sort", one_range, [](const arrays& before, const arrays& after) {
        const auto end = after.first.begin() + static_cast<std::ptrdiff_t>(after.first.size() / 100);
        return std::is_sorted(after.first.begin(), end) && *std::min_element(end, after.first.end()) >= end[-1] &&
               has_all(before, after);
    }};
inline constexpr operation unique_copy{"rearrange_unique_copy", runs, [](const arrays& before, const arrays& after) {
                                           numbers expected;
                                           std::unique_copy(before.first.begin(), before.first.end(),
                                                            std::back_inserter(expected));
                                           return is_as(expected, after.out, after.result);
                                       }};
inline constexpr operation remove_if{"rearrange_remove_if", one_range, [](const arrays& before, const arrays& after) {
                                         numbers expected;
                                         std::remove_copy_if(before.first.begin(), before.first.end(),
                                                             std::back_inserter(expected), is_small);
                                         return is_as(expected, after.first, after.result);
                                     }};
inline constexpr operation reverse{"rearrange_reverse", one_range, [](const arrays& before, const arrays& after) {
                                       return std::equal(after.first.begin(), after.first.end(), before.first.rbegin());
                                   }};
/// By a half, and one element.
inline constexpr operation rotate{"rearrange_rotate", one_range, [](const arrays& before, const arrays& after) {
                                      arrays expected = before;
                                      std::rotate(expected.first.begin(), expected.middle() + 1, expected.first.end());
                                      return after.first == expected.first;
                                  }};
inline constexpr operation shuffle{
    "shuffle", [] { return arrays{sorted_numbers(size(), 1), {}, {}}; },
    [](const arrays& before, const arrays& after) { return !is_sorted(after.first) && has_all(before, after); }};

/// Registers run(workers, arrays).
template <class Workers, class Run>
void register_one(const operation& what, const char* runtime, unsigned counts, Run run) {
    const auto measure = [&what, run](benchmark::State& state, unsigned count) {
        const arrays original = what.make();
        arrays now = original;
        Workers workers(count);
        const auto restore = [&] {
            std::copy(original.first.begin(), original.first.end(), now.first.begin());
            std::fill(now.out.begin(), now.out.end(), 0.0);
        };
        bench::measure_changes(
            state, restore, [&] { workers.run([&] { run(workers, now); }); },
            [&] { return what.is_right(original, now); });
    };
    const bool is_quick = &what == &merge || &what == &nth_element || &what == &shuffle;
    const bench::registration one(what.name, runtime, counts, measure,
                                  is_quick ? bench::runs::all : bench::runs::unless_quick);
}

/// Keys, and which place each was at.
struct keyed {
    std::vector<std::uint64_t> keys;
    std::vector<std::uint32_t> places;

    keyed() : keys(size()), places(size()) {
        std::mt19937_64 random(1);
        for (std::uint64_t& each : keys) each = random();
        std::iota(places.begin(), places.end(), 0U);
    }
    bool is_sorted_from(const keyed& before) const {
        std::uint64_t sum = 0;
        for (std::size_t n = 0; n != keys.size(); ++n) {
            if (before.keys[places[n]] != keys[n] || (n != 0 && keys[n] < keys[n - 1])) return false;
            sum += places[n];
        }
        return sum == std::uint64_t{keys.size()} * (keys.size() - 1) / 2;
    }
};

/// Registers sort(workers, keyed), as sort_by_key.
template <class Workers, class Sort>
void register_by_key(const char* runtime, unsigned counts, Sort sort) {
    const bench::registration one("sort_by_key", runtime, counts, [sort](benchmark::State& state, unsigned count) {
        const keyed original;
        keyed now = original;
        Workers workers(count);
        bench::measure_changes(
            state, [&] { now = original; }, [&] { workers.run([&] { sort(workers, now); }); },
            [&] { return now.is_sorted_from(original); });
    });
}

/// For libraries that sort one range: sort(workers, first, last, less) of pairs, which are made, and taken apart.
template <class Workers, class Sort>
void register_pairs(const char* runtime, unsigned counts, Sort sort) {
    struct pair {
        std::uint64_t key;
        std::uint32_t place;
    };
    register_by_key<Workers>(runtime, counts, [sort](Workers& workers, keyed& all) {
        std::vector<pair> pairs(all.keys.size());
        for (std::size_t n = 0; n != pairs.size(); ++n) pairs[n] = {all.keys[n], all.places[n]};
        sort(workers, pairs.begin(), pairs.end(), [](const pair& a, const pair& b) { return a.key < b.key; });
        for (std::size_t n = 0; n != pairs.size(); ++n) {
            all.keys[n] = pairs[n].key;
            all.places[n] = pairs[n].place;
        }
    });
}

} // namespace workload
