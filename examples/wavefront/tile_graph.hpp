// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The task graph: a node for each tile, after the tiles above and to the left of it. It knows no sequences, only how
// many tiles there are: it is built once, and run for one pass after the other, or for several at once.
#pragma once

#include "pass.hpp"

#include <pel/graph/graph.hpp>
#include <pel/thread_pool.hpp>

#include <cstddef>

namespace wavefront {

class tile_graph {
public:
    /// Complexity: linear in the tiles.
    tile_graph(std::size_t rows, std::size_t columns);

    /// Scores all tiles of the pass, which has no more than the graph in each direction, and sets its result.
    /// Work: all cells. Span: tiles one after the other along two sides.
    void run(pel::thread_pool& pool, pass& over);

private:
    pel::basic_graph<pass> graph_;
};

/// The same by two loops. The graph must be as good as they are with one worker, and better with more.
void run_plainly(pass& over);

} // namespace wavefront
