// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a graph is changed, checked and made ready to run; graph_core.hpp declares it.
#pragma once

#include <pel/detail/graph/critical_paths.hpp>
#include <pel/detail/graph/graph_core.hpp>
#include <pel/detail/graph/plan_checks.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE graph_core::~graph_core() {
    forget_plan();
    for (node_data* const each : nodes_) {
        if (each->type->destroy != nullptr) each->type->destroy(*each);
    }
}

PEL_INLINE void graph_core::expect_readers(const value_reader* readers, std::size_t count) {
    change();
    for (const value_reader* each = readers; each != readers + count; ++each) {
        bool is_free =
            each->is_mover ? each->from->readers == node_readers::none : each->from->readers != node_readers::mover;
        for (const value_reader* other = readers; other != each; ++other)
            is_free = is_free && (other->from != each->from || !(other->is_mover || each->is_mover));
        if (!is_free)
            throw_error<graph_error>("the value of node " + each->from->label() +
                                     " is moved away by one node, and cannot have other readers");
    }
    const std::size_t before = edges_.size();
    edges_.resize(before + count); // so that there is room
    edges_.resize(before);
}

PEL_INLINE void graph_core::add_readers(const node_data& node, const value_reader* readers,
                                        std::size_t count) noexcept {
    for (const value_reader* each = readers; each != readers + count; ++each) {
        each->from->readers = each->is_mover ? node_readers::mover : node_readers::several;
        const auto is_same = [&](const value_reader& other) { return other.from == each->from; };
        if (std::find_if(readers, each, is_same) == each) edges_.push_back({each->from->number, node.number, true});
    }
}

PEL_INLINE bool graph_core::remove_edge(std::uint32_t from, std::uint32_t to) {
    change();
    const auto is_it = [&](const graph_edge& each) { return each.from == from && each.to == to; };
    for (const graph_edge& each : edges_) {
        if (is_it(each) && each.carries_value)
            throw_error<graph_error>("the edge from node " + node(from).label() + " to node " + node(to).label() +
                                     " carries a value and cannot be removed");
    }
    graph_edge* const end = std::remove_if(edges_.begin(), edges_.end(), is_it);
    const std::size_t before = edges_.size();
    edges_.resize(static_cast<std::size_t>(end - edges_.begin()));
    return edges_.size() != before;
}

PEL_INLINE void graph_core::name(node_data& node, std::string_view text) {
    change();
    if (text.find('\0') != std::string_view::npos)
        throw_error<graph_error>("the name of node " + node.label() + " has a character 0 in it");
    auto* const copy = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    node.name = copy;
}

PEL_INLINE void graph_core::set_priority(node_data& node, int priority) {
    change();
    if (!std::in_range<std::int16_t>(priority))
        throw_error<graph_error>("priority " + std::to_string(priority) + " of node " + node.label() +
                                 " is not between -32768 and 32767");
    node.priority = static_cast<std::int16_t>(priority);
}

PEL_INLINE void graph_core::change() {
    if (runs_.load(relaxed) != 0) // a run that begins at the same time is the caller's mistake
        throw_error<graph_error>("a graph cannot be changed while it runs");
    if (!is_planned_.load(relaxed)) return; // likewise
    const lock_guard guard(lock_);          // handles to runs that are over may still keep() memory
    forget_plan();
}

PEL_INLINE graph_plan graph_core::unchecked_plan() const { return {nodes_, edges_, needs_, ranks_}; }

PEL_INLINE void graph_core::learn_from(const run_recorder& recorder, const graph_plan& run) noexcept {
    const lock_guard guard(lock_);
    if (plan_.get() != &run) return;                    // of a part, or of a graph that has changed since
    if (!is_learning_.exchange(false, relaxed)) return; // one run is enough
    const auto learn_now = [&] {
        plain_array<std::uint64_t> ranks = critical_paths(run, mean_times(recorder, run.size()));
        plan_ = std::make_shared<graph_plan>(nodes_, edges_, needs_, ranks);
        ranks_ = std::move(ranks);
        forget_memory();
    };
    if (!call_guarded(learn_now, [](const std::exception_ptr&) noexcept {})) is_learning_.store(true, relaxed);
}

PEL_INLINE void graph_core::check() {
    const lock_guard guard(lock_);
    make_plan();
}

PEL_INLINE run_memory& graph_core::begin_run() {
    const lock_guard guard(lock_);
    make_plan();
    run_memory& taken = take_kept();
    runs_.fetch_add(1, relaxed);
    return taken;
}

PEL_INLINE void graph_core::expect_run() {
    if (!is_planned_.load(relaxed)) check(); // stale: it looks again, under the lock
    runs_.fetch_add(1, relaxed);
}

PEL_INLINE run_memory& graph_core::take_memory() {
    const lock_guard guard(lock_);
    return take_kept();
}

PEL_INLINE run_memory& graph_core::begin_run_from(std::uint32_t first) {
    const lock_guard guard(lock_);
    make_plan();
    const plain_array<bool> is_in = plan_->reached_from(first);
    plain_array<graph_edge> edges;
    for (const graph_edge& each : edges_) {
        if (is_in[each.from]) edges.push_back(each);
        if (each.carries_value && is_in[each.to] && !is_in[each.from])
            throw_error<graph_error>("node " + node(each.to).label() + " reads the value of node " +
                                     node(each.from).label() + ", which a run from node " + node(first).label() +
                                     " does not run");
    }
    auto plan = std::make_shared<graph_plan>(nodes_, edges, needs_, ranks_, first);
    plan_checks(*plan, edges).run_from(first);
    run_memory* const memory = new run_memory(std::move(plan));
    runs_.fetch_add(1, relaxed);
    return *memory;
}

PEL_INLINE void graph_core::keep(run_memory& memory) noexcept {
    memory.end_values();
    const lock_guard guard(lock_);
    if (&memory.plan() == plan_.get())
        memory.next = std::exchange(kept_, &memory);
    else
        delete &memory;
}

PEL_INLINE void graph_core::make_plan() {
    if (plan_ != nullptr) return;
    nodes_.shrink();
    edges_.shrink();
    auto plan = std::make_shared<graph_plan>(nodes_, edges_, needs_, ranks_);
    plan_checks(*plan, edges_).run();
    if (contains(*this))
        throw_error<graph_error>("a graph is a node of itself, or of one that is a node of it: it would never end");
    plan_ = std::move(plan);
    is_planned_.store(true, relaxed); // whoever needs the plan takes the lock
}

PEL_INLINE run_memory& graph_core::take_kept() {
    if (kept_ == nullptr) kept_ = new run_memory(plan_);
    return *std::exchange(kept_, kept_->next);
}

PEL_INLINE bool graph_core::contains(const graph_core& wanted) const {
    plain_array<const graph_core*> to_visit{this};
    std::unordered_set<const graph_core*> seen;
    while (!to_visit.empty()) {
        const graph_core& around = *to_visit.back();
        to_visit.pop_back();
        for (const node_data* const node : around.inner_) {
            const graph_core* const each = node->type->inner(*node);
            if (each == &wanted) return true;
            if (each != nullptr && seen.insert(each).second) to_visit.push_back(each);
        }
    }
    return false;
}

PEL_INLINE void graph_core::forget_plan() noexcept {
    forget_memory();
    plan_.reset();
    is_planned_.store(false, relaxed); // by who changes the graph, which nobody runs
    ranks_.resize(0);
}

PEL_INLINE void graph_core::forget_memory() noexcept {
    while (kept_ != nullptr) delete std::exchange(kept_, kept_->next);
}

PEL_INLINE run_outcome execute(graph_execution& run) {
    run.begin();
    complete_group(run);
    run_outcome outcome{run.ended(), run.failed_node(), run.take_error()};
    const graph_plan& plan = run.plan();
    const std::uint32_t waiting = outcome.how == early_end::none ? run.memory().find_waiting() : graph_plan::none;
    if (waiting != graph_plan::none) {
        outcome.how = early_end::failed;
        outcome.failed_node = waiting;
        call_guarded(
            [&] {
                throw_error<graph_error>("node " + plan.label(waiting) +
                                         " has waited for several nodes, of which some ran and some did not");
            },
            [&](std::exception_ptr error) { outcome.error = std::move(error); });
    }
    if (outcome.how != early_end::none) run.memory().reset_counts();
    return outcome;
}

PEL_INLINE void throw_if_failed(const run_outcome& outcome) {
    if (outcome.how == early_end::failed) std::rethrow_exception(outcome.error);
    if (outcome.how == early_end::cancelled) throw_error<operation_cancelled>();
}

} // namespace detail
PEL_NAMESPACE_END
