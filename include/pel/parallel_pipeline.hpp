// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_pipeline: a stream of tokens passes through stages, many tokens at once, each stage working on one at a time
// or on many.
//   pel::parallel_pipeline(16, pel::serial([&](pel::pipeline_control&) -> std::optional<line> { return read(file); }),
//                          pel::parallel([](line&& text) { return parse(text); }),
//                          pel::serial([&](const record& one) { write(one); }));
#pragma once

#include <pel/detail/core/on_node.hpp>
#include <pel/detail/pipeline/run.hpp>
#include <pel/parallel_for.hpp>
#include <pel/task_group.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

/// A stage that works on one token at a time, in the order of the stream. Returns: the stage, with f in it, for
/// parallel_pipeline(), as the other two. Throws, as they: what copying f throws.
template <class F>
auto serial(F&& f) {
    return detail::pipeline_stage<detail::stage_kind::in_order, std::decay_t<F>>{std::forward<F>(f)};
}
/// A stage that works on one token at a time, about in the order in which they come.
template <class F>
auto serial_out_of_order(F&& f) {
    return detail::pipeline_stage<detail::stage_kind::any_order, std::decay_t<F>>{std::forward<F>(f)};
}
/// A stage that works on any number of tokens at the same time. Requires: its function is called through a reference by
/// several threads.
template <class F>
auto parallel(F&& f) {
    return detail::pipeline_stage<detail::stage_kind::parallel, std::decay_t<F>>{std::forward<F>(f)};
}

namespace detail {

/// Throws: std::invalid_argument unless it is positive.
template <std::integral Count>
std::size_t checked_tokens(Count max_tokens) {
    if (max_tokens <= 0)
        throw_error<std::invalid_argument>("pel::parallel_pipeline: max_tokens is " + std::to_string(max_tokens));
    return static_cast<std::size_t>(max_tokens);
}

} // namespace detail

/// Passes tokens through the stages until the first one ends the stream, at most max_tokens of them at once.
/// The first stage, which is serial, is called as f(control) or f(), and makes a token with each call, until it returns
/// an empty std::optional or control.stop() was called. Each other stage is called with what the one before returned
/// for that token, T, as f(T&&) or f(T&), and with the pel::pipeline_control& as a second argument if it takes one; as
/// f() or f(control) after a stage that returns void. A stage that returns an empty std::optional<U> ends the token:
/// later stages are not called for it; else they get the U. (So an optional is passed on as a std::optional of it.) A
/// value ends when the next stage has returned; what the last stage returns is dropped. Values need not be movable.
/// The order of serial stages is that in which tokens have passed the first; they differ from their numbers only where
/// one was deferred, see pel::pipeline_control.
/// Requires: no stage waits for what another token is to do: brief tokens run one after the other.
/// Throws: the first exception of a stage, and what is in the pipeline by then goes no further; operation_cancelled, if
/// the policy's stop token, or a scope around, ended it before the stream did; std::logic_error for deferrals that
/// cannot end; std::invalid_argument for 0 max_tokens; std::bad_alloc. Blocks, and is legal everywhere, in stages too.
/// Complexity: work that of the stages, span that of the slowest serial stage's calls, or of the longest token. Tokens
/// that cannot enter a serial stage wait without a thread.
/// Cost: a few ns per stage while tokens take less than a µs, all on one thread; above that, 0.1–0.3 µs per token that
/// passes from one thread to another. Each token in the pipeline at once has a buffer, which is made when it is first
/// needed; later ones use it again. Policy: with max_concurrency(k) there are at most k tokens at once; grain,
/// deterministic and replay change nothing.
template <class Token, std::integral Count, class... Stages>
    requires detail::pipeline_stages<Stages...>
void parallel_pipeline(const basic_parallel_policy<Token>& policy, Count max_tokens, Stages... stages) {
    const unsigned most = policy_access::most_threads(policy);
    const std::size_t limit = most == 0 ? std::numeric_limits<std::size_t>::max() : most;
    const std::size_t most_tokens = detail::checked_tokens(max_tokens);
    detail::scheduler& pool = detail::scheduler_of(policy);
    const detail::foreign_call call(pool);
    detail::pipeline_run<Token, Stages...> run(most_tokens, limit, policy_access::token(policy), stages...);
    if (call.own() == nullptr || limit == 1)
        run.run_alone();
    else
        run.run_shared(*call.own());
}

/// On a node's threads.
template <class Token, std::integral Count, class... Stages>
    requires detail::pipeline_stages<Stages...>
void parallel_pipeline(const basic_parallel_policy<placed<Token>>& policy, Count max_tokens, Stages... stages) {
    if (policy_access::node(policy) == nullptr)
        return parallel_pipeline(policy_access::without_place(policy), max_tokens, std::move(stages)...);
    detail::call_on_node(policy,
                         [&](const auto& there) { parallel_pipeline(there, max_tokens, std::move(stages)...); });
}

/// One token after the other, on the calling thread.
template <std::integral Count, class... Stages>
    requires detail::pipeline_stages<Stages...>
void parallel_pipeline(const sequenced_policy&, Count max_tokens, Stages... stages) {
    const std::size_t most_tokens = detail::checked_tokens(max_tokens);
    const no_stop_token none;
    detail::pipeline_run<no_stop_token, Stages...>(most_tokens, 1, none, stages...).run_alone();
}

template <std::integral Count, class... Stages>
    requires detail::pipeline_stages<Stages...>
void parallel_pipeline(Count max_tokens, Stages... stages) {
    parallel_pipeline(par, max_tokens, std::move(stages)...);
}

/// Chosen where no other form fits: says why, in one line.
template <class... Arguments>
    requires(detail::error_of_call<Arguments...> != detail::pipeline_error::none)
void parallel_pipeline(const Arguments&...) {
    using enum detail::pipeline_error;
    constexpr auto error = detail::error_of_call<Arguments...>;
    constexpr bool has_stages = error != no_stages, are_stages = error != no_stage;
    constexpr bool has_serial_first = error != parallel_first, do_fit = error != misfit;
    static_assert(has_stages, "pel::parallel_pipeline: takes ([policy], max_tokens, stages...)");
    static_assert(are_stages, "pel::parallel_pipeline: a stage is pel::serial(f), pel::serial_out_of_order(f) or "
                              "pel::parallel(f)");
    static_assert(has_serial_first, "pel::parallel_pipeline: the first stage, which makes the tokens, must be serial");
    static_assert(do_fit, "pel::parallel_pipeline: a stage cannot be called with what the one before returns, nor with "
                          "that and a pel::pipeline_control&; the first takes a pel::pipeline_control& or nothing");
}

PEL_NAMESPACE_END
