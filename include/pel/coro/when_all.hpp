// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// when_all: coroutines that run at the same time, and are awaited together.
//   auto [left, right] = co_await pel::when_all(sum(first, middle), sum(middle, last));
#pragma once

#include <pel/detail/coro/awaitable.hpp>

#include <array>
#include <exception>
#include <functional>
#include <memory>
#include <ranges>
#include <tuple>
#include <variant>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
using stored_result = std::conditional_t<std::is_void_v<T>, std::monostate, std::remove_cv_t<T>>;
/// Where references cannot be.
template <class T>
using held_result = std::conditional_t<std::is_lvalue_reference_v<T>,
                                       std::reference_wrapper<std::remove_reference_t<T>>, stored_result<T>>;

/// Takes its result from the promise of a coroutine that has ended; std::monostate for void.
template <class T>
PEL_ALWAYS_INLINE stored_result<T> take_stored(task_promise<T>& ended) {
    if constexpr (std::is_void_v<T>)
        return ended.take_result(), std::monostate();
    else
        return ended.take_result();
}

/// Moves them out of a range. Throws: std::logic_error unless each is valid(); std::bad_alloc.
template <class Range>
auto tasks_of(Range&& range) {
    using tasks = std::vector<std::ranges::range_value_t<Range>>;
    tasks children;
    if constexpr (std::is_same_v<Range, tasks>) {
        children = std::forward<Range>(range);
    } else {
        if constexpr (std::ranges::sized_range<Range>) children.reserve(std::ranges::size(range));
        for (auto&& each : range) children.push_back(std::move(each));
    }
    for (const auto& each : children) checked_task(coroutine_access::handle(each));
    return children;
}

/// So many lie in a deque at once.
inline constexpr std::size_t most_in_row = 32;

/// The coroutines of a range, in a row.
class coroutine_row {
public:
    template <class T>
    explicit coroutine_row(const std::vector<task<T>>& children) {
        coroutine_job** row = few_;
        if (children.size() > std::size(few_)) {
            many_ = std::make_unique_for_overwrite<coroutine_job*[]>(children.size());
            row = many_.get();
        }
        for (const task<T>& each : children) *row++ = &coroutine_access::promise(each);
    }
    coroutine_job* const* begin() const noexcept { return many_ != nullptr ? many_.get() : few_; }

private:
    coroutine_job* few_[12];
    std::unique_ptr<coroutine_job*[]> many_;
};

/// What has no coroutine any more owns one that does nothing, so that destruction need not ask. There is no object where
/// the result points, and none is touched: self() goes from that address back to the frame's, and what a handle of the frame
/// destroys knows nothing of promises.
inline coroutine_job* no_child() noexcept {
    void* const frame = std::noop_coroutine().address(); // without a promise: no reference may bind to it
    return static_cast<coroutine_job*>(__builtin_coro_promise(frame, alignof(coroutine_job), false));
}

/// Begins coroutines together, and goes on when all have ended; owns them. May be moved until it is awaited.
template <std::size_t Count>
class joined_awaiter : public job_awaiter<joined_awaiter<Count>> {
public:
    joined_awaiter(joined_awaiter&& other) noexcept : children_(other.children_) {
        join_.set_spent(other.is_spent());
        other.join_.set_spent(true);
        other.children_.fill(no_child());
    }
    joined_awaiter& operator=(joined_awaiter&&) = delete;
    ~joined_awaiter() {
        for (coroutine_job* each : children_) each->self().destroy();
    }

    /// Awaited before, or moved from.
    bool is_spent() const noexcept { return join_.is_spent(); }

    static bool await_ready() noexcept { return Count == 0; }
    std::coroutine_handle<> suspend(job_handle parent) noexcept { return begin(parent, parent.promise().home); }

protected:
    /// Requires: each valid().
    template <class... T>
    explicit joined_awaiter(task<T>&... children) noexcept
        : children_{&coroutine_access::release(children).promise()...} {
        join_.set_spent(false);
    }
    template <class T>
    explicit joined_awaiter(std::array<task<T>, Count>& children) noexcept {
        coroutine_job** each = children_.data();
        for (task<T>& child : children) *each++ = &coroutine_access::release(child).promise();
        join_.set_spent(false);
    }

    PEL_ALWAYS_INLINE std::coroutine_handle<> begin(std::coroutine_handle<> parent, scope* group) noexcept {
        return hand_over(join_.begin(parent, group, children_.data(), Count).self());
    }

    std::array<coroutine_job*, Count> children_;

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

/// So many of one type.
template <class T, std::size_t Count>
class [[nodiscard]] array_awaiter : public joined_awaiter<Count> {
public:
    explicit array_awaiter(std::array<task<T>, Count>& children) noexcept : joined_awaiter<Count>(children) {}

    PEL_ALWAYS_INLINE auto await_resume() {
        if constexpr (std::is_void_v<T>)
            for (coroutine_job* each : this->children_) static_cast<task_promise<T>*>(each)->take_result();
        else
            return take_results(std::make_index_sequence<Count>());
    }

private:
    template <std::size_t... I>
    PEL_ALWAYS_INLINE std::array<held_result<T>, Count> take_results(std::index_sequence<I...>) {
        return {take_stored(static_cast<task_promise<T>&>(*this->children_[I]))...};
    }
};

[[noreturn]] PEL_COLD inline void throw_awaited_twice() {
    throw_error<std::logic_error>("pel::when_all: awaited, but its coroutines were awaited or moved before");
}

/// Coroutines whose number is known, and whatever is to be awaited of them later.
template <class Awaiter>
class [[nodiscard]] all_of_tasks {
public:
    template <class... Children>
    explicit all_of_tasks(Children&... children) noexcept : all_(children...) {}
    PEL_ALWAYS_INLINE decltype(auto) operator co_await() && {
        if (all_.is_spent()) [[unlikely]]
            throw_awaited_twice();
        return refer_to(all_); // in place: there is one of it in the frame
    }
    template <class Result = void>
    Awaiter operator co_await() const& {
        static_assert(!std::is_void_v<Result>, "pel::when_all: awaited once: say co_await std::move(all)");
        std::terminate(); // or the compiler says more than that
    }

private:
    Awaiter all_;
};

template <class... T>
auto all_of(task<T>&&... children) {
    (checked_task(coroutine_access::handle(children)), ...);
    return all_of_tasks<all_awaiter<T...>>(children...);
}
template <class T, std::size_t Count>
auto all_of(std::array<task<T>, Count>& children) {
    for (const task<T>& each : children) checked_task(coroutine_access::handle(each));
    return all_of_tasks<array_awaiter<T, Count>>(children);
}

/// Coroutines in a row that somebody else owns: begins all of them.
class row_awaiter : public job_awaiter<row_awaiter> {
public:
    row_awaiter(coroutine_job* const* children, std::uint32_t count) noexcept : children_(children), count_(count) {}

    bool await_ready() const noexcept { return count_ == 0; }
    std::coroutine_handle<> suspend(job_handle parent) noexcept {
        return hand_over(join_.begin(parent, parent.promise().home, children_, count_).self());
    }
    static void await_resume() noexcept {}

private:
    coroutine_job* const* const children_;
    const std::uint32_t count_;
    join_point join_;
};

/// Of many at once only some lie in the deque, and all threads begin the others.
template <class Result = void> // else each file that includes this compiles it
task<Result> await_row(coroutine_job* const* children, std::size_t count) {
    if (count <= most_in_row) {
        co_await row_awaiter(children, static_cast<std::uint32_t>(count));
        co_return;
    }
    task<void> near = await_row(children, count / 2), far = await_row(children + count / 2, count - count / 2);
    co_await all_awaiter<void, void>(near, far);
}

template <class T>
using all_results = std::conditional_t<std::is_void_v<T>, T, std::vector<held_result<T>>>;

/// Those of a range, which it owns.
template <class T>
class [[nodiscard]] range_awaiter : public job_awaiter<range_awaiter<T>> {
public:
    explicit range_awaiter(std::vector<task<T>>&& children)
        : children_(std::move(children)), row_(children_),
          all_(children_.size() <= most_in_row ? task<void>() : await_row(row_.begin(), children_.size())) {}

    bool await_ready() const noexcept { return children_.empty(); }
    std::coroutine_handle<> suspend(job_handle parent) noexcept {
        coroutine_job* const* row = row_.begin();
        std::size_t count = children_.size();
        if (all_.valid()) {
            parts_ = &coroutine_access::promise(all_);
            row = &parts_;
            count = 1;
        }
        return hand_over(join_.begin(parent, parent.promise().home, row, static_cast<std::uint32_t>(count)).self());
    }
    all_results<T> await_resume() {
        if (all_.valid()) coroutine_access::promise(all_).take_result();
        if constexpr (std::is_void_v<T>) {
            for (task<T>& each : children_) coroutine_access::promise(each).take_result();
        } else {
            all_results<T> results;
            results.reserve(children_.size());
            for (task<T>& each : children_) results.push_back(take_stored(coroutine_access::promise(each)));
            return results;
        }
    }

private:
    std::vector<task<T>> children_;
    const coroutine_row row_;
    task<void> all_; // of many
    coroutine_job* parts_;
    join_point join_;
};

/// A range, and whatever is to be awaited of it later.
template <class T>
class [[nodiscard]] all_of_range {
public:
    explicit all_of_range(std::vector<task<T>>&& children) noexcept : children_(std::move(children)) {}
    all_of_range(all_of_range&& other) noexcept
        : children_(std::move(other.children_)), is_spent_(std::exchange(other.is_spent_, true)) {}
    all_of_range& operator=(all_of_range&&) = delete;

    range_awaiter<T> operator co_await() && {
        if (std::exchange(is_spent_, true)) throw_awaited_twice();
        return range_awaiter<T>(std::move(children_));
    }
    template <class Result = T>
    range_awaiter<Result> operator co_await() const& {
        static_assert(!std::is_same_v<Result, T>, "pel::when_all: awaited once: say co_await std::move(all)");
    }

private:
    std::vector<task<T>> children_;
    bool is_spent_ = false; // awaited before, or moved from: a range may be empty
};

} // namespace detail

/// Begins all of them, the first one on this thread, the others where a thread is free, and goes on where the last one
/// ends. They are pel::task, or anything else that can be awaited and moved. Returns, awaited: a tuple of their results,
/// std::monostate for void. Throws: the exception of the first of them that threw, after all have ended (none of them is
/// dropped); std::logic_error unless each task is valid(). What it returns can be moved, and is awaited once. Cost: some
/// ns each while nobody steals.
template <detail::awaitable... T>
auto when_all(T... children) {
    return detail::all_of(detail::as_task(children)...);
}

/// The same for an array of pel::task<T>, which are moved from: without memory for the children and their results.
/// Returns, awaited: a std::array<T, Count> of their results, of std::reference_wrapper for references; nothing for void.
template <class T, std::size_t Count>
auto when_all(std::array<task<T>, Count>&& children) {
    return detail::all_of(children);
}
template <class T, std::size_t Count>
auto when_all(std::array<task<T>, Count>& children) {
    return detail::all_of(children);
}

/// The same for a range of pel::task<T>, which are moved from. Returns, awaited: a std::vector<T> of their results, in
/// their order, of std::reference_wrapper for references; nothing for void. Throws: std::bad_alloc, too.
template <std::ranges::input_range Range>
    requires detail::is_task<std::ranges::range_value_t<Range>>
auto when_all(Range&& range) {
    return detail::all_of_range(detail::tasks_of(std::forward<Range>(range)));
}

PEL_NAMESPACE_END
