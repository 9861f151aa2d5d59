// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph runs on a pool.
// expect: pel::graph: runs on a pool
#include <pel/graph/graph.hpp>

void run_graph() {
    pel::graph g;
#ifdef PEL_COMPILE_FAIL
    g.run(pel::seq);
#else
    g.run(pel::par);
#endif
}
