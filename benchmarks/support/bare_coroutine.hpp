// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lazy coroutines and nothing else: one thread, frames from a stack that grows and shrinks, one child after the other.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

namespace bench {

/// Frames in the order of a recursion: the last one made is the first one freed.
struct frame_stack {
    static constexpr std::size_t bytes = 1 << 20;
    static inline const std::unique_ptr<std::byte[]> memory = std::make_unique<std::byte[]>(bytes);
    static inline std::byte* top = memory.get();

    static void* allocate(std::size_t size) {
        std::byte* const frame = top;
        top += (size + 15) / 16 * 16;
        if (top > memory.get() + bytes) std::terminate();
        return frame;
    }
    static void release(void* frame) { top = static_cast<std::byte*>(frame); }
};

class lazy {
public:
    struct promise_type {
        static void* operator new(std::size_t size) { return frame_stack::allocate(size); }
        static void operator delete(void* frame, std::size_t) { frame_stack::release(frame); }

        struct final_awaiter {
            static bool await_ready() noexcept { return false; }
            static std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
                return ended.promise().continuation;
            }
            static void await_resume() noexcept {}
        };
        lazy get_return_object() { return lazy(std::coroutine_handle<promise_type>::from_promise(*this)); }
        static std::suspend_always initial_suspend() noexcept { return {}; }
        static final_awaiter final_suspend() noexcept { return {}; }
        void return_value(std::uint64_t result) noexcept { value = result; }
        void unhandled_exception() noexcept { error = std::current_exception(); }

        std::coroutine_handle<> continuation = std::noop_coroutine();
        std::uint64_t value = 0;
        std::exception_ptr error;
    };

    explicit lazy(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
    lazy(lazy&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
    lazy& operator=(lazy&&) = delete;
    ~lazy() {
        if (coroutine_) coroutine_.destroy();
    }

    static bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept {
        coroutine_.promise().continuation = awaiting;
        return coroutine_;
    }
    std::uint64_t await_resume() const {
        if (coroutine_.promise().error) std::rethrow_exception(coroutine_.promise().error);
        return coroutine_.promise().value;
    }

    std::uint64_t run() const {
        coroutine_.resume();
        return await_resume();
    }

private:
    std::coroutine_handle<promise_type> coroutine_;
};

} // namespace bench
