// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A coroutine that waits for a condition. It is notified, then waits for the mutex, then asks its predicate, and begins
// anew if that says no; all of it without being resumed, on the threads that notify and unlock.
// I1  One of two waiters is linked: `notified_` in the condition variable, or `locked_` in the mutex.
// I2  What is not linked belongs to whoever holds the mutex for the coroutine, or has taken `notified_` off.
#pragma once

#include <pel/detail/core/lockable.hpp>
#include <pel/detail/sync/condition_core.hpp>

#include <exception>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// For a wait that is over when it is notified.
class once_notified {
public:
    bool operator()() noexcept { return std::exchange(was_asked_, true); }

private:
    bool was_asked_ = false;
};

template <class Mutex, class Predicate>
class [[nodiscard]] condition_wait {
public:
    using resumes_in_its_pool = void;

    condition_wait(condition_core& condition, std::unique_lock<Mutex>& lock, Predicate predicate) noexcept
        : condition_(condition), mutex_(lock_access::core(*lock.mutex())), predicate_(std::move(predicate)) {}
    condition_wait(const condition_wait&) = delete;
    condition_wait& operator=(const condition_wait&) = delete;

    /// Throws: what the predicate throws.
    bool await_ready() { return result_ = predicate_(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        rest_ = resumption(caller);
        return try_wait();
    }
    /// The mutex is held. Throws: what the predicate throws.
    void await_resume() {
        if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
    }

protected:
    struct step : waiter {
        step(resume_function how, condition_wait& whole, std::uint32_t what) noexcept : waiter(how, what), of(whole) {}
        condition_wait& of;
    };

    /// Holds the mutex. Returns: false if a stop was requested, and the mutex is still held. Else this may be gone.
    bool try_wait() noexcept {
        mutex_core& mutex = mutex_;
        if (condition_.enter(notified_) == entry::refused) return false;
        mutex.unlock();
        return true;
    }
    static void when_notified(waiter& self) noexcept {
        condition_wait& whole = static_cast<step&>(self).of;
        whole.locked_.rearm();
        if (whole.mutex_.enter(whole.locked_) == entry::passed) whole.ask();
    }
    static void when_locked(waiter& self) noexcept { static_cast<step&>(self).of.ask(); }
    /// Holds the mutex.
    void ask() noexcept {
        const bool is_over = !call_guarded([&] { result_ = predicate_(); },
                                           [&](std::exception_ptr error) { error_ = std::move(error); }) ||
                             result_;
        if (!is_over) {
            notified_.rearm(); // keeps a stop request
            if (try_wait()) return;
        }
        const resumption rest = rest_; // the frame may go away meanwhile
        rest();
    }

    condition_core& condition_;
    mutex_core& mutex_;
    Predicate predicate_;
    bool result_ = false;
    std::exception_ptr error_;
    resumption rest_;
    step notified_{&when_notified, *this, 0};
    step locked_{&when_locked, *this, mutex_core::takes_over};
};

/// The same; a stop request ends it, with what the predicate says then.
template <class Mutex, class Predicate>
class [[nodiscard]] stoppable_condition_wait : public condition_wait<Mutex, Predicate> {
    using base = condition_wait<Mutex, Predicate>;

public:
    stoppable_condition_wait(std::stop_token stop, condition_core& condition, std::unique_lock<Mutex>& lock,
                             Predicate predicate) noexcept
        : base(condition, lock, std::move(predicate)), stop_(std::move(stop)) {}

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        told_.emplace(std::move(stop_), give_up_wait<condition_core>{&this->condition_, &this->notified_});
        return base::await_suspend(caller);
    }
    /// Returns: what the predicate says.
    [[nodiscard]] bool await_resume() {
        told_.reset(); // waits for a callback that is under way
        base::await_resume();
        return this->result_;
    }

private:
    std::stop_token stop_;
    std::optional<std::stop_callback<give_up_wait<condition_core>>> told_;
};

} // namespace detail
PEL_NAMESPACE_END
