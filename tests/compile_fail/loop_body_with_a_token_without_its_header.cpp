// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies that take a stop token need a header of their own, and the message says so.
// expect: pel::parallel_for: body must .* if <pel/stop_token.hpp> is included
#include <pel/parallel_for.hpp>

#include <stop_token>

#ifndef PEL_COMPILE_FAIL
#include <pel/stop_token.hpp>
#endif

void loop(int n) {
    pel::parallel_for(0, n, [](int, const std::stop_token&) {});
}
