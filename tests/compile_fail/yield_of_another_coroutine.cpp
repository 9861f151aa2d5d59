// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Only the coroutines of a pool have a pool where they can go on.
// expect: only a coroutine that returns a pel::task can await
#include <pel/coro/task.hpp>

#include <pel/coro/schedule.hpp>

#include "../support/plain_coroutine.hpp"

#ifdef PEL_COMPILE_FAIL
pel_test::plain_coroutine yields() { co_await pel::yield(); }
#else
pel::task<> yields() { co_await pel::yield(); }
#endif
