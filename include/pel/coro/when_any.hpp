// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// when_any: the first of several coroutines to end, the others being told to stop.
#pragma once

#include <pel/coro/when_all.hpp>

#include <memory>
#include <new>
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

/// Awaited: what the coroutine itself is part of.
class own_group_awaiter {
public:
    using resumes_in_its_pool = void;

    static bool await_ready() noexcept { return false; }
    template <std::derived_from<coroutine_job> Promise>
    bool await_suspend(std::coroutine_handle<Promise> asking) noexcept {
        group_ = &asking.promise().group();
        return false;
    }
    coroutine_group& await_resume() const noexcept { return *group_; }

private:
    coroutine_group* group_ = nullptr;
};

/// A race: its coroutines are a group of their own, which the first one that ends cancels.
template <class Result>
class race {
public:
    /// Inside of what its coroutine is part of, also on a thread that has no record of that.
    explicit race(coroutine_group& outer) noexcept
        : group_(current_worker->is_member() ? *current_worker->pool : outer.pool(), outer) {}
    race(const race&) = delete;
    race& operator=(const race&) = delete;
    ~race() {
        if (has_result_) room_.get().~Result();
    }

    coroutine_group& group() noexcept { return group_; }

    /// Whether the caller is the first.
    bool try_win() noexcept {
        if (is_won_.exchange(true, relaxed)) return false; // the result is published by the join (CO1)
        group_.cancel();
        return true;
    }
    /// The winner: make() is the result, which may be aligned to more than the frame that the race lies in.
    template <class Make>
    void store(const Make& make) {
        ::new (static_cast<void*>(std::addressof(room_.get()))) Result(make());
        has_result_ = true;
    }
    /// Null: all were dropped.
    Result* result() noexcept { return has_result_ ? std::addressof(room_.get()) : nullptr; }

    std::exception_ptr error;

private:
    coroutine_group group_;
    result_room<Result> room_;
    bool has_result_ = false;
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
        if (current_worker->is_member()) current_worker->innermost = &group_;
        return this->begin(parent, &group_);
    }
    void await_resume() {
        leave(*current_worker);
        for (coroutine_job* each : this->children_) static_cast<task_promise<void>&>(*each).take_result();
    }

private:
    /// Where one of the last came to from a list or a thief, the thread serves the race, which is about to be gone: another
    /// group at its place would take to be its own what follows here.
    void leave(worker& own) const noexcept {
        if (!own.is_member()) return;
        own.innermost = outer_;
        const serving_record::entry served = own.serving.get();
        if (served.inside == &group_) own.serving.set(served.task, outer_, served.base); // what lies above is inside it
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
    call_guarded([&] { in.store([&] { return make(promise); }); }, // to move the result may throw
                 [&](std::exception_ptr error) { in.error = std::move(error); });
}

/// Requires: the race is over. (A reference: an object in the frame of who calls this may be misplaced, see store().)
template <class Result>
Result&& take_winner(race<Result>& over) {
    if (over.error != nullptr) std::rethrow_exception(over.error);
    if (over.result() == nullptr) throw_error<operation_cancelled>();
    return std::move(*over.result());
}

template <std::size_t... I, class... T>
task<when_any_result<T...>> run_race(std::index_sequence<I...>, task<T>... runners) {
    using result = when_any_result<T...>;
    race<result> all(co_await own_group_awaiter());
    co_await group_awaiter<sizeof...(T)>(all.group(), contend(all, std::move(runners), alternative<result, I>())...);
    co_return take_winner(all);
}

template <class T>
task<when_any_range_result<T>> run_race(std::vector<task<T>> runners) {
    using result = when_any_range_result<T>;
    race<result> all(co_await own_group_awaiter());
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
/// others stop (get_stop_token()); it goes on when all have ended, so nothing of them is left behind. A wait that is given
/// no token is not told: rather than `m.async_lock()`, a coroutine that awaits
/// `m.async_lock(co_await pel::get_stop_token())`. Returns, awaited: which one was first, and its result. Throws: what the
/// first one threw; operation_cancelled if all were dropped, as what is around was cancelled; std::logic_error unless each
/// is valid(). Cost: a group and a frame for the race, and a frame for each that takes part; a stop source if somebody asks
/// for a token. Complexity: linear in their number.
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
