// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/algorithm/group_by.hpp>
#include <pel/algorithm/histogram.hpp>
#include <pel/algorithm/reduce_groups.hpp>
#include <pel/algorithm/segmented.hpp>

#include <ranges>

namespace {

using workers = bench::pel_workers;
using workload::pair;

void sum_runs(workers& on, const std::vector<pair>& pairs, workload::sums& out) {
    const auto ends =
        pel::reduce_by_key(on.policy(), std::views::transform(pairs, &pair::key),
                           std::views::transform(pairs, &pair::value), out.keys.begin(), out.values.begin());
    out.count = static_cast<std::size_t>(ends.first - out.keys.begin());
}

const bool histograms = workload::register_histograms<workers>(
    "pel", bench::each_count, [](workers& on, const std::vector<std::uint32_t>& numbers, std::size_t kinds) {
        return pel::histogram(on.policy(), numbers, kinds);
    });
const bool groups =
    workload::register_groups<workers>("pel", bench::each_count, [](workers& on, const std::vector<pair>& pairs) {
        return pel::group_by(on.policy(), pairs, &pair::key);
    });
const bool sums = workload::register_sums<workers, false>(
    "reduce_by_key", "pel", bench::each_count, [](workers& on, const std::vector<pair>& pairs, workload::sums& out) {
        for (const auto& [key, sum] : pel::reduce_groups(on.policy(), pairs, &pair::key, &pair::value))
            out.add(key, sum);
    });
const bool runs = workload::register_sums<workers, true>("reduce_runs", "pel", bench::each_count, sum_runs);

} // namespace
