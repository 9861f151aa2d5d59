// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// large_machine: how long does a pool need to know a machine of 1024 PUs? From hwloc's synthetic description over the
// topology and its distances to the whole plan: seats, victims, wake-ups, injectors. large_machine_NODESxPUS, and _flat:
// 1024 nodes without anything between them and the machine, where hwloc itself takes longest. serial: hwloc alone, which
// reads the description and forgets it.
#pragma once

#include "support/benchmark.hpp"

#include <functional>
#include <string>

namespace workload {

inline constexpr unsigned pus = 1024;

/// Registers all machines for a runtime. make(description): returns how many PUs it has found.
class all_machines {
public:
    all_machines(const std::string& runtime, const std::function<unsigned(const std::string& description)>& make)
        : few_("large_machine_16x64", runtime, 1, measured(make, "pack:16 [numa] l3:4 core:8 pu:2")),
          many_("large_machine_64x16", runtime, 1, measured(make, "pack:64 [numa] core:8 pu:2")),
          most_("large_machine_1024x1", runtime, 1, measured(make, "pack:32 die:32 [numa] core:1 pu:1")),
          flat_("large_machine_flat", runtime, 1, measured(make, "pack:1024 [numa] core:1 pu:1")) {}

private:
    template <class Make>
    static bench::registration::body measured(Make make, std::string description) {
        return [make, description](benchmark::State& state, unsigned) {
            bench::measure(state, pus, [&] { return make(description); });
        };
    }

    bench::registration few_, many_, most_, flat_;
};

} // namespace workload
