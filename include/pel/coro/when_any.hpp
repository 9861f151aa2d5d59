// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// when_any: the first of several coroutines to end, the others being told to stop.
#pragma once

#include <pel/coro/when_all.hpp>

#include <optional>
#include <stdexcept>

PEL_NAMESPACE_BEGIN

/// Which coroutine was first, and its result: the alternative of the same index, std::monostate for void, a
/// std::reference_wrapper for a reference.
template <class... T>
struct when_any_result {
    std::size_t index;
    std::variant<detail::held_result<T>...> value;
};

/// The same of a range; `value` is a T.
template <class T>
struct when_any_range_result {
    std::size_t index;
    detail::held_result<T> value;
};

namespace detail {

/// A race: its coroutines are a group of their own, which the first one that ends cancels.
template <class Result>
class race {
public:
    race() noexcept : group_(current_scheduler()) {}

    coroutine_group& group() noexcept { return group_; }

    /// Whether the caller is the first.
    bool try_win() noexcept {
        if (is_won_.exchange(true, relaxed)) return false; // the result is published by the join (CO1)
        group_.cancel();
        return true;
    }
    std::optional<Result> result;
    std::exception_ptr error;

private:
    coroutine_group group_;
    atomic<bool> is_won_{false};
};

/// Begins coroutines in a group inside that of who awaits them. Throws, awaited: the exception of the first that threw.
template <std::size_t Count>
class group_awaiter : public joined_awaiter<Count> {
public:
    template <std::same_as<task<void>>... Task>
    explicit group_awaiter(coroutine_group& group, Task... children) noexcept
        : joined_awaiter<Count>(children...), group_(group) {}

    template <std::derived_from<coroutine_job> Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) noexcept {
        outer_ = parent.promise().home;
        enter(&group_);
        return this->begin(parent, &group_);
    }
    void await_resume() {
        enter(outer_);
        for (coroutine_job* each : this->children_) static_cast<task_promise<void>&>(*each).take_result();
    }

private:
    static void enter(scope* group) noexcept {
        if (current_worker->is_member()) current_worker->innermost = group;
    }

    coroutine_group& group_;
    scope* outer_ = nullptr;
};

/// Goes on when the coroutine has ended, with whatever result.
template <class T>
class ended_awaiter : public task_awaiter<T> {
public:
    using task_awaiter<T>::task_awaiter;
    static void await_resume() noexcept {}
};

/// What the winner's coroutine has left becomes the result of the race.
template <class Result, std::size_t I>
struct alternative {
    template <class T>
    Result operator()(task_promise<T>& winner) const {
        return {I, decltype(Result::value)(std::in_place_index<I>, take_stored(winner))};
    }
};
template <class Result>
struct element {
    template <class T>
    Result operator()(task_promise<T>& winner) const {
        return {index, take_stored(winner)};
    }
    std::size_t index;
};

template <class Result, class T, class Make>
task<void> contend(race<Result>& in, task<T> runner, Make make) {
    if (in.group().is_cancelled()) co_return; // not begun
    auto& promise = coroutine_access::promise(runner);
    co_await ended_awaiter<T>(coroutine_access::handle(runner));
    if (!in.try_win()) co_return;
    if (promise.error() != nullptr) {
        in.error = promise.error();
        co_return;
    }
    call_guarded([&] { in.result.emplace(make(promise)); }, // to move the result may throw
                 [&](std::exception_ptr error) { in.error = std::move(error); });
}

/// Requires: the race is over.
template <class Result>
Result take_winner(race<Result>& over) {
    if (over.error != nullptr) std::rethrow_exception(over.error);
    if (!over.result) throw_error<operation_cancelled>();
    return std::move(*over.result);
}

template <std::size_t... I, class... T>
task<when_any_result<T...>> run_race(std::index_sequence<I...>, task<T>... runners) {
    using result = when_any_result<T...>;
    race<result> all;
    co_await group_awaiter<sizeof...(T)>(all.group(), contend(all, std::move(runners), alternative<result, I>())...);
    co_return take_winner(all);
}

template <class T>
task<when_any_range_result<T>> run_race(std::vector<task<T>> runners) {
    using result = when_any_range_result<T>;
    race<result> all;
    std::vector<task<void>> contenders;
    contenders.reserve(runners.size());
    for (std::size_t i = 0; i < runners.size(); ++i)
        contenders.push_back(contend(all, std::move(runners[i]), element<result>{i}));
    const coroutine_row row(contenders);
    co_await group_awaiter<1>(all.group(), await_row(row.begin(), contenders.size()));
    co_return take_winner(all);
}

template <class... T>
task<when_any_result<T...>> race_of(task<T>&&... runners) {
    (checked_task(coroutine_access::handle(runners)), ...);
    return run_race(std::index_sequence_for<T...>(), std::move(runners)...);
}

} // namespace detail

/// Begins all of them as when_all() does. Those that have not begun when one has ended are dropped, and the tokens of the
/// others stop (get_stop_token()); it goes on when all have ended, so nothing of them is left behind. Returns, awaited:
/// which one was first, and its result. Throws: what the first one threw;
/// operation_cancelled if all were dropped, as what is around was cancelled; std::logic_error unless each is valid().
template <detail::awaitable... T>
    requires(sizeof...(T) > 0)
auto when_any(T... children) {
    return detail::race_of(detail::as_task(children)...);
}

/// The same for a range of pel::task<T>, which are moved from. Returns, awaited: a when_any_range_result<T>, whose value is
/// std::monostate for void, a std::reference_wrapper for a reference. Throws: std::invalid_argument if it is empty.
template <std::ranges::input_range Range>
    requires detail::is_task<std::ranges::range_value_t<Range>>
auto when_any(Range&& range) {
    auto children = detail::tasks_of(std::forward<Range>(range));
    if (children.empty()) detail::throw_error<std::invalid_argument>("pel::when_any: of no coroutine");
    return detail::run_race(std::move(children));
}

PEL_NAMESPACE_END
