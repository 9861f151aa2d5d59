// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// grouping: histograms of 10^7 numbers, of 256 and of 65536 kinds; group_by of 10^7 pairs of key and value, of few (10^3)
// and of many (n / 10) different keys; reduce_by_key, the sum of the values of each key: of the same pairs (PEL's
// reduce_groups; others sort them before where that is the way), and reduce_runs, of pairs with equal keys next to each
// other (PEL's reduce_by_key). Keys are sparse: no array can be indexed with them. Serial code: a hash table (serial), or a
// sort and one pass over the runs (serial_sort). Peers: oneTBB's concurrent maps; the sorts of std::execution::par and of
// the GNU parallel mode. What is given back, such as groups, is destroyed while nothing is timed. Work: O(n), with sorts
// O(n log n).
#pragma once

#include "support/benchmark.hpp"

#include "inputs.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace workload {

struct key_set {
    const char* name;
    std::size_t (*different)();
};
inline constexpr std::array<key_set, 2> key_sets{
    {{"few", [] { return std::size_t{1000}; }}, {"many", [] { return size() / 10; }}}};

inline void sum_runs(const std::vector<pair>& all, sums& out) {
    for (auto first = all.begin(); first != all.end();) {
        const std::int64_t key = first->key;
        std::int64_t sum = 0;
        for (; first != all.end() && first->key == key; ++first) sum += first->value;
        out.add(key, sum);
    }
}
inline std::vector<pair_group> groups_of_runs(const std::vector<pair>& all) {
    std::vector<pair_group> groups;
    for (auto first = all.begin(); first != all.end();) {
        const auto last = std::find_if(first, all.end(), [&](const pair& one) { return one.key != first->key; });
        groups.emplace_back(first->key, std::vector<pair>(first, last));
        first = last;
    }
    return groups;
}

/// Registers sum(workers, pairs, sums), which may change the pairs, and has to fill the sums.
template <class Workers, bool IsInRuns, class Sum>
bool register_sums(const char* name, const char* runtime, unsigned counts, Sum sum) {
    for (const key_set& keys : key_sets) {
        const auto run = [&keys, sum](benchmark::State& state, unsigned count) {
            const input& from = input_of<IsInRuns>(keys.different());
            std::vector<pair> pairs(from.pairs());
            sums found(from.different());
            Workers workers(count);
            const auto restore = [&] {
                std::copy(from.pairs().begin(), from.pairs().end(), pairs.begin());
                found.count = 0;
            };
            bench::measure_changes(
                state, restore, [&] { workers.run([&] { sum(workers, pairs, found); }); },
                [&] { return from.are_its_sums(found); });
        };
        const bench::registration one(std::string(name) + '_' + keys.name, runtime, counts, run);
    }
    return true;
}

/// Registers group(workers, pairs) -> pairs of a key and a vector of pairs; it may change what it is given.
template <class Workers, class Group>
bool register_groups(const char* runtime, unsigned counts, Group group) {
    for (const key_set& keys : key_sets) {
        const auto run = [&keys, group](benchmark::State& state, unsigned count) {
            const input& from = input_of<false>(keys.different());
            std::vector<pair> pairs(from.pairs());
            Workers workers(count);
            for (auto _ : state) {
                bool is_right = false;
                {
                    const auto found = workers.run([&] { return group(workers, pairs); });
                    state.PauseTiming();
                    is_right = from.are_its_groups(found);
                    std::copy(from.pairs().begin(), from.pairs().end(), pairs.begin());
                }
                state.ResumeTiming();
                if (!is_right) {
                    bench::fail(state);
                    break;
                }
            }
        };
        const bench::registration one(std::string("group_by_") + keys.name, runtime, counts, run);
    }
    return true;
}

/// Registers both for pairs that sort(workers, pairs) brings into runs.
template <class Workers, class Sort>
bool register_sorted(const char* runtime, unsigned counts, Sort sort) {
    const auto sum = [sort](Workers& on, std::vector<pair>& pairs, sums& out) {
        sort(on, pairs);
        sum_runs(pairs, out);
    };
    const auto group = [sort](Workers& on, std::vector<pair>& pairs) {
        sort(on, pairs);
        return groups_of_runs(pairs);
    };
    return register_sums<Workers, false>("reduce_by_key", runtime, counts, sum) &&
           register_groups<Workers>(runtime, counts, group);
}

/// Registers count(workers, numbers, kinds) -> std::vector<std::uint64_t>.
template <class Workers, class Count>
bool register_histograms(const char* runtime, unsigned counts, Count count_them) {
    for (const std::size_t kinds : {std::size_t{256}, std::size_t{65536}}) {
        const auto run = [kinds, count_them](benchmark::State& state, unsigned count) {
            const kinds_input& from = numbers_of(kinds);
            Workers workers(count);
            bench::measure(state, from.counts,
                           [&] { return workers.run([&] { return count_them(workers, from.numbers, kinds); }); });
        };
        const bench::registration one("histogram_" + std::to_string(kinds), runtime, counts, run);
    }
    return true;
}

} // namespace workload
