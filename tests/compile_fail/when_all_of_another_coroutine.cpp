// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Only the coroutines of a pool begin others there.
// expect: only a coroutine that returns a pel::task can await
#include <pel/coro/task.hpp>

#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

#include <coroutine>
#include <exception>

struct other {
    struct promise_type {
        other get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

pel::task<> nothing() { co_return; }

#ifdef PEL_COMPILE_FAIL
other awaits() { co_await pel::when_all(nothing(), nothing()); }
#else
other awaits() {
    (void)pel::sync_wait(pel::when_all(nothing(), nothing()));
    co_return;
}
#endif
