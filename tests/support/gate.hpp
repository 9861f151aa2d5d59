// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What coroutines are suspended on until a thread of the test's choice lets them go on.
#pragma once

#include <pel/detail/coro/resumption.hpp>

#include <cstddef>
#include <mutex>
#include <utility>

namespace pel_test {

class gate {
    class awaiter;

public:
    /// Awaited: goes on when it is opened next.
    awaiter operator co_await() noexcept { return awaiter(*this); }
    /// How many are suspended.
    std::size_t waiting() const {
        const std::lock_guard hold(mutex_);
        return waiting_;
    }
    /// The calling thread resumes all that are suspended. The gate may be gone before this returns.
    void open() {
        awaiter* each = nullptr;
        {
            const std::lock_guard hold(mutex_);
            each = std::exchange(first_, nullptr);
            waiting_ = 0;
        }
        while (each != nullptr) std::exchange(each, each->next_)->resume_.get()();
    }

private:
    class awaiter {
    public:
        using resumes_in_its_pool = void;

        explicit awaiter(gate& at) noexcept : at_(at) {}
        static bool await_ready() noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> suspended) {
            resume_.emplace(suspended);
            const std::lock_guard hold(at_.mutex_);
            next_ = std::exchange(at_.first_, this);
            ++at_.waiting_;
        }
        static void await_resume() noexcept {}

    private:
        friend class gate;
        gate& at_;
        awaiter* next_ = nullptr;
        pel::detail::manual_lifetime<pel::detail::resumption> resume_;
    };

public:
    static constexpr std::size_t awaiter_bytes = sizeof(awaiter); // in the frame of who awaits it

private:
    mutable std::mutex mutex_;
    awaiter* first_ = nullptr;
    std::size_t waiting_ = 0;
};

} // namespace pel_test
