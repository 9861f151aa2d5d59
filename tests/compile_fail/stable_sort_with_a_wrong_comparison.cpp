// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A comparison takes two elements.
// expect: pel::stable_sort: takes \(\[policy\], range
#include <pel/algorithm/sort.hpp>

#include <vector>

void sort(std::vector<int>& numbers) {
#ifdef PEL_COMPILE_FAIL
    const auto is_less = [](const char* a, const char* b) { return *a < *b; };
#else
    const auto is_less = [](int a, int b) { return a % 10 < b % 10; };
#endif
    pel::stable_sort(numbers.begin(), numbers.end(), is_less);
}
