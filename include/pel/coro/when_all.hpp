// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// when_all: coroutines that run at the same time, and are awaited together.
//   auto [left, right] = co_await pel::when_all(sum(first, middle), sum(middle, last));
#pragma once

#include <pel/coro/task.hpp>

#include <array>
#include <tuple>
#include <variant>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
using stored_result = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// Takes its result from the promise of a coroutine that has ended; std::monostate for void.
template <class T>
PEL_ALWAYS_INLINE stored_result<T> take_stored(task_promise<T>& ended) {
    if constexpr (std::is_void_v<T>)
        return ended.take_result(), std::monostate();
    else
        return ended.take_result();
}

template <class... T>
class [[nodiscard]] all_awaiter {
public:
    /// Requires: each valid().
    explicit all_awaiter(task<T>&... children) noexcept : children_{&task_access::release(children).promise()...} {}
    all_awaiter(const all_awaiter&) = delete;
    all_awaiter& operator=(const all_awaiter&) = delete;
    ~all_awaiter() {
        for (coroutine_job* each : children_) each->self().destroy();
    }

    static bool await_ready() noexcept { return sizeof...(T) == 0; }
    template <std::derived_from<coroutine_job> Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) noexcept {
        return hand_over(join_.begin(parent, parent.promise().home, children_.data(), sizeof...(T)).self());
    }
    PEL_ALWAYS_INLINE std::tuple<stored_result<T>...> await_resume() { return take_results(std::index_sequence_for<T...>()); }

private:
    template <std::size_t... I>
    PEL_ALWAYS_INLINE std::tuple<stored_result<T>...> take_results(std::index_sequence<I...>) {
        return {take_stored(static_cast<task_promise<T>&>(*children_[I]))...};
    }

    const std::array<coroutine_job*, sizeof...(T)> children_;
    join_point join_;
};

} // namespace detail

/// Begins all of them, the first one on this thread, the others where a thread is free, and goes on where the last one
/// ends. Returns, awaited: a tuple of their results, std::monostate for void. Throws: the exception of the first of them
/// that threw, after all have ended. Cost: some ns each while nobody steals.
template <class... T>
auto when_all(task<T>... children) {
    (detail::checked_task(detail::task_access::handle(children)), ...);
    return detail::all_awaiter<T...>(children...);
}

PEL_NAMESPACE_END
