// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A project of somebody else's that includes all of PEL and runs two functions at a time.
#include <pel/pel.hpp>

#include <cstdio>

int main() {
    int left = 0;
    int right = 0;
    pel::parallel_invoke([&] { left = 20; }, [&] { right = 22; });
    std::printf("PEL %d.%d.%d says %d\n", PEL_VERSION_MAJOR, PEL_VERSION_MINOR, PEL_VERSION_PATCH, left + right);
    return left + right == 42 ? 0 : 1;
}
