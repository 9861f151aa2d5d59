// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop's body takes the index.
// expect: pel::parallel_for: body must be callable as body
#include <pel/parallel_for.hpp>

void loop(int n) {
#ifdef PEL_COMPILE_FAIL
    pel::parallel_for(0, n, [] {});
#else
    pel::parallel_for(0, n, [](int) {});
#endif
}
