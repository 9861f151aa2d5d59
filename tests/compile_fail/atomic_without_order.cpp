// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The atomic seam has no default memory order.
// expect: too few arguments|no matching
#include <pel/detail/sync/atomic.hpp>

int load(const pel::detail::atomic<int>& value) {
#ifdef PEL_COMPILE_FAIL
    return value.load();
#else
    return value.load(pel::detail::relaxed);
#endif
}
