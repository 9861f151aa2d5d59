// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What makes a new vector of elements copies them.
// expect: pel::filter: takes \(\[policy\], range.*elements that can be copied
#include <pel/algorithm/pack.hpp>

#include <memory>
#include <vector>

std::size_t count() {
#ifdef PEL_COMPILE_FAIL
    using pointer = std::unique_ptr<int>;
#else
    using pointer = std::shared_ptr<int>;
#endif
    std::vector<pointer> pointers;
    return static_cast<std::vector<pointer>>(pel::filter(pointers, [](const pointer& p) { return p != nullptr; }))
        .size();
}
