// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A branch says which of its successors run.
// expect: pel::graph::branch: f returns the number of a successor
#include <pel/graph/graph.hpp>

void add_nodes() {
    pel::graph g;
#ifdef PEL_COMPILE_FAIL
    g.branch([] {}).precede(g.emplace([] {}));
#else
    g.branch([] { return 0; }).precede(g.emplace([] {}));
#endif
}
