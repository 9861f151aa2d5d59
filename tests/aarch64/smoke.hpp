// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The whole test framework of the cross-built programs: check() ends the process at the first thing that is wrong.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace smoke {

inline void check(bool ok, const char* what) {
    if (!ok) {
        std::fprintf(stderr, "wrong: %s\n", what);
        std::exit(1);
    }
}

} // namespace smoke
