// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Only the coroutines of a pool begin others there.
// expect: only a coroutine that returns a pel::task can await
#include <pel/coro/task.hpp>

#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

#include "../support/plain_coroutine.hpp"

pel::task<> nothing() { co_return; }

#ifdef PEL_COMPILE_FAIL
pel_test::plain_coroutine awaits() { co_await pel::when_all(nothing(), nothing()); }
#else
pel_test::plain_coroutine awaits() {
    (void)pel::sync_wait(pel::when_all(nothing(), nothing()));
    co_return;
}
#endif
