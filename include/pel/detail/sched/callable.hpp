// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Callables that may as well be copied. A closure in memory costs its caller a chain of dependent loads at every fork,
// and keeps the compiler from vectorising a loop that stores something which the closure might be.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <concepts>
#include <type_traits>

PEL_NAMESPACE_BEGIN
template <class T = void>
class task; // pel/coro/task.hpp

namespace detail {

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

/// What a coroutine can await, other than a task: pel/detail/coro/awaitable.hpp says what that is.
template <class T>
inline constexpr bool is_other_awaitable = false;

/// May be called where nobody gets the result: a coroutine would never begin.
template <class F, class... Arguments>
concept callable_for_effect =
    std::invocable<F, Arguments...> && !is_task<std::remove_cvref_t<std::invoke_result_t<F, Arguments...>>>;

/// Makes coroutines, which may refer to what it has captured: it is to stay until they are over.
template <class F, class... Arguments>
concept coroutine_function = std::invocable<F, Arguments...> && is_task<std::invoke_result_t<F, Arguments...>>;
/// The same, with what future<T>::then() gives it.
template <class F, class T>
concept coroutine_continuation = coroutine_function<F, T> || (std::is_void_v<T> && coroutine_function<F>);

template <class Call>
inline constexpr bool is_const_call = false;
template <class Result, class F, class... Arguments>
inline constexpr bool is_const_call<Result (F::*)(Arguments...) const> = true;
template <class Result, class F, class... Arguments>
inline constexpr bool is_const_call<Result (F::*)(Arguments...) const noexcept> = true;

/// Of several operator(), or a template: one is called with these arguments whether F is const or not. (The arguments are
/// left to the call to deduce: that of a generic lambda is compiled here as it will be called, and not otherwise.)
template <class F, class... Arguments>
concept called_as_const =
    std::is_class_v<F> && !requires { &F::operator(); } && sizeof...(Arguments) != 0 &&
    std::invocable<F&, Arguments...> && std::invocable<const F&, Arguments...> &&
    std::same_as<std::invoke_result_t<F&, Arguments...>, std::invoke_result_t<const F&, Arguments...>>;

/// A function object of a few words that is called the same way whether it is const or not, as lambdas are: nobody can
/// tell a copy from it.
template <class F, class... Arguments>
concept copied_into_registers =
    std::is_trivially_copyable_v<F> && std::is_trivially_copy_constructible_v<F> && sizeof(F) <= 64 &&
    (requires { requires is_const_call<decltype(&F::operator())>; } || called_as_const<F, Arguments...>);

/// How such a callable, or a reference to another, is held.
template <class F, class... Arguments>
using held_callable = std::conditional_t<copied_into_registers<F, Arguments...>, const F, F&>;

} // namespace detail
PEL_NAMESPACE_END
