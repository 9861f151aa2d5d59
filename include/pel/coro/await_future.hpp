// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// co_await future: a coroutine waits for a submitted task, without a thread.
#pragma once

#include <pel/coro/task.hpp>
#include <pel/detail/coro/resumption.hpp>
#include <pel/future.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
class future_awaiter : private work_after {
public:
    using resumes_in_its_pool = void;

    explicit future_awaiter(submission<T>& awaited) noexcept : work_after(&go_on), awaited_(awaited) {}

    bool await_ready() const noexcept { return awaited_.held().is_done(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> suspended) noexcept {
        resume_ = resumption(suspended);
        awaited_.held().chain(*this);
    }
    T await_resume() { return awaited_.held().take_result(); }

private:
    static void go_on(work_after& self) noexcept { static_cast<future_awaiter&>(self).resume_(); }

    const submission_holder<T> awaited_;
    resumption resume_;
};

} // namespace detail

/// Goes on when the task is done. Returns: its result; valid() is false afterwards. Throws: what the task threw;
/// std::logic_error unless valid(). In a coroutine that returns no pel::task, what follows runs where the task ended;
/// it is not to be destroyed before it was resumed: the task resumes it.
template <class T>
auto operator co_await(future<T>&& awaited) {
    return detail::future_awaiter<T>(detail::submission_access::release(awaited));
}
template <class T>
detail::future_awaiter<T> operator co_await(const future<T>&) {
    static_assert(std::is_same_v<T, future<T>>,
                  "pel::future: a future is awaited once: say co_await std::move(future)");
}

PEL_NAMESPACE_END
