// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The body takes what the range refers to.
// expect: body must be callable as body.element.
#include <pel/parallel_for_each.hpp>

void visit(const std::vector<int>& numbers) {
#ifdef PEL_COMPILE_FAIL
    pel::parallel_for_each(numbers, [](int&) {});
#else
    pel::parallel_for_each(numbers, [](const int&) {});
#endif
}
