// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements that cannot be written are not sorted, and that is found out before anything is done.
// expect: pel::sort: takes \(\[policy\], range.*elements that can be moved
#include <pel/algorithm/sort.hpp>

#include <vector>

void sort() {
#ifdef PEL_COMPILE_FAIL
    const std::vector<int> numbers;
#else
    std::vector<int> numbers;
#endif
    pel::sort(numbers);
}
