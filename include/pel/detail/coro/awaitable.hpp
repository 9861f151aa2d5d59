// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whatever a coroutine can await, and what makes coroutines, as a pel::task: for what begins tasks.
#pragma once

#include <pel/coro/task.hpp>

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// May be passed by value to what awaits it.
template <class T>
concept awaitable = std::move_constructible<T> && requires(T&& object) {
    { awaiter_of(std::move(object)) } -> awaiter;
};

template <awaitable T>
    requires(!is_task<T>)
inline constexpr bool is_other_awaitable<T> = true;

template <class T>
concept no_awaitable = !is_task<T> && !is_other_awaitable<T>;

/// What awaiting it gives; an object for an rvalue reference.
template <awaitable T>
using awaited_result = decltype(awaiter_of(std::declval<T>()).await_resume());
template <awaitable T>
using task_value = std::conditional_t<std::is_lvalue_reference_v<awaited_result<T>>, awaited_result<T>,
                                      std::remove_cvref_t<awaited_result<T>>>;

template <awaitable T>
task<task_value<T>> await_as_task(T object) {
    using value = task_value<T>;
    if constexpr (std::is_object_v<value>)
        static_assert(
            alignof(value) <= 64,
            "pel: a coroutine awaits this, and what lies in its frame is aligned to 64 bytes at most: let the "
            "result hold by pointer what is aligned to more");
    co_return co_await std::move(object);
}

/// Returns: a task itself, or one that awaits the object.
template <class T>
task<T>&& as_task(task<T>& same) noexcept {
    return std::move(same);
}
template <class T>
    requires is_other_awaitable<T>
task<task_value<T>> as_task(T& object) {
    return await_as_task(std::move(object));
}

/// A coroutine whose body is a lambda refers to the lambda, and does not keep it: this frame does.
template <class F>
    requires coroutine_function<F&>
auto call_as_task(F function) -> std::invoke_result_t<F&> {
    using value = std::invoke_result_t<F&>::value_type;
    constexpr bool fits = alignof(F) <= 64 && alignof(std::conditional_t<std::is_object_v<value>, value, char>) <= 64;
    static_assert(fits,
                  "pel: a coroutine keeps this function and awaits its result, and what lies in its frame is aligned "
                  "to 64 bytes at most: hold by pointer what is aligned to more");
    co_return co_await std::invoke(function);
}

} // namespace detail
PEL_NAMESPACE_END
