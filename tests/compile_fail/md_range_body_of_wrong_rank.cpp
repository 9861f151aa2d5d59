// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The body of a loop over pairs takes two indices.
// expect: body must be callable as body.i., or body.i, j. for an md_range of 2
#include <pel/md_range.hpp>

void loop(int n) {
#ifdef PEL_COMPILE_FAIL
    pel::parallel_for(pel::md_range{n, n}, [](int) {});
#else
    pel::parallel_for(pel::md_range{n, n}, [](int, int) {});
#endif
}
