// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A reduction says which of its functions does not fit.
// expect: pel::parallel_reduce: map\(i\) must return
#include <pel/parallel_reduce.hpp>

int sum() {
#ifdef PEL_COMPILE_FAIL
    const auto map = [](const char* text) { return *text; };
#else
    const auto map = [](int i) { return i; };
#endif
    return pel::parallel_reduce(0, 10, 0, map, [](int a, int b) { return a + b; });
}
