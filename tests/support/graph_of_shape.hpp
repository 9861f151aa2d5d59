// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shape as a graph, whose nodes check what has to have run before them, and take down what they do: compared with what
// the interpreter says.
#pragma once

#include "support/graph_shape.hpp"

#include <pel/graph/graph.hpp>
#include <pel/graph/resource.hpp>
#include <pel/graph/subgraph.hpp>
#include <pel/parallel_for.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <mutex>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace pel_test {

/// A value of a node. Plain memory, so a missing edge would be a race; gone once it is moved away.
struct mark {
    explicit mark(std::uint64_t made) noexcept : bits(made) {}
    mark(mark&& other) noexcept : bits(std::exchange(other.bits, 0)) {}

    std::uint64_t bits;
};

/// Counts that order nothing.
template <class T>
class counter {
public:
    T add(T more) noexcept { return value_.fetch_add(more, std::memory_order_relaxed); }
    T get() const noexcept { return value_.load(std::memory_order_relaxed); }
    void reset() noexcept { value_.store(0, std::memory_order_relaxed); }

private:
    std::atomic<T> value_{0};
};

/// What the nodes of a graph have done, one of those that run at the same time.
struct instance {
    struct node {
        counter<int> begun, ended, chosen;
    };
    explicit instance(std::size_t nodes) : all(nodes) {}
    std::vector<node> all;
};

/// What the nodes of a run have done, with all graphs inside. The context of the run.
class run_state {
public:
    struct node {
        counter<int> runs, items, ended_inside;
        counter<std::uint64_t> sum;
    };

    explicit run_state(std::size_t nodes) : all(nodes), instances_of_(nodes) {}
    /// Before a run of this shape, or of a part of it.
    void reset(const layout& in, const edges_of& of_part, bool with_faults) {
        root = &in;
        part = &of_part;
        has_faults = with_faults;
        wrong.reset();
        instances_.clear();
        for (node& each : all) each.runs.reset(), each.items.reset(), each.ended_inside.reset(), each.sum.reset();
        make_with_nodes(in);
    }
    /// For a graph that is made while the run goes on; lasts as long as that.
    instance& make(std::size_t nodes) {
        const std::lock_guard hold(made_);
        return instances_.emplace_back(nodes);
    }
    /// Of the shape itself, or a graph that is a node of it.
    instance& of(const layout& in) const { return *instances_of_[in.shape.front().id]; }

    /// Of a graph that is run.
    const edges_of& edges_of_run(const layout& in) const { return &in == root ? *part : in; }

    std::vector<node> all; // by id
    const layout* root = nullptr;
    const edges_of* part = nullptr; // of the root
    bool has_faults = false;
    counter<int> wrong; // nodes that ran before what they wait for, or with too many units

private:
    void make_with_nodes(const layout& in) {
        instances_of_[in.shape.front().id] = &make(in.size());
        for (std::size_t i = 0; i != in.size(); ++i) {
            if (in.shape[i].nests == nesting::as_node) make_with_nodes(*in.inside[i]);
        }
    }

    std::vector<instance*> instances_of_;
    std::deque<instance> instances_;
    std::mutex made_;
};

/// What several runs of a graph have in common.
struct limited {
    static constexpr unsigned most = 2;
    pel::resource units{most};
    counter<int> in_use;

    /// Counts the units of a node for a scope, which an exception may end.
    struct user {
        user(limited& of, int wanted)
            : in_use(of.in_use), units(wanted), are_too_many(in_use.add(wanted) + wanted > static_cast<int>(most)) {}
        ~user() { in_use.add(-units); }
        counter<int>& in_use;
        const int units;
        const bool are_too_many;
    };
};

/// Which node a function is of.
struct place {
    const layout* in;
    const outcome* expected; // of the graph, without faults
    std::size_t number;
    limited* common;
    // Of a graph that a node makes; else they are those of the run.
    run_state* state = nullptr;
    instance* at = nullptr;

    const shape_node& node() const { return in->shape[number]; }
};

/// A node runs: its function is one of these, with what it takes.
class node_run {
public:
    explicit node_run(const place& of) : node_run(of, *of.state, *of.at) {}
    node_run(const place& of, run_state& state) : node_run(of, state, state.of(*of.in)) {}

    /// Returns: its value. Throws: its fault.
    std::uint64_t make(std::initializer_list<std::uint64_t> inputs) const {
        const shape_node& node = of_.node();
        total_.runs.add(1);
        if (!is_in_turn()) state_.wrong.add(1);
        std::uint64_t value = mixed(node.id, of_.in->repeats ? 0 : static_cast<std::uint64_t>(turn_));
        for (const std::uint64_t each : inputs) value = mixed(value, each);
        total_.sum.add(value);
        const limited::user units(*of_.common, static_cast<int>(node.units));
        if (units.are_too_many) state_.wrong.add(1);
        if (node.items != 0) pel::parallel_for(0, node.items, [this](int) { total_.items.add(1); });
        if (has(fault::throws)) throw std::out_of_range("fault");
        return value;
    }
    bool has(fault which) const { return state_.has_faults && turn_ == 0 && of_.node().first == which; }
    /// Where its fault is to end the run early.
    void end_run(const pel::run_control& run) const {
        if (has(fault::cancels)) run.cancel();
        if (has(fault::finishes)) run.finish();
    }
    /// What a branch chooses.
    std::vector<int> choose() const {
        const shape_node& node = of_.node();
        const auto turn = static_cast<std::size_t>(turn_);
        if (turn >= node.choices.size()) return {};
        for (const int each : node.choices[turn])
            at_.all[node.successors[static_cast<std::size_t>(each)]].chosen.add(1);
        return node.choices[turn];
    }
    void end() const {
        at_.all[of_.number].ended.add(1);
        for (const std::size_t around : of_.in->outer) state_.all[around].ended_inside.add(1);
    }
    run_state& state() const { return state_; }

private:
    node_run(const place& of, run_state& state, instance& at)
        : of_(of), state_(state), at_(at), total_(state.all[of.node().id]), turn_(at.all[of.number].begun.add(1)) {}

    bool is_in_turn() const {
        const layout& in = *of_.in;
        const edges_of& edges = state_.edges_of_run(in);
        const bool is_chosen = edges.chosen_by[of_.number] != 0;
        if (edges.is_part() && (of_.number == edges.first || is_chosen)) return true; // that may come before others
        if (edges.waits_for[of_.number] == 0) return !is_chosen || at_.all[of_.number].chosen.get() > turn_;
        const int times = is_chosen ? 1 : turn_ + 1; // one that begins a loop has waited for others in its first turn
        for (std::size_t i = 0; i != in.size(); ++i) {
            if (!layout::has(edges.waits_for[of_.number], i)) continue;
            const shape_node& before = in.shape[i];
            if (before.nests != nesting::as_node && at_.all[i].ended.get() < times) return false;
            if (state_.all[before.id].ended_inside.get() < times * of_.expected->ends[i]) return false;
        }
        return true;
    }

    const place& of_;
    run_state& state_;
    instance& at_;
    run_state::node& total_;
    const int turn_; // how often it has run before
};

inline std::uint64_t taken(const mark& from) { return from.bits; }
inline std::uint64_t taken(mark&& from) {
    const mark mine = std::move(from);
    return mine.bits;
}

template <class Result, class... In>
struct plain_call {
    place of;

    Result operator()(In... in, pel::run_control& run) const { return act(node_run(of), run, std::forward<In>(in)...); }
    Result operator()(In... in, run_state& state, pel::run_control& run) const {
        return act(node_run(of, state), run, std::forward<In>(in)...);
    }

private:
    static Result act(const node_run& node, const pel::run_control& run, In... in) {
        node.end_run(run);
        const std::uint64_t value = node.make({taken(std::forward<In>(in))...});
        node.end();
        return Result(value);
    }
};
template <class Choice>
struct branch_call {
    place of;

    Choice operator()(pel::run_control& run) const { return act(node_run(of), run); }
    Choice operator()(run_state& state, pel::run_control& run) const { return act(node_run(of, state), run); }

private:
    static Choice act(const node_run& node, const pel::run_control& run) {
        node.end_run(run);
        node.make({});
        const std::vector<int> chosen = node.choose();
        node.end();
        if constexpr (std::is_same_v<Choice, int>)
            return chosen.empty() ? pel::no_branch : chosen.front();
        else
            return chosen;
    }
};
struct nesting_call {
    place of;

    void operator()(pel::subgraph& more) const { act(node_run(of), more); }
    void operator()(run_state& state, pel::subgraph& more) const { act(node_run(of, state), more); }

private:
    void act(const node_run& node, pel::subgraph& more) const;
};

struct added_nodes {
    std::vector<pel::node_ref> all;
    std::vector<pel::node<mark>> values; // of those that have one
};

/// Adds the nodes of a shape to a graph. `state`: of the run that it is a part of, null: it is built before.
template <class Graph>
added_nodes add_nodes(Graph& g, const layout& in, const outcome* expected, limited& common, run_state* state) {
    instance* const at = state == nullptr ? nullptr : &state->make(in.size());
    added_nodes added{{}, std::vector<pel::node<mark>>(in.size())};
    auto& [nodes, values] = added;
    for (std::size_t i = 0; i != in.size(); ++i) {
        const shape_node& node = in.shape[i];
        const place of{&in, expected, i, &common, state, at};
        if (node.nests == nesting::as_node) {
            Graph inner;
            add_nodes(inner, *in.inside[i], expected == nullptr ? nullptr : expected->inner[i].get(), common, state);
            nodes.push_back(g.emplace(std::move(inner)));
        } else if (node.is_branch) {
            nodes.push_back(node.chooses_one ? g.branch(branch_call<int>{of})
                                             : g.branch(branch_call<std::vector<int>>{of}));
        } else if (node.nests != nesting::none) {
            nodes.push_back(g.emplace(nesting_call{of}));
        } else if (!node.has_value) {
            nodes.push_back(g.emplace(plain_call<void>{of}));
        } else {
            const auto from = [&](std::size_t which) -> auto& { return values[node.reads[which]]; };
            if (node.reads.empty())
                values[i] = g.emplace(plain_call<mark>{of});
            else if (node.moves)
                values[i] = g.then(plain_call<mark, mark&&>{of}, std::move(from(0)));
            else if (node.reads.size() == 1)
                values[i] = g.then(plain_call<mark, const mark&>{of}, from(0));
            else
                values[i] = g.then(plain_call<mark, const mark&, const mark&>{of}, from(0), from(1));
            nodes.push_back(values[i]);
        }
        if (node.priority != 0) nodes[i].priority(node.priority);
        if (node.units != 0) nodes[i].use(pel::resource_units(common.units, node.units));
    }
    for (std::size_t i = 0; i != in.size(); ++i) {
        for (const std::size_t to : in.shape[i].successors) nodes[i].precede(nodes[to]);
    }
    return added;
}

inline void nesting_call::act(const node_run& node, pel::subgraph& more) const {
    node.make({});
    const outcome* const expected = of.expected->inner[of.number].get();
    add_nodes(static_cast<pel::graph&>(more), *of.in->inside[of.number], expected, *of.common, &node.state());
    if (of.node().nests == nesting::joined) more.join();
    if (of.node().nests == nesting::detached) more.detach();
    node.end();
}

/// The shape as a graph, run in several ways.
class graph_of_shape {
public:
    graph_of_shape(const layout& in, const outcome& expected, std::size_t nodes)
        : in_(in), expected_(expected), states_{run_state(nodes), run_state(nodes)},
          nodes_(add_nodes(graph_, in, &expected, common_, nullptr)) {}

    const auto& graph() const { return graph_; }
    void run(pel::thread_pool& pool, const outcome& expected, bool has_faults) {
        run_state& state = begin(0, has_faults);
        check(state, expected, failure_of([&] { graph_.run(pel::par.on(pool), state); }));
    }
    void start(pel::thread_pool& pool) {
        run_state& state = begin(0, false);
        const pel::graph_run run = graph_.start(pel::par.on(pool), state);
        check(state, expected_, failure_of([&] { run.wait(); }));
        for (std::size_t i = 0; i != in_.size() && !expected_.fails; ++i) {
            const bool is_there = in_.shape[i].has_value && expected_.runs[i] != 0;
            if (is_there && !is_moved_away(i)) {
                ASSERT_EQ(run.value(nodes_.values[i]).bits, expected_.last[i]) << "node " << i;
            }
        }
    }
    void start_two(pel::thread_pool& pool) {
        const pel::graph_run one = graph_.start(pel::par.on(pool), begin(0, false));
        const pel::graph_run other = graph_.start(pel::par.on(pool), begin(1, false));
        check(states_[1], expected_, failure_of([&] { other.wait(); }));
        check(states_[0], expected_, failure_of([&] { one.wait(); }));
    }
    /// Runs what comes after a node, if that makes all values that it reads.
    void run_from(pel::thread_pool& pool, std::size_t first) {
        const edges_of part(in_.shape, first);
        run_state& state = begin(0, false, part);
        const failure how = failure_of([&] { graph_.run_from(pel::par.on(pool), nodes_.all[first], state); });
        if (part.is_valid())
            check(state, interpreter(in_, false, part).run(), how);
        else
            check_refused(state, how);
    }
    /// Its first run is measured, those after it go by what that has said.
    void learn(pel::thread_pool& pool) {
        graph_.learn();
        for (int i = 0; i != 2; ++i) run(pool, expected_, false);
    }
    void start_and_cancel(pel::thread_pool& pool) {
        run_state& state = begin(0, false);
        const pel::graph_run run = graph_.start(pel::par.on(pool), state);
        run.cancel();
        const failure how = failure_of([&] { run.wait(); });
        EXPECT_EQ(how == failure::none, run.status() == pel::run_status::completed);
        EXPECT_EQ(state.wrong.get(), 0);
        expect_at_most(state, in_, expected_, 1);
    }
    /// Returns: whether it is refused as it has to be.
    bool is_refused(pel::thread_pool& pool) {
        return failure_of([&] { graph_.validate(); }) == failure::graph &&
               failure_of([&] { graph_.run(pel::par.on(pool), begin(0, false)); }) == failure::graph;
    }

private:
    enum class failure { none, graph, other };

    run_state& begin(std::size_t which, bool has_faults) { return begin(which, has_faults, in_); }
    run_state& begin(std::size_t which, bool has_faults, const edges_of& part) {
        states_[which].reset(in_, part, has_faults);
        return states_[which];
    }
    bool is_moved_away(std::size_t i) const {
        for (std::size_t r = 0; r != in_.size(); ++r) {
            if (layout::has(in_.readers[i], r) && in_.shape[r].moves) return true;
        }
        return false;
    }
    template <class F>
    static failure failure_of(F&& f) {
        try {
            f();
        } catch (const pel::graph_error&) {
            return failure::graph;
        } catch (const std::exception&) { // the fault, or operation_cancelled
            return failure::other;
        }
        return failure::none;
    }
    void check(const run_state& state, const outcome& expected, failure how) const {
        ASSERT_EQ(state.wrong.get(), 0) << "nodes that ran too early";
        if (expected.fails || expected.finishes) {
            ASSERT_TRUE(expected.finishes || how != failure::none);
            ASSERT_TRUE(expected.fails || how == failure::none);
            expect_at_most(state, in_, expected, 1);
        } else {
            ASSERT_EQ(how, expected.is_complete ? failure::none : failure::graph);
            expect(state, in_, expected, 1);
        }
    }
    static void check_refused(const run_state& state, failure how) {
        ASSERT_EQ(how, failure::graph);
        for (const run_state::node& each : state.all) ASSERT_EQ(each.runs.get(), 0);
    }
    static void expect(const run_state& state, const layout& in, const outcome& expected, int times) {
        for (std::size_t i = 0; i != in.size(); ++i) {
            const run_state::node& node = state.all[in.shape[i].id];
            const int runs = times * expected.runs[i];
            if (in.shape[i].nests != nesting::as_node) {
                ASSERT_EQ(node.runs.get(), runs) << "node " << in.shape[i].id;
                ASSERT_EQ(node.sum.get(), static_cast<std::uint64_t>(times) * expected.sums[i]) << in.shape[i].id;
                ASSERT_EQ(node.items.get(), runs * in.shape[i].items) << in.shape[i].id;
            }
            if (expected.inner[i] != nullptr) expect(state, *in.inside[i], *expected.inner[i], runs);
        }
    }
    static void expect_at_most(const run_state& state, const layout& in, const outcome& expected, int times) {
        for (std::size_t i = 0; i != in.size(); ++i) {
            const int runs = times * expected.runs[i];
            ASSERT_LE(state.all[in.shape[i].id].runs.get(), runs) << "node " << in.shape[i].id;
            if (expected.inner[i] != nullptr) expect_at_most(state, *in.inside[i], *expected.inner[i], runs);
        }
    }

    const layout& in_;
    const outcome& expected_;
    run_state states_[2];
    limited common_;
    pel::basic_graph<run_state> graph_;
    added_nodes nodes_;
};

/// `way`: how it is run last. Returns: whether the shape was one that runs.
inline bool check_shape(const graph_shape& all, pel::thread_pool& pool, std::size_t way) {
    const layout in(all);
    const outcome expected = interpreter(in, false).run();
    graph_of_shape it(in, expected, count_nodes(all));
    if (!in.is_valid()) {
        EXPECT_TRUE(it.is_refused(pool));
        return false;
    }
    if (may_fail(all)) it.run(pool, interpreter(in, true).run(), true);
    it.run(pool, expected, false);
    switch (way % 8) {
    case 0: it.run(pool, expected, false); break;
    case 1: it.start(pool); break;
    case 2: it.start_two(pool); break;
    case 3:
        it.start_and_cancel(pool);
        it.run(pool, expected, false);
        break;
    case 4:
        for (std::size_t each = 0; each != all.size(); ++each) it.run_from(pool, each);
        break;
    case 5:
        it.learn(pool);
        it.run_from(pool, way / 8 % all.size());
        break;
    default: break;
    }
    return true;
}

} // namespace pel_test
