// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tile_graph.hpp"

#include <pel/policy.hpp>

#include <vector>

namespace wavefront {

namespace {

/// What a node does. What was found until then comes along the edges, so that nobody shares a maximum, and each tile
/// knows what is not worth a look.
struct tile_task {
    place at;

    local_end operator()(pass& over) const { return over.score(at, {}); }
    local_end operator()(const local_end& before, pass& over) const { return over.score(at, before); }
    local_end operator()(const local_end& above, const local_end& left, pass& over) const {
        return over.score(at, better(above, left));
    }
};

} // namespace

tile_graph::tile_graph(std::size_t rows, std::size_t columns) {
    std::vector<pel::node<local_end>> above(columns); // at first nodes of no graph
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            const tile_task task{{row, column}};
            if (row == 0 && column == 0)
                above[0] = graph_.emplace(task);
            else if (row == 0)
                above[column] = graph_.then(task, above[column - 1]);
            else if (column == 0)
                above[0] = graph_.then(task, above[0]);
            else
                above[column] = graph_.then(task, above[column], above[column - 1]);
        }
    }
    graph_.then([](const local_end& best, pass& over) { over.result = best; }, above.back());
}

void tile_graph::run(pel::thread_pool& pool, pass& over) { graph_.run(pel::par.on(pool), over); }

void run_plainly(pass& over) {
    const place first = over.around().first(), last = over.around().last();
    for (std::size_t row = 0; row < last.row - first.row; ++row)
        for (std::size_t column = 0; column < last.column - first.column; ++column)
            over.result = over.score({row, column}, over.result);
}

} // namespace wavefront
