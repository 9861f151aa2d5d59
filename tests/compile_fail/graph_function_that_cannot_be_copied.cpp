// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function of from_json() is copied into each graph.
// expect: pel::graph_function: f is copied into each graph
#include <pel/graph/from_json.hpp>

#include <memory>

void make_functions() {
#ifdef PEL_COMPILE_FAIL
    const pel::graph_function unique([all = std::make_unique<int>(1)] { return *all; });
#else
    const pel::graph_function shared([all = std::make_shared<int>(1)] { return *all; });
#endif
}
