// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Task graphs: functions, and which of them come before which. Built once, run as often as wanted, also several times
// at once; with values that go from one to others, branches, loops, graphs as nodes and nodes made while it runs.
//   pel::graph g;
//   auto load = g.emplace([] { return read("a.txt"); });
//   auto words = g.then([](const text& all) { return count(all); }, load);
//   g.then([](int n, const text& all) { print(n, all); }, words, load);
//   g.run();
// Building: one thread. A graph that is built does not change while it runs.
#pragma once

#include <pel/detail/core/on_node.hpp>
#include <pel/detail/graph/node_function.hpp>
#include <pel/detail/graph/owned_core.hpp>
#include <pel/detail/graph/text.hpp>
#include <pel/graph/graph_run.hpp>
#include <pel/graph/node.hpp>
#include <pel/policy.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

namespace detail {

template <class T>
inline constexpr bool is_graph = false;
template <class Context>
inline constexpr bool is_graph<basic_graph<Context>> = true;

/// A handle that `then` takes the value of.
template <class Handle>
inline constexpr bool is_value_handle = false;
template <class T>
    requires(!std::is_void_v<T>)
inline constexpr bool is_value_handle<node<T>> = true;

/// What a function is given of it: the value to read, or, if the handle is an rvalue, to move away.
template <class Handle, class T = typename std::remove_cvref_t<Handle>::value_type>
using handle_value_t = std::conditional_t<std::is_lvalue_reference_v<Handle>, const T&, T&&>;

/// What a branch may return: the number of a successor, or several.
template <class T>
concept successor_number = std::integral<T> || std::is_enum_v<T>;
template <class T>
concept branch_choice =
    successor_number<T> ||
    (std::ranges::range<T> && successor_number<std::remove_cvref_t<std::ranges::range_reference_t<T>>>);

template <class Policy>
inline constexpr bool has_pool = !std::is_same_v<Policy, sequenced_policy>;

template <class Graph>
struct graph_call;

} // namespace detail

/// A graph whose nodes may take a Context&, of which each run has its own; void: none.
/// Thread safety: any thread may run it, several at once; it is built by one, while it does not run.
/// Requires: it outlives its runs. One that was moved away is empty, and all else that uses it throws graph_error,
/// until another one is moved there.
template <class Context>
class basic_graph {
public:
    basic_graph() = default;

    /// A node that runs f, which may take, in this order: Context&; and one of run_control&, subgraph& (to add nodes
    /// while it runs), std::stop_token. Several threads call it if several runs go on at once. Returns: its handle; a
    /// value that f returns is for then(). Throws: graph_error while the graph runs, as all that change it;
    /// std::bad_alloc, and what copying f throws.
    template <class F>
        requires(!detail::is_graph<std::remove_cvref_t<F>>)
    auto emplace(F&& f) {
        return then(std::forward<F>(f));
    }
    /// The same for several: auto [a, b] = g.emplace(f, g).
    template <class... F>
        requires(sizeof...(F) > 1)
    auto emplace(F&&... f) {
        return std::tuple{emplace(std::forward<F>(f))...};
    }
    /// A node that runs another graph to its end; with the context of the run, if it has that. An rvalue is taken over;
    /// any other outlives this graph, and is run as it is then. Returns: its handle. Throws: as for a function.
    /// (validate() says that a graph would run itself, the run that one was moved away since.)
    template <class Other>
        requires detail::is_graph<std::remove_cvref_t<Other>>
    node<void> emplace(Other&& other);

    /// A node that runs f with the values of others, after them: f(A const&, B&&), then as for emplace(). An lvalue is
    /// read, by any number of nodes; std::move(a) moves its value away, to this node alone, once. Throws: graph_error
    /// if a value that is moved away is read as well, or a node is of another graph; then there is no new node.
    template <class F, class... Handles>
    auto then(F&& f, Handles&&... handles) {
        constexpr bool are_values = (detail::is_value_handle<std::remove_cvref_t<Handles>> && ...);
        static_assert(are_values, "pel::graph::then: takes (f, nodes that have values)");
        if constexpr (are_values) {
            using function = std::decay_t<F>;
            constexpr bool is_callable = detail::node_function<function, Context, detail::handle_value_t<Handles>...>;
            static_assert(is_callable,
                          "pel::graph: a node's function takes the values of the nodes it comes after, then "
                          "the Context& of the graph, then one of run_control&, subgraph&, std::stop_token");
            if constexpr (is_callable)
                return add<false, function, detail::handle_value_t<Handles>...>(
                    std::forward<F>(f),
                    {detail::value_reader{node_of(handles), !std::is_lvalue_reference_v<Handles>}...});
            else
                return node<void>();
        } else {
            return node<void>();
        }
    }

    /// A node that chooses which of its successors run: f returns the number of one, counted in the order in which they
    /// were made so, an integer, enumeration or bool; no_branch; or a range of such. Takes what emplace() does. Nobody
    /// waits for a branch: what it chooses runs at once, also what has run already, so a graph may go round. Then a
    /// node runs for the n-th time when all that it waits for have run n times, and one whose value is read does not
    /// run again before all its readers have read it. A number that is no successor's is a graph_error of the run. A
    /// successor that is never chosen does not run, and that is none, unless what waits for it waits for one that ran
    /// as well: which integers f may return only f knows. (Of a bool it is known: validate() refuses a third
    /// successor.) graph_run::report() says what ran. Returns: its handle. Throws: as emplace().
    template <class F>
    node<void> branch(F&& f) {
        using function = std::decay_t<F>;
        constexpr bool is_callable = detail::node_function<function, Context>;
        static_assert(is_callable, "pel::graph::branch: f takes the Context& of the graph, then one of run_control&, "
                                   "subgraph&, std::stop_token");
        if constexpr (is_callable) {
            constexpr bool chooses = detail::branch_choice<detail::node_result<function, Context>>;
            static_assert(chooses, "pel::graph::branch: f returns the number of a successor, or a range of such");
            if constexpr (chooses) return add<true, function>(std::forward<F>(f), {});
        }
        return {};
    }

    /// Returns: whether there was an edge. Throws: graph_error if it carries a value, or while the graph runs.
    bool remove_edge(node_ref from, node_ref to) {
        detail::node_access::check_same(*core_, from, to);
        return core_->remove_edge(from.number(), to.number());
    }

    /// Returns: the handle of a node by its number, which is its place in the order in which they were made. Throws:
    /// graph_error if there is none.
    node_ref at(std::size_t number) const {
        if (number >= core_->size()) detail::throw_error<graph_error>("there is no node #" + std::to_string(number));
        return detail::node_access::any(*core_, core_->node(static_cast<std::uint32_t>(number)));
    }
    /// Returns: how many nodes there are; 0 if it was moved away.
    std::size_t size() const noexcept { return core_.get() == nullptr ? 0 : core_.get()->size(); }
    /// Whether there are none.
    bool empty() const noexcept { return size() == 0; }

    /// Throws: graph_error, naming the node, for what could not run to its end, or as it was meant: no node to begin
    /// with, a cycle without a branch, a node that is not reached; a node that waits for others, and that a branch may
    /// choose before they have run, or to move a value away again, or to read one that may be made again meanwhile. The
    /// first run does so as well. Complexity: nodes and edges, once more for each node that waits for others and begins
    /// a loop.
    void validate() const { core_->check(); }

    /// Returns: the graph for Graphviz: branches as diamonds, with the numbers of their choices. Thread safety, as of
    /// to_json(): as building; also while it runs, but not for the first time after a change, nor to learn(). Throws,
    /// and complexity, as of to_json(): graph_error if it was moved away, std::bad_alloc; nodes, edges and names.
    std::string dot() const { return detail::dot_of(*core_); }
    /// Returns: its nodes and edges: {"nodes": [{"name", "kind", "priority"}], "edges": [{"from", "to", "value"}]}.
    /// Nodes without a name are called by their number: "#3", with one # more than any name begins with. What they
    /// use() is not in it. from_json() reads it: at(number) is then the same node, and may say again what it uses.
    std::string to_json() const { return detail::json_of(*core_); }
    /// Whether runs that are started from now on keep what ran when, for graph_run::report(). Cost: two looks at the
    /// clock and a lock for each node. Throws: graph_error if it was moved away. Thread safety: any thread, also while
    /// it runs.
    void record(bool is_wanted = true) { core_->record(is_wanted); }
    /// Measures the next run of the whole graph that comes to its end; from then on nodes that begin the longest chains
    /// go first among those of one priority, until the graph changes. Cost: as of a priority. Throws, thread safety: as
    /// of record().
    void learn() { core_->learn(); }

    /// Runs it, on the calling worker's pool, or the policy's, or the policy's node, and waits. Throws: what a node has
    /// thrown first, and those after it do not begin; operation_cancelled if a node, or the policy's token, has
    /// cancelled it; graph_error, also if branches left a node waiting for ever. Blocks, and is legal everywhere.
    /// Thread safety: any thread. Complexity: work that of the nodes that run, and O(1) for each of them and of the
    /// edges that they go along; the first run after a change does what validate() does as well; span that of the
    /// longest chain. Cost: after the first run it allocates nothing. Policy: max_concurrency, grain, deterministic and
    /// replay change nothing; a resource that nodes use() limits how many of them run at once.
    void run()
        requires std::is_void_v<Context>
    {
        run(par);
    }
    template <execution_policy Policy>
        requires std::is_void_v<Context>
    void run(const Policy& policy) {
        static_assert(detail::has_pool<Policy>, "pel::graph: runs on a pool, and pel::seq has none");
        run_in(policy, nullptr);
    }
    template <class C = Context>
        requires(!std::is_void_v<C>)
    void run(std::type_identity_t<C>& context) {
        run(par, context);
    }
    template <execution_policy Policy, class C = Context>
        requires(!std::is_void_v<C>)
    void run(const Policy& policy, std::type_identity_t<C>& context) {
        static_assert(detail::has_pool<Policy>, "pel::graph: runs on a pool, and pel::seq has none");
        run_in(policy, &context);
    }

    /// Runs it n times, one after the other; or until until() says yes after a run. Arguments: as of run(), a policy, a
    /// context. Throws: as run(), and what until() throws.
    template <class... Arguments>
    void run_n(std::uint64_t n, Arguments&&... arguments) {
        for (; n != 0; --n) run(arguments...);
    }
    template <std::predicate Until, class... Arguments>
    void run_until(Until until, Arguments&&... arguments) {
        do run(arguments...);
        while (!until());
    }

    /// Runs a node and all that comes after it, directly or not, as if what comes before had run. Contexts: as for
    /// run(). Throws: as run(); graph_error if a node that runs reads a value of one that does not. Complexity: nodes
    /// and edges.
    template <class C = Context>
        requires std::is_void_v<C>
    void run_from(node_ref first) {
        run_from(par, first);
    }
    template <execution_policy Policy, class C = Context>
        requires std::is_void_v<C>
    void run_from(const Policy& policy, node_ref first) {
        static_assert(detail::has_pool<Policy>, "pel::graph: runs on a pool, and pel::seq has none");
        run_in(policy, nullptr, node_of(first));
    }
    template <class C = Context>
        requires(!std::is_void_v<C>)
    void run_from(node_ref first, std::type_identity_t<C>& context) {
        run_in(par, &context, node_of(first));
    }
    template <execution_policy Policy, class C = Context>
        requires(!std::is_void_v<C>)
    void run_from(const Policy& policy, node_ref first, std::type_identity_t<C>& context) {
        static_assert(detail::has_pool<Policy>, "pel::graph: runs on a pool, and pel::seq has none");
        run_in(policy, &context, node_of(first));
    }

    /// Begins a run, which goes on by itself. Returns: its handle. Throws: graph_error, std::bad_alloc; what fails
    /// later, its wait() throws. Cost: a submitted task; many at once take memory for as many as run at once, unless
    /// they have values or are recorded. Thread safety: any thread. Requires: what the policy's token asks, and the
    /// context, outlive the run.
    graph_run start()
        requires std::is_void_v<Context>
    {
        return start(par);
    }
    template <execution_policy Policy>
        requires std::is_void_v<Context>
    graph_run start(const Policy& policy) {
        static_assert(detail::has_pool<Policy>, "pel::graph: runs on a pool, and pel::seq has none");
        return start_in(policy, nullptr);
    }
    template <class C = Context>
        requires(!std::is_void_v<C>)
    graph_run start(std::type_identity_t<C>& context) {
        return start_in(par, &context);
    }
    template <execution_policy Policy, class C = Context>
        requires(!std::is_void_v<C>)
    graph_run start(const Policy& policy, std::type_identity_t<C>& context) {
        static_assert(detail::has_pool<Policy>, "pel::graph: runs on a pool, and pel::seq has none");
        return start_in(policy, &context);
    }

private:
    template <class>
    friend class basic_graph;
    template <class>
    friend struct detail::graph_call;

    /// A node that runs f with values of these types.
    template <bool IsBranch, class F, class... Values, class Given>
    auto add(Given&& f, const std::array<detail::value_reader, sizeof...(Values)>& readers) {
        using result = std::conditional_t<IsBranch, void, detail::node_result<F, Context, Values...>>;
        static_assert(!detail::is_task<result>,
                      "pel::graph: nobody awaits the coroutine that f returns, so it would never "
                      "begin: say pool.submit(f) or async_scope::spawn(f)");
        using made = detail::function_node<Context, F, result, IsBranch, Values...>;
        core_->expect_readers(readers.data(), readers.size());
        auto& node = [&]<std::size_t... I>(std::index_sequence<I...>) -> made& {
            return core_->template add<made>(
                std::tuple{detail::node_input<Values>{static_cast<const detail::valued_node*>(readers[I].from)}...},
                std::forward<Given>(f));
        }(std::index_sequence_for<Values...>());
        core_->add_readers(node, readers.data(), readers.size());
        return detail::node_access::make<result>(*core_, node);
    }
    detail::node_data* node_of(const node_ref& handle) const {
        detail::node_access::check_same(*core_, handle);
        return detail::node_access::data(handle);
    }
    template <class Policy>
    void run_in(const Policy& policy, void* context, const detail::node_data* first = nullptr) {
        if constexpr (detail::has_pool<Policy>)
            detail::throw_if_failed(detail::run_graph(*core_, policy, context, first));
    }
    template <class Token>
    void run_in(const basic_parallel_policy<placed<Token>>& policy, void* context,
                const detail::node_data* first = nullptr) {
        if (policy_access::node(policy) == nullptr) return run_in(policy_access::without_place(policy), context, first);
        detail::call_on_node(policy, [&](const auto& there) { run_in(there, context, first); });
    }
    template <class Policy>
    graph_run start_in(const Policy& policy, void* context) {
        if constexpr (detail::has_pool<Policy>) return graph_run(detail::start_run(*core_, policy, context));
    }
    template <class Token>
    graph_run start_in(const basic_parallel_policy<placed<Token>>& policy, void* context) {
        if (policy_access::node(policy) == nullptr) return start_in(policy_access::without_place(policy), context);
        thread_pool& there =
            detail::pool_access::node_pool(detail::pool_of(policy), policy_access::node(policy)->index);
        return start_in(policy_access::without_node(policy, there), context);
    }

    detail::owned_core core_;
};

using graph = basic_graph<>;

namespace detail {

/// The function of a node that runs a graph. Graph: a reference, or the graph itself.
template <class Graph>
struct graph_call {
    Graph other;

    const graph_core* core() const noexcept { return other.core_.get(); }
    void operator()() const
        requires requires(std::remove_cvref_t<Graph>& graph) { graph.run(); }
    {
        const_cast<std::remove_cvref_t<Graph>&>(other).run();
    }
    template <class Context>
        requires requires(std::remove_cvref_t<Graph>& graph, Context& context) { graph.run(context); }
    void operator()(Context& context) const {
        const_cast<std::remove_cvref_t<Graph>&>(other).run(context);
    }
};
template <class Graph>
inline constexpr bool is_graph_call<graph_call<Graph>> = true;

} // namespace detail

template <class Context>
template <class Other>
    requires detail::is_graph<std::remove_cvref_t<Other>>
node<void> basic_graph<Context>::emplace(Other&& other) {
    core_->expect_inner();
    const node<void> made = then(detail::graph_call<Other>{std::forward<Other>(other)});
    core_->add_inner(*node_of(made));
    return made;
}

PEL_NAMESPACE_END
