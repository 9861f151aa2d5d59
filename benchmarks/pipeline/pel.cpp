// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_pipeline.hpp>

#include <optional>

namespace {

using workload::kind;

template <kind Stages, std::size_t Depth, std::size_t Stage>
auto make_stage(workload::later_stages<Stages, Depth>& stages) {
    const auto call = [&function = stages.template at<Stage>()](std::uint64_t value) { return function(value); };
    if constexpr (workload::is_parallel(Stages, Depth, Stage))
        return pel::parallel(call);
    else
        return pel::serial(call);
}

constexpr auto run = []<kind Stages, std::size_t Depth, std::size_t... Before>(
                         std::size_t lines, std::uint64_t tokens, std::index_sequence<Before...>) -> std::uint64_t {
    workload::later_stages<Stages, Depth> stages;
    std::uint64_t next = 0, sum = 0;
    pel::parallel_pipeline(lines, pel::serial([&]() -> std::optional<std::uint64_t> {
                               if (next == tokens) return std::nullopt;
                               return next++;
                           }),
                           make_stage<Stages, Depth, Before + 1>(stages)...,
                           pel::serial([&](std::uint64_t value) { sum += stages.template at<Depth - 1>()(value); }));
    return stages.checked(sum);
};

const workload::all_pipelines pipelines("pel", bench::each_count, workload::measured_on<bench::pel_workers>(run));

} // namespace
