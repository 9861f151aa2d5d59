// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a posted function returns is dropped, and so would be a coroutine.
// expect: pel::thread_pool::post: nobody awaits the coroutine
#include <pel/thread_pool.hpp>

#include <pel/coro/submit.hpp>

pel::task<> coroutine() { co_return; }

void begin(pel::thread_pool& pool) {
#ifdef PEL_COMPILE_FAIL
    pool.post([] { return coroutine(); });
#else
    (void)pool.submit(coroutine());
#endif
}
