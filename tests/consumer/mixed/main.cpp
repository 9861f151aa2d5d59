// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiled part: all parts have one runtime, so that work of one goes on inside that of another.
#include "header_only.hpp"

#include <pel/pel.hpp>

#include <cstdio>

#ifndef PEL_COMPILED
#error "is to be compiled"
#endif

int main() {
    int sums[2] = {};
    bool is_one = header_only::pool() == &pel::default_pool() && shared_object::pool() == &pel::default_pool();
    pel::default_pool().execute([&] {
        const void* const own = pel::detail::current_worker;
        is_one = is_one && header_only::worker() == own && shared_object::worker() == own;
        pel::parallel_invoke([&] { sums[0] = header_only::sum(100); }, [&] { sums[1] = shared_object::sum(100); });
    });
    std::printf("one runtime: %s, sums %d and %d\n", is_one ? "yes" : "no", sums[0], sums[1]);
    return is_one && sums[0] == 4950 && sums[1] == 4950 ? 0 : 1;
}
