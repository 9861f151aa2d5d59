// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A part of the program that is compiled header-only.
#include "header_only.hpp"

#include <pel/pel.hpp>

#ifdef PEL_COMPILED
#error "is to be header-only"
#endif

#ifdef IN_SHARED_OBJECT
namespace shared_object {
#else
namespace header_only {
#endif

const void* pool() { return &pel::default_pool(); }
const void* worker() { return pel::detail::current_worker; }
int sum(int n) {
    return pel::parallel_reduce(0, n, 0, [](int i) { return i; }, [](int a, int b) { return a + b; });
}

} // namespace header_only
