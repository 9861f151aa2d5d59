// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

constexpr auto run = [](benchmark::State& state, const auto& call, unsigned n, unsigned) {
    workload::measure_call(state, workload::std_library(), call, n);
};

const bool main_calls = workload::register_calls("serial", workload::from_main, 1, run);
const bool worker_calls = workload::register_calls("serial", workload::on_worker, 1, run);

} // namespace
