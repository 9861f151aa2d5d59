// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_pipeline.h>

namespace {

using workload::kind;

template <kind Stages, std::size_t Depth, std::size_t Stage>
auto make_stage(workload::later_stages<Stages, Depth>& stages) {
    constexpr auto mode =
        workload::is_parallel(Stages, Depth, Stage) ? tbb::filter_mode::parallel : tbb::filter_mode::serial_in_order;
    return tbb::make_filter<std::uint64_t, std::uint64_t>(
        mode, [&function = stages.template at<Stage>()](std::uint64_t value) { return function(value); });
}

constexpr auto run = []<kind Stages, std::size_t Depth, std::size_t... Before>(
                         std::size_t lines, std::uint64_t tokens, std::index_sequence<Before...>) -> std::uint64_t {
    workload::later_stages<Stages, Depth> stages;
    std::uint64_t next = 0, sum = 0;
    const auto first = tbb::make_filter<void, std::uint64_t>(tbb::filter_mode::serial_in_order,
                                                             [&](tbb::flow_control& control) -> std::uint64_t {
                                                                 if (next != tokens) return next++;
                                                                 control.stop();
                                                                 return 0;
                                                             });
    const auto last = tbb::make_filter<std::uint64_t, void>(
        tbb::filter_mode::serial_in_order, [&](std::uint64_t value) { sum += stages.template at<Depth - 1>()(value); });
    tbb::parallel_pipeline(lines, (first & ... & make_stage<Stages, Depth, Before + 1>(stages)) & last);
    return stages.checked(sum);
};

const workload::all_pipelines pipelines("tbb", bench::each_count, workload::measured_on<bench::tbb_workers>(run));

} // namespace
