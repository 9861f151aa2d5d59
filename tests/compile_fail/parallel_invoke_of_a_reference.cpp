// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results of parallel_invoke are stored until all are done, so they are objects.
// expect: pel::parallel_invoke: results are objects
#include <pel/parallel_invoke.hpp>

#include <functional>

#ifdef PEL_COMPILE_FAIL
using result = int&;
#else
using result = std::reference_wrapper<int>;
#endif

void call(int& number) {
    (void)pel::parallel_invoke([&]() -> result { return number; }, [] { return 1; });
}
