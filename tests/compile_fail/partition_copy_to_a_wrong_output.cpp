// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Both outputs must take elements.
// expect: pel::partition_copy: takes \(\[policy\], range.*outputs that elements can be assigned to
#include <pel/algorithm/copy_if.hpp>

#include <vector>

void part(const std::vector<int>& numbers, int* odd) {
#ifdef PEL_COMPILE_FAIL
    std::vector<int*> even(numbers.size());
#else
    std::vector<int> even(numbers.size());
#endif
    pel::partition_copy(numbers, odd, even.begin(), [](int number) { return number % 2 != 0; });
}
