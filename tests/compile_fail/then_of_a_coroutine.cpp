// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a continuation returns is its result, and a coroutine would be one that has not begun, without what f has captured.
// expect: pel::future::then: nobody awaits the coroutine
#include <pel/thread_pool.hpp>

#include <pel/coro/await_future.hpp>
#include <pel/coro/submit.hpp>

pel::task<unsigned> coroutine(int n) { co_return static_cast<unsigned>(n); }

unsigned runs(pel::thread_pool& pool, pel::future<int> first) {
#ifdef PEL_COMPILE_FAIL
    first.then([](int n) { return coroutine(n); });
    return pool.concurrency();
#else
    return pool
        .submit([before = std::move(first)]() mutable -> pel::task<unsigned> {
            co_return co_await coroutine(co_await std::move(before));
        })
        .get();
#endif
}
