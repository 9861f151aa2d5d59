// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <coroutine>
#include <exception>

namespace {

/// A list of those who wait, in their frames.
struct event {
    struct awaiter {
        event& awaited;
        std::coroutine_handle<> waiting{};
        awaiter* next = nullptr;

        static bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<> self) noexcept {
            waiting = self;
            *awaited.end = this;
            awaited.end = &next;
        }
        static void await_resume() noexcept {}
    };
    awaiter operator co_await() noexcept { return {*this}; }

    void set() {
        for (awaiter* each = first; each != nullptr;) {
            awaiter* const next = each->next; // the frame is gone after the next line
            each->waiting.resume();
            each = next;
        }
    }

    awaiter* first = nullptr;
    awaiter** end = &first;
};

/// Begins at once, and nobody waits for it.
struct eager {
    struct promise_type {
        static eager get_return_object() noexcept { return {}; }
        static std::suspend_never initial_suspend() noexcept { return {}; }
        static std::suspend_never final_suspend() noexcept { return {}; }
        static void return_void() noexcept {}
        static void unhandled_exception() noexcept { std::terminate(); }
    };
};

eager live(std::size_t& alive, event& end, std::uint32_t& number) {
    ++alive;
    co_await end;
    ++number;
}

void live_all(workload::numbers& all, const std::function<void()>& are_alive) {
    std::size_t alive = 0;
    event end;
    for (std::uint32_t& number : all) live(alive, end, number);
    are_alive();
    end.set();
}

const workload::lives bare("bare", 1, 1'000'000, 100'000, [](unsigned) { return live_all; });

} // namespace
