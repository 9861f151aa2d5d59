// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An algorithm says what it takes, in a line.
// expect: pel::sort: takes \(\[policy\], range
#include <pel/algorithm/sort.hpp>

#include <list>
#include <vector>

void sort() {
#ifdef PEL_COMPILE_FAIL
    std::list<int> numbers;
#else
    std::vector<int> numbers;
#endif
    pel::sort(numbers);
}
