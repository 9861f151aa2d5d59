// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

double run(bench::this_thread&, std::uint32_t rounds) {
    workload::turns all(rounds);
    for (std::uint32_t turn = 0; turn != 2 * rounds; ++turn) {
        all.take(turn % 2);
        bench::hide(all);
    }
    return all.seconds();
}

bool register_all() {
    for (const char* form : {"semaphore", "condition", "event", "coroutines"})
        workload::register_turns<bench::this_thread>(form, "serial", 1, workload::rounds_of_coroutines, run);
    return true;
}

const bool loop = register_all();

} // namespace
