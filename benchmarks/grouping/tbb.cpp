// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// oneTBB's concurrent maps, and counts of each thread.
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>
#include <tbb/concurrent_hash_map.h>
#include <tbb/concurrent_unordered_map.h>
#include <tbb/enumerable_thread_specific.h>

#include <atomic>

namespace {

using workers = bench::tbb_workers;
using workload::pair;

/// Calls body(element) for all.
template <class T>
void for_all(const std::vector<T>& all, const auto& body) {
    tbb::parallel_for(tbb::blocked_range<const T*>(all.data(), all.data() + all.size()), [&](const auto& part) {
        for (const T& one : part) body(one);
    });
}

std::vector<std::uint64_t> count(workers&, const std::vector<std::uint32_t>& numbers, std::size_t kinds) {
    using counts = std::vector<std::uint64_t>;
    tbb::enumerable_thread_specific<counts> all([kinds] { return counts(kinds); });
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, numbers.size()), [&](const auto& part) {
        counts& mine = all.local();
        for (std::size_t i = part.begin(); i != part.end(); ++i) ++mine[numbers[i]];
    });
    counts sum(kinds);
    for (const counts& one : all) std::transform(sum.begin(), sum.end(), one.begin(), sum.begin(), std::plus<>());
    return sum;
}

auto group(workers&, const std::vector<pair>& pairs) {
    using map = tbb::concurrent_hash_map<std::int64_t, std::vector<pair>>;
    map groups;
    for_all(pairs, [&groups](const pair& one) {
        map::accessor its;
        groups.insert(its, one.key);
        its->second.push_back(one);
    });
    return groups;
}

void sum(workers&, const std::vector<pair>& pairs, workload::sums& out) {
    tbb::concurrent_unordered_map<std::int64_t, std::atomic<std::int64_t>> sums;
    for_all(pairs, [&sums](const pair& one) {
        auto its = sums.find(one.key);
        if (its == sums.end()) its = sums.emplace(one.key, 0).first;
        its->second.fetch_add(one.value, std::memory_order_relaxed);
    });
    for (const auto& [key, value] : sums) out.add(key, value.load(std::memory_order_relaxed));
}

const bool histograms = workload::register_histograms<workers>("tbb", bench::each_count, count);
const bool groups = workload::register_groups<workers>("tbb", bench::each_count, group);
const bool sums = workload::register_sums<workers, false>("reduce_by_key", "tbb", bench::each_count, sum);

} // namespace
