// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// It would not be called.
// expect: pel::sync_wait: takes a pel::task, or something else that can be awaited and moved
#include <pel/coro/sync_wait.hpp>

pel::task<int> number() { co_return 1; }

int waits() {
#ifdef PEL_COMPILE_FAIL
    pel::sync_wait([] { return number(); });
    return 1;
#else
    return pel::sync_wait(number());
#endif
}
