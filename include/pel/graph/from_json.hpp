// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph whose shape is a text, and whose functions are given by the names of nodes.
#pragma once

#include <pel/graph/graph.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

PEL_NAMESPACE_BEGIN

/// The function of a node: f(), or, of a branch, one that returns a number or several, as for basic_graph::branch().
/// Each graph has a copy. Requires: f can be copied. Throws: what copying f throws; std::bad_alloc.
class graph_function {
public:
    template <class F>
        requires(std::invocable<F&> && !std::same_as<std::remove_cvref_t<F>, graph_function>)
    // NOLINTNEXTLINE(google-explicit-constructor): a function is what is asked for
    graph_function(F f) {
        using result = std::remove_cvref_t<std::invoke_result_t<F&>>;
        constexpr bool chooses = std::is_void_v<result> || detail::branch_choice<result>;
        static_assert(chooses, "pel::graph_function: a branch returns the number of a successor, or a range of such");
        constexpr bool is_copyable = std::copy_constructible<F>;
        static_assert(is_copyable,
                      "pel::graph_function: f is copied into each graph, so it must not hold what cannot be "
                      "copied, but by a std::shared_ptr");
        if constexpr (chooses && is_copyable) {
            if constexpr (std::is_void_v<result>) {
                function_ = plain(std::move(f));
            } else if constexpr (std::same_as<result, bool>) {
                function_ = one_of_two(std::move(f));
            } else if constexpr (detail::successor_number<result>) {
                function_ = one_of_all([f = std::move(f)]() mutable { return detail::choice_of(f()); });
            } else {
                function_ = several([f = std::move(f)]() mutable {
                    std::vector<std::int64_t> chosen;
                    for (auto&& each : f()) chosen.push_back(detail::choice_of(each));
                    return chosen;
                });
            }
        }
    }

private:
    friend graph from_json(std::string_view text, const std::map<std::string, graph_function>& functions);
    // Branches by what validate() may know of them.
    using plain = std::function<void()>;
    using one_of_two = std::function<bool()>;
    using one_of_all = std::function<std::int64_t()>;
    using several = std::function<std::vector<std::int64_t>()>;

    bool is_branch() const noexcept { return !std::holds_alternative<plain>(function_); }
    node_ref add_to(graph& made) const;

    std::variant<plain, one_of_two, one_of_all, several> function_;
};

/// Returns: the graph that basic_graph::to_json() has written, with the function of each node by its name. Throws:
/// graph_error for text that is no such graph, with the place, or that has edges which carry values; for a node without
/// a function, two nodes of one name, an edge to a name that no node has, a branch whose function returns nothing, and
/// a priority that a node cannot have; std::bad_alloc, and what copying a function throws. Thread safety: any thread.
/// Complexity: the length of the text, and a look into a map for each node and end of an edge.
graph from_json(std::string_view text, const std::map<std::string, graph_function>& functions);

PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/graph/json.hpp>

#include <cmath>
#include <limits>

PEL_NAMESPACE_BEGIN

namespace detail {

inline const json_value& member(const json_value& of, const char* name, json_value::kinds kind) {
    const json_value* const found = of.find(name);
    if (found == nullptr || found->kind != kind)
        throw_error<graph_error>("JSON: \"" + std::string(name) + "\" is missing, or not what it should be");
    return *found;
}
/// Returns: the number as an int. Throws: graph_error if it is none.
PEL_INLINE int int_of(const json_value& value, const std::string& node) {
    constexpr double most = std::numeric_limits<int>::max();
    const double number = value.number;
    if (value.kind != json_value::kinds::number || !(std::abs(number) <= most) || number != std::trunc(number))
        throw_error<graph_error>("JSON: the priority of node '" + node + "' is no integer");
    return static_cast<int>(number);
}

} // namespace detail

PEL_INLINE node_ref graph_function::add_to(graph& made) const {
    const auto add = [&](const auto& function) -> node_ref {
        if constexpr (std::is_same_v<decltype(function), const plain&>)
            return made.emplace(function);
        else
            return made.branch(function);
    };
    return std::visit(add, function_);
}

PEL_INLINE graph from_json(std::string_view text, const std::map<std::string, graph_function>& functions) {
    using detail::member;
    using kinds = detail::json_value::kinds;
    const detail::json_value all = detail::json_reader(text).read();
    graph made;
    std::map<std::string, node_ref> nodes;
    for (const detail::json_value& each : member(all, "nodes", kinds::array).items) {
        const std::string& name = member(each, "name", kinds::string).string;
        const std::string& kind = member(each, "kind", kinds::string).string;
        const auto given = functions.find(name);
        if (given == functions.end()) detail::throw_error<graph_error>("JSON: node '" + name + "' has no function");
        const bool is_branch = given->second.is_branch();
        if (kind != (is_branch ? "branch" : "plain"))
            detail::throw_error<graph_error>("JSON: node '" + name + "' is of kind \"" + kind + "\", its function " +
                                             (is_branch ? "returns something" : "returns nothing"));
        const node_ref node = given->second.add_to(made);
        node.name(name);
        if (const detail::json_value* const priority = each.find("priority"); priority != nullptr)
            node.priority(detail::int_of(*priority, name));
        if (!nodes.emplace(name, node).second)
            detail::throw_error<graph_error>("JSON: two nodes are called '" + name + "'");
    }
    for (const detail::json_value& each : member(all, "edges", kinds::array).items) {
        const auto end = [&](const char* which) {
            const std::string& name = member(each, which, kinds::string).string;
            const auto found = nodes.find(name);
            if (found == nodes.end()) detail::throw_error<graph_error>("JSON: an edge has no node '" + name + "'");
            return found->second;
        };
        const node_ref from = end("from"), to = end("to");
        if (each.find("value") != nullptr && member(each, "value", kinds::boolean).boolean)
            detail::throw_error<graph_error>("JSON: the edge from '" + std::string(from.name()) + "' to '" +
                                             std::string(to.name()) + "' carries a value, whose type no text can say");
        from.precede(to);
    }
    return made;
}

PEL_NAMESPACE_END
#endif
