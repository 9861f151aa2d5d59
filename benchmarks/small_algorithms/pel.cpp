// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "support/wake_counter.hpp"
#include "workload.hpp"

#include <pel/algorithm/copy_if.hpp>
#include <pel/algorithm/count.hpp>
#include <pel/algorithm/find.hpp>
#include <pel/algorithm/for_each.hpp>
#include <pel/algorithm/merge.hpp>
#include <pel/algorithm/min_max.hpp>
#include <pel/algorithm/reduce.hpp>
#include <pel/algorithm/scan.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/algorithm/transform.hpp>

namespace {

template <class Policy>
struct pel_library {
    Policy policy;

    void for_each(auto... given) const { pel::for_each(policy, given...); }
    void transform(auto... given) const { pel::transform(policy, given...); }
    auto reduce(auto... given) const { return pel::reduce(policy, given...); }
    void inclusive_scan(auto... given) const { pel::inclusive_scan(policy, given...); }
    auto find(auto... given) const { return pel::find(policy, given...); }
    auto count_if(auto... given) const { return pel::count_if(policy, given...); }
    auto copy_if(auto... given) const { return pel::copy_if(policy, given...); }
    auto min_element(auto... given) const { return pel::min_element(policy, given...); }
    void merge(auto... given) const { pel::merge(policy, given...); }
    void sort(auto... given) const { pel::sort(policy, given...); }
};

constexpr auto run_from_main = [](benchmark::State& state, const auto& call, unsigned n, unsigned workers) {
    bench::pel_workers pel(workers);
    const bench::wake_counter wakes(pel.pool());
    workload::measure_call(state, pel_library{pel.policy()}, call, n);
    wakes.report(state);
};

constexpr auto run_on_worker = [](benchmark::State& state, const auto& call, unsigned n, unsigned workers) {
    bench::pel_workers pel(workers);
    pel.run([&] { workload::measure_call(state, pel_library{pel::par}, call, n); });
};

const bool main_calls = workload::register_calls("pel", workload::from_main, 2, run_from_main);
const bool worker_calls = workload::register_calls("pel", workload::on_worker, 2, run_on_worker);

} // namespace
