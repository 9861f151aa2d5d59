// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Handles to the nodes of a graph.
#pragma once

#include <pel/detail/graph/graph_core.hpp>
#include <pel/graph/resource.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>

PEL_NAMESPACE_BEGIN

template <class Context = void>
class basic_graph;

namespace detail {
struct node_access;
}

/// A node of a graph, whatever its value. A copyable handle of two words; requires the graph to be there.
/// All but valid() and == throw graph_error for a handle of no node. Thread safety: what changes the graph, as building
/// it.
class node_ref {
public:
    /// Of no node.
    node_ref() noexcept = default;

    bool valid() const noexcept { return node_ != nullptr; }
    /// Its place among the nodes of the graph, from 0 on.
    std::uint32_t number() const { return checked().number; }
    /// What messages, drawings and reports call it. Throws: graph_error while the graph runs, or for a character 0.
    void name(std::string_view text) const {
        (void)checked();
        core_->name(*node_, text);
    }
    /// Returns: that name, or "". It is there as long as the graph is.
    std::string_view name() const { return checked().name != nullptr ? std::string_view(node_->name) : ""; }
    /// Of all nodes of a run that are ready those with a higher one are begun first, by whichever thread; units of a
    /// resource are given in turn, whatever the priority. 0 unless set; from -32768 to 32767. Cost: a graph with one
    /// that is not 0 keeps its ready nodes in one heap, under a lock. Throws: graph_error for another number, or while
    /// the graph runs.
    void priority(int value) const {
        (void)checked();
        core_->set_priority(*node_, value);
    }
    int priority() const { return checked().priority; }

    /// All others come after this one. An edge that is there already counts once. Throws: graph_error if one is of
    /// another graph, or while the graph runs.
    template <std::convertible_to<node_ref>... Others>
    void precede(const Others&... others) const {
        (add_edge(*this, others), ...);
    }
    /// This one comes after all others. Throws: as precede().
    template <std::convertible_to<node_ref>... Others>
    void succeed(const Others&... others) const {
        (add_edge(others, *this), ...);
    }

    /// It runs while it has units of these resources, and waits for them before, without keeping a thread:
    /// a.use(disk), a.use({{disk, 1}, {memory, 4}}). Throws: std::invalid_argument for no units, or more than there
    /// are; graph_error while the graph runs.
    template <class... Wanted>
    void use(Wanted&&... wanted) const {
        use_all({resource_units(wanted)...});
    }
    void use(std::initializer_list<resource_units> wanted) const { use_all(wanted); }

    bool operator==(const node_ref&) const noexcept = default;

private:
    friend struct detail::node_access;
    node_ref(detail::graph_core& core, detail::node_data& node) noexcept : core_(&core), node_(&node) {}

    detail::node_data& checked() const {
        if (node_ == nullptr) detail::throw_error<graph_error>("a handle of no node is used");
        return *node_;
    }
    static void add_edge(const node_ref& from, const node_ref& to);
    void use_all(std::initializer_list<resource_units> wanted) const {
        core_->add_needs(checked(), [&](detail::resource_needs& needs) {
            for (const resource_units& each : wanted) detail::resource_access::add(needs, each);
        });
    }

    detail::graph_core* core_ = nullptr;
    detail::node_data* node_ = nullptr;
};

/// A node whose function returns a T, void for none.
template <class T>
class node : public node_ref {
public:
    using value_type = T;
    node() noexcept = default;

private:
    friend struct detail::node_access;
    explicit node(const node_ref& any) noexcept : node_ref(any) {}
};

namespace detail {

struct node_access {
    template <class T>
    static node<T> make(graph_core& core, node_data& data) noexcept {
        return node<T>(node_ref(core, data));
    }
    static node_ref any(graph_core& core, node_data& data) noexcept { return node_ref(core, data); }
    static node_data* data(const node_ref& handle) { return &handle.checked(); }
    template <class... Handles>
    static void check_same(const graph_core& core, const Handles&... handles) {
        (check_one(core, handles), ...);
    }

private:
    static void check_one(const graph_core& core, const node_ref& handle) {
        if (&core != handle.core_)
            throw_error<graph_error>("node " + handle.checked().label() + " is of another graph");
    }
};

} // namespace detail

inline void node_ref::add_edge(const node_ref& from, const node_ref& to) {
    const detail::node_data &first = from.checked(), &second = to.checked();
    if (from.core_ != to.core_)
        detail::throw_error<graph_error>("an edge cannot lead from node " + first.label() + " to node " +
                                         second.label() + ", which is of another graph");
    from.core_->add_edge(first.number, second.number);
}

PEL_NAMESPACE_END
