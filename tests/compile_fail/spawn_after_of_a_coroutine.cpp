// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What f returns is the task's result, and a coroutine would be one that has not begun, without what f has captured.
// expect: pel::spawn_after: nobody awaits the coroutine
#include <pel/graph/spawn_after.hpp>

#include <pel/coro/sync_wait.hpp>

pel::task<int> coroutine(int n) { co_return n; }

void begin() {
#ifdef PEL_COMPILE_FAIL
    (void)pel::spawn_after({}, [] { return coroutine(1); });
#else
    (void)pel::spawn_after({}, [] { return pel::sync_wait(coroutine(1)); });
#endif
}
