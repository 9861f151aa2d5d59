// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The units would be given back when the function returns, before its coroutine begins.
// expect: so pel::with\(\) takes no function that returns a pel::task
#include <pel/graph/with.hpp>

#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>

pel::task<> coroutine() { co_return; }

void begin(pel::thread_pool& pool, pel::resource& disk) {
#ifdef PEL_COMPILE_FAIL
    (void)pool.submit(pel::with({disk}, [] { return coroutine(); }));
#else
    (void)pool.submit(pel::with({disk}, [] { pel::sync_wait(coroutine()); }));
#endif
}
