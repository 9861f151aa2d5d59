// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task graph with OpenMP: a task for each node, with what it depends on, made anew for each run: there is no other way.
#pragma once

#include "dag.hpp"
#include "omp_workers.hpp"

#include <vector>

namespace bench {

template <class Function>
class omp_graph {
public:
    /// function(i) returns what node i runs.
    omp_graph(omp_workers& omp, const dag& shape, Function function)
        : omp_(omp), shape_(shape), function_(function), places_(shape.size()) {}

    void run() {
        omp_.run([this] { start(); });
    }
    /// By one thread of a team, at whose end all tasks have run.
    void start() {
        for (std::uint32_t i = 0; i != shape_.size(); ++i) add_task(i);
    }
    void wait() {}

private:
    void add_task(std::uint32_t node) {
        const auto call = function_(node);
        const std::span<const std::uint32_t> before = shape_.before(node);
        [[maybe_unused]] char* const all = places_.data(); // only their addresses count
        [[maybe_unused]] const auto from = [&](std::size_t each) { return before[each]; };
        switch (before.size()) {
        case 0:
            if (shape_.is_last(node)) {
#pragma omp task firstprivate(call)
                call();
            } else {
#pragma omp task firstprivate(call) depend(out : all[node])
                call();
            }
            break;
        case 1:
#pragma omp task firstprivate(call) depend(in : all[from(0)]) depend(out : all[node])
            call();
            break;
        case 2:
#pragma omp task firstprivate(call) depend(in : all[from(0)], all[from(1)]) depend(out : all[node])
            call();
            break;
        case 3:
#pragma omp task firstprivate(call) depend(in : all[from(0)], all[from(1)], all[from(2)]) depend(out : all[node])
            call();
            break;
        default:
#pragma omp task firstprivate(call) depend(in : all[from(0)], all[from(1)], all[from(2)], all[from(3)])                \
    depend(out : all[node])
            call();
        }
    }

    omp_workers& omp_;
    const dag& shape_;
    Function function_;
    std::vector<char> places_;
};

struct omp_graphs {
    using workers = omp_workers;
    static constexpr bool uses_malloc = true;
    template <class Function>
    using graph = omp_graph<Function>;
};

} // namespace bench
