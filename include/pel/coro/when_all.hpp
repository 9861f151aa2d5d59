// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// when_all: coroutines that run at the same time, and are awaited together.
//   auto [left, right] = co_await pel::when_all(sum(first, middle), sum(middle, last));
#pragma once

#include <pel/detail/coro/awaitable.hpp>

#include <array>
#include <memory>
#include <ranges>
#include <tuple>
#include <variant>
#include <vector>

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

/// The coroutines of a range, in a row.
template <class T>
std::unique_ptr<coroutine_job*[]> row_of(const std::vector<task<T>>& children) {
    auto row = std::make_unique_for_overwrite<coroutine_job*[]>(children.size());
    for (std::size_t each = 0; each < children.size(); ++each) row[each] = &task_access::promise(children[each]);
    return row;
}

/// Begins coroutines together, and goes on when all have ended; owns them.
template <std::size_t Count>
class joined_awaiter {
public:
    joined_awaiter(const joined_awaiter&) = delete;
    joined_awaiter& operator=(const joined_awaiter&) = delete;
    ~joined_awaiter() {
        for (coroutine_job* each : children_) each->self().destroy();
    }

    static bool await_ready() noexcept { return Count == 0; }
    template <std::derived_from<coroutine_job> Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) noexcept {
        return begin(parent, parent.promise().home);
    }

protected:
    /// Requires: each valid().
    template <class... T>
    explicit joined_awaiter(task<T>&... children) noexcept : children_{&task_access::release(children).promise()...} {}

    PEL_ALWAYS_INLINE std::coroutine_handle<> begin(std::coroutine_handle<> parent, scope* group) noexcept {
        return hand_over(join_.begin(parent, group, children_.data(), Count).self());
    }

    const std::array<coroutine_job*, Count> children_;

private:
    join_point join_;
};

template <class... T>
class [[nodiscard]] all_awaiter : public joined_awaiter<sizeof...(T)> {
public:
    explicit all_awaiter(task<T>&... children) noexcept : joined_awaiter<sizeof...(T)>(children...) {}

    PEL_ALWAYS_INLINE std::tuple<stored_result<T>...> await_resume() {
        return take_results(std::index_sequence_for<T...>());
    }

private:
    template <std::size_t... I>
    PEL_ALWAYS_INLINE std::tuple<stored_result<T>...> take_results(std::index_sequence<I...>) {
        return {take_stored(static_cast<task_promise<T>&>(*this->children_[I]))...};
    }
};

template <class... T>
all_awaiter<T...> all_of(task<T>&&... children) {
    (checked_task(task_access::handle(children)), ...);
    return all_awaiter<T...>(children...);
}

/// Coroutines in a row that somebody else owns: begins all of them.
class row_awaiter {
public:
    row_awaiter(coroutine_job* const* children, std::uint32_t count) noexcept : children_(children), count_(count) {}

    bool await_ready() const noexcept { return count_ == 0; }
    template <std::derived_from<coroutine_job> Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) noexcept {
        return hand_over(join_.begin(parent, parent.promise().home, children_, count_).self());
    }
    static void await_resume() noexcept {}

private:
    coroutine_job* const* const children_;
    const std::uint32_t count_;
    join_point join_;
};

/// Of many at once only some lie in the deque, and all threads begin the others.
inline task<void> await_row(coroutine_job* const* children, std::size_t count) {
    constexpr std::size_t few = 32;
    if (count <= few) {
        co_await row_awaiter(children, static_cast<std::uint32_t>(count));
        co_return;
    }
    task<void> near = await_row(children, count / 2), far = await_row(children + count / 2, count - count / 2);
    co_await all_awaiter<void, void>(near, far);
}

template <class T>
task<std::vector<T>> all_of_them(std::vector<task<T>> children) {
    const std::unique_ptr<coroutine_job*[]> row = row_of(children);
    co_await await_row(row.get(), children.size());
    std::vector<T> results;
    results.reserve(children.size());
    for (task<T>& each : children) results.push_back(task_access::promise(each).take_result());
    co_return results;
}
inline task<void> all_of_them(std::vector<task<void>> children) {
    const std::unique_ptr<coroutine_job*[]> row = row_of(children);
    co_await await_row(row.get(), children.size());
    for (task<void>& each : children) task_access::promise(each).take_result();
}

} // namespace detail

/// Begins all of them, the first one on this thread, the others where a thread is free, and goes on where the last one
/// ends. They are pel::task, or anything else that can be awaited and moved. Returns, awaited: a tuple of their results,
/// std::monostate for void. Throws: the exception of the first of them that threw, after all have ended;
/// std::logic_error unless each task is valid(). Cost: some ns each while nobody steals.
template <detail::awaitable... T>
auto when_all(T... children) {
    return detail::all_of(detail::as_task(children)...);
}

/// The same for a range of pel::task<T>, which are moved from. Returns, awaited: a std::vector<T> of their results, in
/// their order; nothing for void. Throws: std::bad_alloc, too.
template <std::ranges::input_range Range>
    requires detail::is_task<std::ranges::range_value_t<Range>>
auto when_all(Range&& range) {
    std::vector<std::ranges::range_value_t<Range>> children;
    if constexpr (std::ranges::sized_range<Range>) children.reserve(std::ranges::size(range));
    for (auto&& each : range) {
        children.push_back(std::move(each));
        detail::checked_task(detail::task_access::handle(children.back()));
    }
    return detail::all_of_them(std::move(children));
}

PEL_NAMESPACE_END
