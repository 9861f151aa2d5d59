// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An algorithm says what it takes, in a line, whatever the caller does with its result.
// expect: pel::copy_if: takes \(\[policy\], range
#include <pel/algorithm/copy_if.hpp>

#include <vector>

int* copy(const std::vector<int>& numbers, int* out) {
#ifdef PEL_COMPILE_FAIL
    const auto is_wanted = [](const char* text) { return *text != '\0'; };
#else
    const auto is_wanted = [](int number) { return number > 3; };
#endif
    return pel::copy_if(pel::par, numbers.begin(), numbers.end(), out, is_wanted);
}
