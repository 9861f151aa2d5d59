// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Only the coroutines of a pool have a pool where they can go on.
// expect: only a coroutine that returns a pel::task can await
#include <pel/coro/task.hpp>

#include <pel/coro/schedule.hpp>

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

#ifdef PEL_COMPILE_FAIL
other yields() { co_await pel::yield(); }
#else
pel::task<> yields() { co_await pel::yield(); }
#endif
