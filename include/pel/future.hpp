// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The result of a submitted task. thread_pool::submit makes it; get() runs the task itself if nobody has begun it.
#pragma once

#include <pel/detail/sched/callable.hpp>
#include <pel/detail/sched/foreign.hpp>
#include <pel/detail/sched/submission.hpp>

PEL_NAMESPACE_BEGIN

/// The one handle to the result of a submitted task. A coroutine awaits it, `co_await std::move(future)`, if it is not
/// destroyed before it was resumed (pel/coro/await_future.hpp).
/// Thread safety: as a plain object, wait() included: one thread at a time; the task itself may be anywhere. Destroying it
/// detaches: the task runs all the same.
template <class T>
class [[nodiscard]] future {
public:
    future() noexcept = default;
    future(future&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    future& operator=(future&& other) noexcept {
        future moved(std::move(other)); // takes along, at its end, what was here
        std::swap(state_, moved.state_);
        return *this;
    }
    ~future() {
        if (state_ != nullptr) state_->release();
    }

    /// Whether get() may be called: false after get(), then(), a move, and by default construction.
    bool valid() const noexcept { return state_ != nullptr; }

    /// Returns: whether the task is done, so that get() does not block. Requires: valid(), here and below; else throws
    /// std::logic_error. Blocks: never.
    bool is_ready() const { return checked().is_done(); }

    /// Blocks: until the task is done. Runs the task if nobody has begun it, and only work spawned inside it otherwise; of
    /// a coroutine that is suspended, what goes on in it. The seat of a task that waits goes to other work. Throws: nothing
    /// of the task; std::runtime_error in a fork child, if the parent's threads have it.
    void wait() const { checked().wait(); }

    /// Effects: as wait(). Returns: the result; valid() is false afterwards. Throws: what the task threw.
    T get() {
        detail::submission<T>& state = checked();
        state.wait();
        const detail::submission_holder<T> last(*std::exchange(state_, nullptr));
        return state.take_result();
    }

    /// Runs f(result) — f() for void — as a task of the same pool once the result is there. valid() is false afterwards.
    /// Returns: a future of f's result. An exception of the task skips f and goes there. Blocks: never. Throws:
    /// std::bad_alloc, and what moving f throws; the future is as it was then. Requires: its pool is still there.
    template <class F>
    auto then(F f) {
        constexpr bool has_effect = !detail::coroutine_continuation<F&, T>;
        static_assert(has_effect,
                      "pel::future::then: nobody awaits the coroutine that f returns, so it would never begin: "
                      "say pool.submit() with a coroutine that awaits std::move(future)");
        checked();
        if constexpr (has_effect) {
            state_->retain(); // for the next task: if there cannot be one, this future keeps its own
            auto next = detail::continue_with(*state_, std::move(f));
            std::exchange(state_, nullptr)->release();
            return next;
        }
    }

private:
    friend struct detail::submission_access;
    explicit future(detail::submission<T>* state) noexcept : state_(state) {}

    detail::submission<T>& checked() const {
        if (state_ == nullptr) detail::throw_error<std::logic_error>("pel::future: there is no task behind it");
        return *state_;
    }

    detail::submission<T>* state_ = nullptr;
};

namespace detail {

struct submission_access {
    template <class T>
    static future<T> make(submission<T>* state) noexcept {
        return future<T>(state);
    }
    /// As wait(), without a part in the task. Throws: std::logic_error unless valid().
    template <class T>
    static void wait_idly(const future<T>& awaited) {
        awaited.checked().wait(false);
    }
    /// Hands the future's reference over. Throws: std::logic_error unless valid().
    template <class T>
    static submission<T>& release(future<T>& from) {
        from.checked();
        return *std::exchange(from.state_, nullptr);
    }
};

template <class T>
future<T> make_future(submission<T>* state) noexcept {
    return submission_access::make(state);
}

} // namespace detail
PEL_NAMESPACE_END
