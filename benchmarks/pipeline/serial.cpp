// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

using workload::kind;

template <kind Stages, std::size_t Depth, std::size_t... Before>
std::uint64_t run(std::uint64_t tokens, std::index_sequence<Before...>) {
    workload::later_stages<Stages, Depth> stages;
    std::uint64_t sum = 0;
    for (std::uint64_t next = 0; next != tokens; ++next) {
        std::uint64_t value = next;
        ((value = stages.template at<Before + 1>()(value)), ...);
        bench::hide(value);
        sum += value;
    }
    return stages.checked(sum);
}

const workload::all_pipelines
    pipelines("serial", 1, []<kind Stages, std::size_t Depth>(benchmark::State& state, unsigned, std::size_t) {
        std::uint64_t tokens = workload::tokens(Stages);
        bench::measure(state, workload::answer(tokens, Depth), [&] {
            bench::hide(tokens);
            return run<Stages, Depth>(tokens, std::make_index_sequence<Depth - 1>());
        });
    });

} // namespace
