// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The smallest coroutines: they begin at once, nobody awaits them, and they go on where they are resumed, or in a pool.
#pragma once

#include <pel/thread_pool.hpp>

#include <coroutine>
#include <exception>

namespace pel_test {

struct plain_promise {
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

/// Goes on here and now.
struct plain_coroutine {
    struct promise_type : plain_promise {
        plain_coroutine get_return_object() const noexcept { return {}; }
    };
};

/// Goes on as a task of the pool that is the function's first argument.
struct pool_coroutine {
    struct promise_type : plain_promise {
        template <class... Others>
        explicit promise_type(pel::thread_pool& where, Others&&...) noexcept : pool(where) {}
        pool_coroutine get_return_object() const noexcept { return {}; }
        static void* place() noexcept { return nullptr; }
        void resume_soon(void*) noexcept {
            pool.post([self = std::coroutine_handle<promise_type>::from_promise(*this)] { self.resume(); });
        }
        pel::thread_pool& pool;
    };
};

} // namespace pel_test
