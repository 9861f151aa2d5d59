// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task is awaited once.
// expect: a task is awaited once: say co_await std::move\(task\)
#include <pel/coro/task.hpp>

#include <utility>

pel::task<int> number() { co_return 1; }

pel::task<int> twice() {
    auto one = number();
#ifdef PEL_COMPILE_FAIL
    co_return 2 * co_await one;
#else
    co_return 2 * co_await std::move(one);
#endif
}
