// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function of from_json() returns nothing, or says which successors run.
// expect: pel::graph_function: a branch returns the number of a successor
#include <pel/graph/from_json.hpp>

void make_functions() {
#ifdef PEL_COMPILE_FAIL
    const pel::graph_function half([] { return 0.5; });
#else
    const pel::graph_function none([] { return 0; });
#endif
}
