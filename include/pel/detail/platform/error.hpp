// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Throwing and catching in one place, so that the library compiles with -fno-exceptions: there an error prints its
// text and aborts, and nothing can be caught.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

#if PEL_EXCEPTIONS

/// Throws Error(arguments…).
template <class Error, class... Arguments>
[[noreturn]] PEL_COLD void throw_error(Arguments&&... arguments) {
    throw Error(std::forward<Arguments>(arguments)...);
}

/// Calls body(); hands the exception that it threw, if any, to handle(std::exception_ptr).
/// Returns: whether body returned normally.
template <class Body, class Handle>
PEL_ALWAYS_INLINE bool call_guarded(Body&& body, Handle&& handle) {
    try {
        body();
        return true;
    } catch (...) {
        handle(std::current_exception());
        return false;
    }
}

/// Calls body(); when it throws, calls on_exception() and lets the exception continue.
template <class Body, class Handle>
PEL_ALWAYS_INLINE void call_unwinding(Body&& body, Handle&& on_exception) {
    try {
        body();
    } catch (...) {
        on_exception();
        throw;
    }
}

/// Whether `error` holds an Error. Cost: a throw and a catch.
template <class Error>
bool is_exception_of(const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const Error&) {
        return true;
    } catch (...) {
        return false;
    }
}

#else

template <class Error>
bool is_exception_of(const std::exception_ptr&) noexcept {
    return false;
}

template <class Error, class... Arguments>
[[noreturn]] PEL_COLD void throw_error(Arguments&&... arguments) {
    std::fprintf(stderr, "pel: %s\n", Error(std::forward<Arguments>(arguments)...).what());
    std::abort();
}

template <class Body, class Handle>
PEL_ALWAYS_INLINE bool call_guarded(Body&& body, Handle&&) {
    body();
    return true;
}

template <class Body, class Handle>
PEL_ALWAYS_INLINE void call_unwinding(Body&& body, Handle&&) {
    body();
}

#endif

} // namespace detail
PEL_NAMESPACE_END
