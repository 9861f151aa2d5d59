// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A reduction says which of its functions does not fit.
// expect: pel::parallel_reduce: combine\(T, T\) must return T
#include <pel/parallel_reduce.hpp>

int sum() {
#ifdef PEL_COMPILE_FAIL
    const auto add = [](int a, const char*) { return a; };
#else
    const auto add = [](int a, int b) { return a + b; };
#endif
    return pel::parallel_reduce(0, 10, 0, [](int i) { return i; }, add);
}
