// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

#include <map>
#include <string>

namespace {

void conduct_alone(workload::plate& heated) {
    for (std::uint64_t step = 0; step != heated.steps(); ++step) {
        for (std::size_t row = 0; row != heated.rows(); ++row) heated.update(step, row);
    }
}

const bool grids = workload::register_grids<bench::this_thread>(
    "serial", 1, [](bench::this_thread&, workload::plate& heated) { conduct_alone(heated); });

} // namespace

std::uint64_t workload::answer(const grid_size& size) {
    static std::map<std::string, std::uint64_t> known;
    const auto found = known.find(size.name);
    if (found != known.end()) return found->second;
    plate heated(size);
    conduct_alone(heated);
    return known[size.name] = heated.checksum();
}
