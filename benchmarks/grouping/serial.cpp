// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

#include "hash_table.hpp"

namespace {

using workers = bench::this_thread;
using workload::pair;

void sum_by_hash(workers&, const std::vector<pair>& pairs, workload::sums& out) {
    workload::hash_table<std::int64_t> sums;
    for (const pair& one : pairs) sums.find_or_add(one.key, 0) += one.value;
    sums.for_each([&out](std::int64_t key, std::int64_t sum) { out.add(key, sum); });
}

std::vector<workload::pair_group> group_by_hash(workers&, const std::vector<pair>& pairs) {
    workload::hash_table<std::uint32_t> numbers;
    std::vector<std::uint32_t> group_of(pairs.size()), count;
    std::vector<workload::pair_group> groups;
    for (std::size_t i = 0; i != pairs.size(); ++i) {
        const auto next = static_cast<std::uint32_t>(groups.size());
        const std::uint32_t number = group_of[i] = numbers.find_or_add(pairs[i].key, next);
        if (number == next) {
            groups.push_back({pairs[i].key, {}});
            count.push_back(0);
        }
        ++count[number];
    }
    for (std::size_t i = 0; i != groups.size(); ++i) groups[i].second.reserve(count[i]);
    for (std::size_t i = 0; i != pairs.size(); ++i) groups[group_of[i]].second.push_back(pairs[i]);
    return groups;
}

std::vector<std::uint64_t> count(workers&, const std::vector<std::uint32_t>& numbers, std::size_t kinds) {
    std::vector<std::uint64_t> counts(kinds);
    for (const std::uint32_t one : numbers) ++counts[one];
    return counts;
}

const bool histograms = workload::register_histograms<workers>("serial", 1, count);
const bool groups = workload::register_groups<workers>("serial", 1, group_by_hash);
const bool sums = workload::register_sums<workers, false>("reduce_by_key", "serial", 1, sum_by_hash);
const bool runs = workload::register_sums<workers, true>(
    "reduce_runs", "serial", 1,
    [](workers&, const std::vector<pair>& pairs, workload::sums& out) { workload::sum_runs(pairs, out); });
const bool sorts = workload::register_sorted<workers>("serial_sort", 1, [](workers&, std::vector<pair>& pairs) {
    std::sort(pairs.begin(), pairs.end(), workload::by_key);
});

} // namespace
