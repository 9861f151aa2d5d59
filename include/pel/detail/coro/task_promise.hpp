// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The promise of pel::task: its result, its frame's memory, and how it begins and ends.
#pragma once

#include <pel/detail/coro/crossing.hpp>
#include <pel/detail/coro/foreign_awaiter.hpp>
#include <pel/detail/coro/job_awaiter.hpp>
#include <pel/detail/coro/join_point.hpp>
#include <pel/detail/coro/pooled_frame.hpp>
#include <pel/detail/memory/manual_lifetime.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Who awaits a coroutine goes on where that ends.
struct final_awaiter {
    static bool await_ready() noexcept { return false; }
    template <std::derived_from<coroutine_job> Promise>
    static std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
        coroutine_job& self = ended.promise();
        join_point* const join = self.join();
        return hand_over(join == nullptr ? self.continuation() : join->child_ended(self));
    }
    static void await_resume() noexcept {}
};

/// The part that does not know the result.
class task_promise_base : public coroutine_job, public pooled_frame {
public:
    static std::suspend_always initial_suspend() noexcept { return {}; }
    static final_awaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    template <class T>
    static T&& await_transform(T&& own) noexcept {
        return std::forward<T>(own);
    }
#if !defined(__clang__)
    template <own_awaiter T>
    static awaiter_reference<std::remove_reference_t<T>> await_transform(T&& own) noexcept {
        return {own};
    }
#endif
    template <foreign_awaitable T>
    static foreign_awaiter<T> await_transform(T&& foreign) {
        return foreign_awaiter<T>(std::forward<T>(foreign));
    }

    /// What has ended it, or null.
    const std::exception_ptr& error() const noexcept { return error_; }

protected:
    PEL_ALWAYS_INLINE void rethrow() const {
        if (error_ != nullptr) [[unlikely]]
            std::rethrow_exception(error_);
    }

private:
    std::exception_ptr error_;
};

/// Room for a result, which is made later.
template <class Stored>
class result_room : public manual_lifetime<Stored> {};
/// One that is aligned to more lies where it fits: an over-aligned promise would not be where its base looks for its
/// coroutine (coroutine_job::self()).
template <class Stored>
    requires(alignof(Stored) > alignof(std::max_align_t))
class result_room<Stored> {
public:
    Stored& get() noexcept {
        constexpr std::uintptr_t mask = alignof(Stored) - 1;
        return *reinterpret_cast<Stored*>((reinterpret_cast<std::uintptr_t>(bytes_) + mask) & ~mask);
    }

private:
    unsigned char bytes_[sizeof(Stored) + alignof(Stored) - 1];
};

/// The part that has it, as something that is stored: a pointer for a reference.
template <class Stored>
class task_result : public task_promise_base {
public:
    task_result() noexcept {}
    ~task_result() {
        if constexpr (must_end) {
            if (has_value_) room_.get().~Stored();
        }
    }

protected:
    template <class... Arguments>
    void store(Arguments&&... arguments) {
        std::construct_at(&room_.get(), std::forward<Arguments>(arguments)...);
        if constexpr (must_end) has_value_ = true;
    }
    /// Requires: it has ended. Throws: what it threw.
    Stored& stored() {
        rethrow();
        return room_.get();
    }

private:
    struct always {};
    static constexpr bool must_end = !std::is_trivially_destructible_v<Stored>;

    result_room<Stored> room_;
    [[no_unique_address]] std::conditional_t<must_end, bool, always> has_value_{};
};

template <class T>
class task_promise final : public task_result<std::remove_const_t<T>> {
public:
    task<T> get_return_object() noexcept;

    template <class U = T>
        requires std::constructible_from<T, U>
    void return_value(U&& result) noexcept(std::is_nothrow_constructible_v<T, U>) {
        this->store(std::forward<U>(result));
    }
    T take_result() { return std::move(this->stored()); }
};

template <class T>
class task_promise<T&> final : public task_result<T*> {
public:
    task<T&> get_return_object() noexcept;
    void return_value(T& object) noexcept { this->store(std::addressof(object)); }
    void return_value(T&&) = delete; // a temporary, where T is const
    T& take_result() { return *this->stored(); }
};

template <>
class task_promise<void> final : public task_promise_base {
public:
    task<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void take_result() { rethrow(); }
};

template <class T>
class task_awaiter : public job_awaiter<task_awaiter<T>> {
public:
    explicit task_awaiter(std::coroutine_handle<task_promise<T>> awaited) noexcept : awaited_(awaited) {}

    static bool await_ready() noexcept { return false; }
    std::coroutine_handle<> suspend(job_handle awaiting) noexcept {
        coroutine_job& self = awaited_.promise();
        self.home = awaiting.promise().home;
        self.is_awaited_by(awaiting);
        return hand_over(awaited_);
    }
    T await_resume() { return awaited_.promise().take_result(); }

protected:
    const std::coroutine_handle<task_promise<T>> awaited_;
};

/// Owns the coroutine: whoever awaits it destroys its frame when it has the result, so a chain of coroutines that hold one
/// another is not destroyed in one go, each inside the one before.
template <class T>
class [[nodiscard]] owning_task_awaiter : public task_awaiter<T> {
public:
    using task_awaiter<T>::task_awaiter;
    owning_task_awaiter(const owning_task_awaiter&) = delete;
    owning_task_awaiter& operator=(const owning_task_awaiter&) = delete;
    ~owning_task_awaiter() { this->awaited_.destroy(); }
};

/// Throws: std::logic_error for a task that there is none of.
template <class T>
std::coroutine_handle<task_promise<T>> checked_task(std::coroutine_handle<task_promise<T>> coroutine) {
    if (!coroutine) throw_error<std::logic_error>("pel::task: awaited, but there is no coroutine behind it");
    return coroutine;
}

} // namespace detail
PEL_NAMESPACE_END
