// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A node whose function returns nothing has no value to be read.
// expect: pel::graph::then: takes \(f, nodes that have values\)
#include <pel/graph/graph.hpp>

void add_nodes() {
    pel::graph g;
    auto number = g.emplace([] { return 1; });
#ifdef PEL_COMPILE_FAIL
    auto nothing = g.emplace([] {});
    g.then([](int) {}, nothing);
#else
    g.then([](int) {}, number);
#endif
}
