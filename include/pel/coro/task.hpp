// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// task<T>: a lazy coroutine. It begins when it is awaited, and what awaits it goes on where it ends, on the same thread
// without a detour.
//   pel::task<int> twice(pel::task<int> one) { co_return 2 * co_await std::move(one); }
#pragma once

#include <pel/detail/coro/task_promise.hpp>

#include <coroutine>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {
struct coroutine_access;
}

/// A coroutine that has not begun, or its result; T may be void, or a reference. Move-only: awaited once, by a coroutine
/// that returns a pel::task, or by sync_wait(), thread_pool::submit() or async_scope::spawn().
/// Destroying one that has not begun destroys its arguments, and no more. Requires: it is not running.
/// Its arguments and locals may be aligned to 64 bytes, its result to more.
/// Cost: a frame from the worker's frame pool, some ns.
template <class T>
class PEL_TRIVIAL_ABI [[nodiscard]] task {
public:
    static_assert(!std::is_rvalue_reference_v<T>, "pel::task: T is an object, an lvalue reference or void");
    using promise_type = detail::task_promise<T>;
    using value_type = T;

    task() noexcept = default;
    task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
    task& operator=(task&& other) noexcept {
        task moved(std::move(other)); // takes along, at its end, what was here
        std::swap(coroutine_, moved.coroutine_);
        return *this;
    }
    ~task() {
        if (coroutine_) coroutine_.destroy();
    }

    /// Whether there is a coroutine behind it: false after a move, and by default construction.
    bool valid() const noexcept { return static_cast<bool>(coroutine_); }

    /// Begins it, and goes on when it has ended. Returns: its result; valid() is false afterwards, and the frame is gone.
    /// Throws: what it throws; std::logic_error unless valid().
    auto operator co_await() && {
        return detail::owning_task_awaiter<T>(detail::checked_task(std::exchange(coroutine_, {})));
    }
    template <class Result = T>
    detail::task_awaiter<Result> operator co_await() const& {
        static_assert(!std::is_same_v<Result, T>, "pel::task: a task is awaited once: say co_await std::move(task)");
    }

private:
    friend struct detail::coroutine_access;
    explicit task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}

    std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

struct coroutine_access {
    template <class T>
    static task<T> make(task_promise<T>& promise) noexcept {
        return task<T>(std::coroutine_handle<task_promise<T>>::from_promise(promise));
    }
    template <class T>
    static std::coroutine_handle<task_promise<T>> release(task<T>& from) noexcept {
        return std::exchange(from.coroutine_, {});
    }
    template <class T>
    static std::coroutine_handle<task_promise<T>> handle(const task<T>& of) noexcept {
        return of.coroutine_;
    }
    /// Requires: valid().
    template <class T>
    static task_promise<T>& promise(const task<T>& of) noexcept {
        return of.coroutine_.promise();
    }
};

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
    return coroutine_access::make<T>(*this);
}
template <class T>
task<T&> task_promise<T&>::get_return_object() noexcept {
    return coroutine_access::make<T&>(*this);
}
inline task<void> task_promise<void>::get_return_object() noexcept { return coroutine_access::make<void>(*this); }

} // namespace detail
PEL_NAMESPACE_END
