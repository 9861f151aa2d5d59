// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops run over integers or iterators.
// expect: first and last integers or random-access iterators
#include <pel/parallel_for.hpp>

void loop(double width) {
#ifdef PEL_COMPILE_FAIL
    pel::parallel_for(pel::par, 0.0, width, [](double) {});
#else
    pel::parallel_for(pel::par, 0, static_cast<long>(width), [](long) {});
#endif
}
