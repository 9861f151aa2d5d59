// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// spawn_after_SHAPE: tasks that are spawned one by one, each after those that come before it in a shape of the benchmark
// graph, run once and are gone: what does such a task cost? spawn_after_wavefront_1us: with about 1 µs of work in each.
// Runtimes: pel: spawn_after; omp: task depend; tbb: a flow graph, since TBB has no such tasks; tbb_group: a task_group
// whose tasks know from the start what comes after them, and count what they wait for. Before each, tasks of the same
// shape check that all before them have run. Work: n tasks. Span: the longest chain.
#pragma once

#include "graph/workload.hpp"

#include <array>
#include <string>

namespace workload {

inline constexpr std::array<named_shape, 3> spawned_shapes{
    {{"chain", chain}, {"tree", tree}, {"wavefront", wavefront}}};

template <class Tasks>
bool register_spawns(const char* runtime, unsigned counts) {
    for (const named_shape& shape : spawned_shapes) {
        const bench::registration one(std::string("spawn_after_") + shape.name, runtime, counts,
                                      [shape](benchmark::State& state, unsigned count) {
                                          measure_once<Tasks, counting>(state, shape.make(nodes()), count);
                                      });
    }
    const bench::registration longer("spawn_after_wavefront_1us", runtime, counts,
                                     [](benchmark::State& state, unsigned count) {
                                         measure_once<Tasks, chain_of_1us>(state, wavefront(nodes() / 10), count);
                                     });
    return true;
}

} // namespace workload
