// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a loop's body returns is dropped, and so would be a coroutine.
// expect: return no pel::task, which would never begin
#include <pel/parallel_for.hpp>

#include <pel/coro/async_scope.hpp>

pel::task<> coroutine(int) { co_return; }

void begin(pel::async_scope& scope, int n) {
#ifdef PEL_COMPILE_FAIL
    (void)scope;
    pel::parallel_for(0, n, [](int i) { return coroutine(i); });
#else
    pel::parallel_for(0, n, [&](int i) { scope.spawn(coroutine(i)); });
#endif
}
