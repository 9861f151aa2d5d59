// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A node's function takes the values of the nodes that it comes after.
// expect: pel::graph: a node's function takes the values
#include <pel/graph/graph.hpp>

void add_nodes() {
    pel::graph g;
    const auto number = g.emplace([] { return 1; });
#ifdef PEL_COMPILE_FAIL
    g.then([](int*) {}, number);
#else
    g.then([](int) {}, number);
#endif
}
