// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions of nodes: what they may take, in this order, each of it or not: the values of other nodes; the context of the
// run, if the graph has one; and one of run_control&, subgraph& and std::stop_token.
#pragma once

#include <pel/detail/graph/execution.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <ranges>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {
template <class Extra>
class extra_argument;
}
class subgraph;

/// What a node may do with the run that it is part of. Taken by reference; thread safety: any thread, while the node runs.
class run_control {
public:
    /// The run ends early, and well: nodes that have not begun do not, and who waits sees that it is complete.
    void finish() const noexcept { run_.end_early(detail::early_end::finished); }
    /// Nodes that have not begun do not, and who waits gets operation_cancelled.
    void cancel() const noexcept { run_.end_early(detail::early_end::cancelled); }
    /// Whether the run ends early, for whatever reason. Long nodes ask it now and then.
    bool stop_requested() const noexcept { return run_.is_cancelled(); }
    /// The same for those who want to be told.
    std::stop_token token() const { return run_.token(); }

private:
    template <class Extra>
    friend class detail::extra_argument;
    explicit run_control(detail::graph_execution& run) noexcept : run_(run) {}

    detail::graph_execution& run_;
};

namespace detail {

/// What a function takes last.
struct no_extra {};
template <class F, class... Arguments>
using extra_of = std::conditional_t<
    std::is_invocable_v<F&, Arguments...>, no_extra,
    std::conditional_t<std::is_invocable_v<F&, Arguments..., run_control&>, run_control,
                       std::conditional_t<std::is_invocable_v<F&, Arguments..., subgraph&>, subgraph,
                                          std::conditional_t<std::is_invocable_v<F&, Arguments..., std::stop_token>,
                                                             std::stop_token, void>>>>;

// extra_argument makes it for a node that begins, and ends it when the function has returned: get(), complete().

template <>
class extra_argument<run_control> {
public:
    explicit extra_argument(const node_execution& node) noexcept : control_(node.run()) {}
    run_control& get() noexcept { return control_; }
    void complete() noexcept {}

private:
    run_control control_;
};
template <>
class extra_argument<std::stop_token> {
public:
    explicit extra_argument(const node_execution& node) : token_(node.run().token()) {}
    std::stop_token get() const noexcept { return token_; }
    void complete() noexcept {}

private:
    std::stop_token token_;
};
template <class Extra>
using extra_t = decltype(std::declval<extra_argument<Extra>&>().get());

/// Calls the function with arguments, and what it takes last.
template <class F, class... Arguments>
decltype(auto) call_with_extra(F& function, node_execution& node, Arguments&&... arguments) {
    using extra = extra_of<F, Arguments...>;
    if constexpr (std::is_same_v<extra, no_extra>) {
        return std::invoke(function, std::forward<Arguments>(arguments)...);
    } else {
        static_assert(requires { sizeof(extra_argument<extra>); }, "pel::subgraph: include <pel/graph/subgraph.hpp>");
        extra_argument<extra> last(node);
        using result = std::invoke_result_t<F&, Arguments..., extra_t<extra>>;
        if constexpr (std::is_void_v<result>) {
            std::invoke(function, std::forward<Arguments>(arguments)..., last.get());
            last.complete();
        } else {
            result value = std::invoke(function, std::forward<Arguments>(arguments)..., last.get());
            last.complete();
            return value;
        }
    }
}

template <class F, class Context, class... Arguments>
inline constexpr bool takes_context = false;
template <class F, class Context, class... Arguments>
    requires(!std::is_void_v<Context>)
inline constexpr bool takes_context<F, Context, Arguments...> =
    !std::is_void_v<extra_of<F, Arguments..., std::add_lvalue_reference_t<Context>>>;

template <class F, class Context, class... Arguments>
concept node_function = takes_context<F, Context, Arguments...> || !std::is_void_v<extra_of<F, Arguments...>>;

/// Calls a node's function with the values of other nodes.
template <class Context, class F, class... Values>
decltype(auto) call_node(F& function, node_execution& node, Values&&... values) {
    if constexpr (takes_context<F, Context, Values...>)
        return call_with_extra(function, node, std::forward<Values>(values)...,
                               *static_cast<Context*>(node.run().context()));
    else
        return call_with_extra(function, node, std::forward<Values>(values)...);
}
template <class F, class Context, class... Values>
using node_result = std::decay_t<decltype(call_node<Context>(std::declval<F&>(), std::declval<node_execution&>(),
                                                             std::declval<Values>()...))>;

/// The value of another node, as its reader gets it: T const&, or T&&.
template <class Reference>
struct node_input {
    using value = std::remove_cvref_t<Reference>;
    const valued_node* from;

    Reference get(const node_execution& node) const noexcept {
        return static_cast<Reference>(node.cell<value>(*from).get());
    }
};

/// A function that runs another graph.
template <class F>
inline constexpr bool is_graph_call = false;

template <class Value>
inline constexpr node_type type_of_value{
    nullptr, sizeof(value_cell<Value>), alignof(value_cell<Value>),
    [](const void* cell) noexcept { return static_cast<const value_cell<Value>*>(cell)->is_there(); },
    [](void* cell) noexcept { static_cast<value_cell<Value>*>(cell)->end(); }};
template <>
inline constexpr node_type type_of_value<void>{nullptr, 0, 1, nullptr, nullptr};

/// A node with its function. Result: what it returns, void for a branch, whose choice is no value.
template <class Context, class F, class Result, bool IsBranch, class... References>
struct function_node final : std::conditional_t<std::is_void_v<Result>, node_data, valued_node> {
    template <class Function>
    function_node(const std::tuple<node_input<References>...>& sources, Function&& given)
        : function(std::forward<Function>(given)), inputs(sources) {
        this->invoke = [](node_data& node, node_execution& execution) {
            auto& self = static_cast<function_node&>(node);
            std::apply([&](const auto&... each) { self.run(execution, each...); }, self.inputs);
        };
        this->type = &of_this_type;
        this->kind = IsBranch ? node_kind::branch : node_kind::plain;
    }

    F function;
    [[no_unique_address]] std::tuple<node_input<References>...> inputs;

private:
    PEL_ALWAYS_INLINE void run(node_execution& execution, const node_input<References>&... sources) {
        if constexpr (IsBranch)
            choose(execution, call_node<Context>(function, execution, sources.get(execution)...));
        else if constexpr (std::is_void_v<Result>)
            call_node<Context>(function, execution, sources.get(execution)...);
        else
            execution.template cell<Result>(*this).make(
                [&]() -> decltype(auto) { return call_node<Context>(function, execution, sources.get(execution)...); });
    }
    template <class Choice>
    static void choose(node_execution& execution, Choice&& choice) {
        if constexpr (std::is_integral_v<std::remove_cvref_t<Choice>> || std::is_enum_v<std::remove_cvref_t<Choice>>) {
            execution.choose(choice);
        } else {
            for (auto&& each : choice) execution.choose(each);
        }
    }
    static constexpr node_type make_type() {
        node_type type = type_of_value<Result>;
        if constexpr (!std::is_trivially_destructible_v<F>)
            type.destroy = [](node_data& node) noexcept { static_cast<function_node&>(node).function.~F(); };
        if constexpr (is_graph_call<F>)
            type.inner = [](const node_data& node) noexcept {
                return static_cast<const function_node&>(node).function.core();
            };
        if constexpr (IsBranch) {
            using choice = node_result<F, Context, References...>;
            if constexpr (std::is_same_v<choice, bool>) type.outcomes = 2;
            type.chooses_one = std::is_integral_v<choice> || std::is_enum_v<choice>;
        }
        return type;
    }
    static constexpr node_type of_this_type = make_type();
};

} // namespace detail
PEL_NAMESPACE_END
