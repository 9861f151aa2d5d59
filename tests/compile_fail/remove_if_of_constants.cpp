// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nothing is removed from a range that cannot be written.
// expect: pel::remove_if: takes \(\[policy\], range.*elements that can be moved
#include <pel/algorithm/remove.hpp>

#include <vector>

void remove_odd_ones() {
#ifdef PEL_COMPILE_FAIL
    const std::vector<int> numbers;
#else
    std::vector<int> numbers;
#endif
    pel::remove_if(numbers, [](int number) { return number % 2 != 0; });
}
