// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A coroutine that waits for a condition. It is notified, then waits for the mutex, then asks its predicate, and begins
// anew if that says no; all of it without being resumed, on the threads that notify and unlock.
// I1  One of two waiters is linked: `notified_` in the condition variable, or `locked_` in the mutex.
// I2  What is not linked belongs to whoever holds the mutex for the coroutine, or has taken `notified_` off.
// The coroutine is not destroyed before it was resumed, since it is linked until then. What it waits by may be moved until
// it is awaited.
#pragma once

#include <pel/detail/core/lockable.hpp>
#include <pel/detail/sched/process.hpp>
#include <pel/detail/sync/condition_core.hpp>

#include <exception>
#include <type_traits>
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

/// Asks when it gets the mutex. Whom that leaves the mutex to is the next one to ask, often, and so on for as many as were
/// notified at once: so each is asked where the one before was, in a loop, rather than inside its unlock.
/// Lifetimes: the loop keeps nothing but `next`. It was unlinked under the queue's lock in the last access to the mutex, and
/// is a user of it until it is resumed. If it asks, it holds the mutex, so both are there, and nobody else gets the mutex
/// before it has asked. If there is no `next`, the waiter that asked, its coroutine, the mutex and the condition may be gone,
/// and nothing is touched any more. The condition may be gone also while `next` asks, as all were notified or told to stop;
/// it is touched if the predicate says no and nobody has told the waiter to stop: then it must be there to wait in, as for a
/// thread.
/// (A plugin's own copy of when_locked() is not known here: its waiters are resumed, and their loop is a nested one.)
class turn_to_ask : public waiter {
public:
    /// Holds the mutex. Returns: who has got it, and is to be resumed; null: nobody. The waiter may be gone.
    using ask_function = waiter* (*)(turn_to_ask&) noexcept;

    explicit turn_to_ask(ask_function ask) noexcept : waiter(&when_locked, mutex_core::takes_over), ask_(ask) {}

    static void when_locked(waiter& self) noexcept {
        waiter* next = &self;
        do {
            auto& turn = static_cast<turn_to_ask&>(*next);
            next = turn.ask_(turn);
        } while (next != nullptr && next->is_resumed_by(&when_locked));
        if (next != nullptr) next->resume();
    }

private:
    const ask_function ask_;
};

template <class Mutex, class Predicate>
class [[nodiscard]] condition_wait {
    static constexpr bool can = std::is_base_of_v<lockable<Mutex>, Mutex>;
    static_assert(can, "pel::condition_variable::async_wait: takes a lock of a pel::mutex or pel::timed_mutex only");

public:
    using resumes_in_its_pool = void;

    condition_wait(condition_core& condition, std::unique_lock<Mutex>& lock, Predicate predicate) noexcept
        : condition_(condition), mutex_(lock_access::core(*lock.mutex())), predicate_(std::move(predicate)) {}
    condition_wait(condition_wait&& other) noexcept
        : condition_(other.condition_), mutex_(other.mutex_), predicate_(std::move(other.predicate_)) {}
    condition_wait& operator=(condition_wait&&) = delete;

    /// Throws: what the predicate throws.
    bool await_ready() { return result_ = predicate_(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        prepare_for_forks(); // as threads that wait
        rest_ = resumption(caller);
        mutex_core& mutex = mutex_;
        if (!try_link()) return false;
        mutex.unlock();
        return true;
    }
    /// The mutex is held. Throws: what the predicate throws.
    void await_resume() {
        if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
    }

protected:
    template <class Step>
    struct part : Step {
        template <class How>
        part(How how, condition_wait& whole) noexcept : Step(how), of(whole) {}
        condition_wait& of;
    };
    using notification = part<waiter>;
    using turn = part<turn_to_ask>;

    /// Holds the mutex. Returns: false if a stop was requested. Else, once the mutex is unlocked, this may be gone.
    bool try_link() noexcept { return condition_.enter(notified_) != entry::refused; }
    static void when_notified(waiter& self) noexcept {
        condition_wait& whole = static_cast<notification&>(self).of;
        whole.locked_.rearm();
        if (whole.mutex_.enter(whole.locked_) == entry::passed) whole.locked_.resume();
    }
    static waiter* when_locked(turn_to_ask& self) noexcept { return static_cast<turn&>(self).of.ask(); }
    /// See turn_to_ask.
    waiter* ask() noexcept {
        const bool is_over = !call_guarded([&] { result_ = predicate_(); },
                                           [&](std::exception_ptr error) { error_ = std::move(error); }) ||
                             result_;
        // Who was told to stop does not wait anew, so it has left the condition, or was notified before: its owner, who told
        // it while it held the mutex, may have destroyed it since (the mutex, held here, carries that it told).
        if (!is_over && !notified_.has_given_up()) {
            mutex_core& mutex = mutex_;
            notified_.rearm(); // keeps a stop request, which may come just now: then enter() refuses
            if (try_link()) return mutex.unlock_for_next();
        }
        const resumption rest = rest_; // the frame may go away meanwhile
        rest();
        return nullptr;
    }

    condition_core& condition_;
    mutex_core& mutex_;
    Predicate predicate_;
    bool result_ = false;
    std::exception_ptr error_;
    resumption rest_;
    notification notified_{&when_notified, *this};
    turn locked_{&when_locked, *this};
};

/// The same; a stop request ends it, with what the predicate says then.
template <class Mutex, class Predicate>
class [[nodiscard]] stoppable_condition_wait : public condition_wait<Mutex, Predicate> {
    using base = condition_wait<Mutex, Predicate>;

public:
    stoppable_condition_wait(std::stop_token stop, condition_core& condition, std::unique_lock<Mutex>& lock,
                             Predicate predicate) noexcept
        : base(condition, lock, std::move(predicate)), stop_(std::move(stop)) {}
    stoppable_condition_wait(stoppable_condition_wait&& other) noexcept
        : base(std::move(other)), stop_(std::move(other.stop_)) {} // nobody is told yet
    stoppable_condition_wait& operator=(stoppable_condition_wait&&) = delete;

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
