// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loop bodies that take a std::stop_token after their other arguments, as tasks of a group may. It stops as soon as
// nobody wants the loop's result any more, so that long bodies can end early:
//   pel::parallel_for(0, n, [&](int i, const std::stop_token& stop) { while (!stop.stop_requested()) … });
// A body ends normally when it has seen that; what is thrown by the loop is the same as without a token. In a header of
// its own since <stop_token> takes long to compile.
#pragma once

#include <pel/detail/sched/stop_watch.hpp>
#include <pel/md_range.hpp>
#include <pel/parallel_for.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <iterator>
#include <stop_token>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Taken with a token only.
template <class Body, class... Arguments>
concept stoppable_body =
    !std::invocable<Body&, Arguments...> && callable_for_effect<Body&, Arguments..., const std::stop_token&>;

/// Such a body, called as one without a token.
template <class Body>
struct token_body {
    Body& body;
    stop_watch& watch;
    const std::stop_token& token;

    template <class... Arguments>
        requires std::invocable<Body&, Arguments..., const std::stop_token&>
    void operator()(Arguments&&... arguments) const {
        call_unwinding([&] { std::invoke(body, std::forward<Arguments>(arguments)..., token); },
                       [&] { watch.request_stop(); });
    }
};

/// A policy's token, asked between blocks as before: passes on what it says.
template <class Token>
struct telling_token {
    const Token* asked;
    stop_watch* watch;

    bool stop_requested() const noexcept {
        if (!asked->stop_requested()) return false;
        watch->request_stop();
        return true;
    }
};

template <class Policy>
const Policy& telling(const Policy& policy, stop_watch&) {
    return policy;
}
template <class Token>
    requires stop_token_like<Token> && (!std::derived_from<Token, no_stop_token>)
auto telling(const basic_parallel_policy<Token>& policy, stop_watch& watch) {
    return policy.stop(telling_token<Token>{&policy_access::token(policy), &watch});
}

/// Of a std::stop_token, at once.
struct tell {
    stop_watch& watch;
    void operator()() const noexcept { watch.request_stop(); }
};
template <class Policy>
no_stop_token told_by(const Policy&, stop_watch&) {
    return {};
}
inline std::stop_callback<tell> told_by(const basic_parallel_policy<std::stop_token>& policy, stop_watch& watch) {
    return std::stop_callback<tell>(policy_access::token(policy), tell{watch});
}
inline std::stop_callback<tell> told_by(const basic_parallel_policy<placed<std::stop_token>>& policy,
                                        stop_watch& watch) {
    return std::stop_callback<tell>(policy_access::token(policy).token, tell{watch});
}

/// Calls loop(policy, body) with a body that takes no token.
template <class Policy, class Body, class Loop>
void with_stop_token(const Policy& policy, Body& body, const Loop& loop) {
    const worker& own = *current_worker;
    const scope here(own.innermost, &own.floor, own.level_base, own.deque.bottom());
    stop_watch watch(here);
    const std::stop_token token = watch.token();
    [[maybe_unused]] const auto callback = told_by(policy, watch);
    loop(telling(policy, watch), token_body<Body>{body, watch, token});
}

/// What a loop from a First to a Last calls its body with.
template <class First, class Last>
struct loop_index {};
template <std::integral First, std::integral Last>
struct loop_index<First, Last> {
    using type = std::common_type_t<First, Last>;
};
template <std::random_access_iterator First, std::sized_sentinel_for<First> Last>
struct loop_index<First, Last> {
    using type = First;
};
template <class First, class Last>
using loop_index_t = typename loop_index<First, Last>::type;

template <class Body, class Index, std::size_t Rank>
concept stoppable_md_body = !md_body<Body, Index, Rank> && md_body<Body, Index, Rank, const std::stop_token&>;

} // namespace detail

/// Calls body(i, token): everything else is as for the loop of the same arguments whose body takes i alone. The token
/// stops when a body of the loop has thrown, when the policy's token says so — at once if that is a std::stop_token,
/// else when it is next asked — and when a loop, group or fork around is cancelled.
template <execution_policy Policy, class First, class Last, class Body>
    requires detail::stoppable_body<Body, detail::loop_index_t<First, Last>>
void parallel_for(const Policy& policy, First first, Last last, Body&& body) {
    detail::with_stop_token(policy, body, [&](const auto& telling, const auto& call) {
        parallel_for(telling, std::move(first), last, call);
    });
}

template <class First, class Last, class Body>
    requires detail::stoppable_body<Body, detail::loop_index_t<First, Last>>
void parallel_for(First first, Last last, Body&& body) {
    parallel_for(par, std::move(first), last, body);
}

template <execution_policy Policy, class First, class Last, std::integral Step, class Body>
    requires detail::stoppable_body<Body, detail::loop_index_t<First, Last>>
void parallel_for(const Policy& policy, First first, Last last, Step step, Body&& body) {
    detail::with_stop_token(policy, body, [&](const auto& telling, const auto& call) {
        parallel_for(telling, std::move(first), last, step, call);
    });
}

template <class First, class Last, std::integral Step, class Body>
    requires detail::stoppable_body<Body, detail::loop_index_t<First, Last>>
void parallel_for(First first, Last last, Step step, Body&& body) {
    parallel_for(par, std::move(first), last, step, body);
}

/// Likewise body(i, j, token) and body(i, j, k, token).
template <execution_policy Policy, std::integral Index, std::size_t Rank, class Body>
    requires detail::stoppable_md_body<Body, Index, Rank>
void parallel_for(const Policy& policy, const md_range<Index, Rank>& range, Body&& body) {
    detail::with_stop_token(policy, body,
                            [&](const auto& telling, const auto& call) { parallel_for(telling, range, call); });
}

template <std::integral Index, std::size_t Rank, class Body>
    requires detail::stoppable_md_body<Body, Index, Rank>
void parallel_for(const md_range<Index, Rank>& range, Body&& body) {
    parallel_for(par, range, body);
}

PEL_NAMESPACE_END
