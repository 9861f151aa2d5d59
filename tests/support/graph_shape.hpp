// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs of random shapes, as data: branches, loops, values, graphs inside of nodes, faults. Which of them are valid; and
// an interpreter that runs them in order, on one thread. What runs, how often, and what it makes does not depend on the
// order: the n-th time that a node runs comes after the n-th time of all that it waits for, and reads what they made then.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace pel_test {

inline constexpr std::size_t most_nodes = 12;
using node_set = std::uint32_t; // bits

enum class fault { none, throws, cancels, finishes };
/// A graph inside of a node: of nodes that it adds while it runs, for which it waits at its end, or itself, or the run does;
/// or it is that graph.
enum class nesting { none, added, joined, detached, as_node };

struct shape_node {
    std::size_t id = 0;                  // among the nodes of all graphs inside
    std::vector<std::size_t> successors; // of a branch: in the order in which it counts them
    bool is_branch = false;
    bool chooses_one = false;
    std::vector<std::vector<int>> choices; // of a branch, one after the other; when they are used up it chooses none
    bool has_value = false;
    std::vector<std::size_t> reads; // predecessors whose values it takes
    bool moves = false;             // the one that it reads
    nesting nests = nesting::none;
    std::vector<shape_node> inner;
    int items = 0;             // of a loop inside
    fault first = fault::none; // what happens when it runs for the first time
    int priority = 0;
    unsigned units = 0; // of the resource that it needs
};
using graph_shape = std::vector<shape_node>;

/// Returns: how many there are, with all inside.
inline std::size_t count_nodes(const graph_shape& all) {
    std::size_t nodes = all.size();
    for (const shape_node& each : all) nodes += count_nodes(each.inner);
    return nodes;
}

/// Whether there are faults, here or inside.
inline bool may_fail(const graph_shape& all) {
    return std::any_of(all.begin(), all.end(),
                       [](const shape_node& each) { return each.first != fault::none || may_fail(each.inner); });
}

/// What follows from the edges of a shape, but not from the graphs inside. Of the whole, or of the part that a run from
/// one node runs: then as if there were no edges from others.
class edges_of {
public:
    explicit edges_of(const graph_shape& all) : edges_of(all, all.size()) {}
    edges_of(const graph_shape& all, std::size_t begin) : shape(all), first(begin), part(reached_from(begin)) {
        for (std::size_t i = 0; i != all.size(); ++i) {
            if (!has(part, i)) continue;
            for (const std::size_t to : all[i].successors)
                (all[i].is_branch ? chosen_by : waits_for)[to] |= node_set{1} << i;
            for (const std::size_t from : all[i].reads) readers[from] |= node_set{1} << i;
        }
    }

    std::size_t size() const { return shape.size(); }
    node_set all_nodes() const { return (node_set{1} << size()) - 1; }
    bool is_part() const { return first != size(); }
    bool is_source(std::size_t number) const {
        return is_part() ? number == first : waits_for[number] == 0 && chosen_by[number] == 0;
    }
    static bool has(node_set nodes, std::size_t number) { return (nodes >> number & 1) != 0; }

    /// Returns: which nodes may run, as far as branches may choose what they like, if the node `gone` never does.
    node_set reached_without(std::size_t gone) const {
        node_set reached = 0;
        for (node_set before = 1; before != reached;) {
            before = reached;
            for (std::size_t to = 0; to != size(); ++to) {
                const bool all_come = waits_for[to] != 0 && (waits_for[to] & ~reached) == 0;
                if (to != gone && (is_source(to) || all_come || (chosen_by[to] & reached) != 0))
                    reached |= node_set{1} << to;
            }
        }
        return reached;
    }
    /// Returns: how often each node may run, as far as branches may choose what they like: 2 for several times. Of a loop
    /// that nothing leads to, as there may be in a part, that is not asked: it counts as one that runs.
    std::array<unsigned, most_nodes> most_runs() const {
        std::array<unsigned, most_nodes> most{};
        most.fill(2);
        for (bool has_changed = true; has_changed;) {
            has_changed = false;
            for (std::size_t to = 0; to != size(); ++to) {
                unsigned runs = waits_for[to] != 0 ? 2 : 0;
                for (std::size_t i = 0; i != size(); ++i) {
                    if (has(waits_for[to], i)) runs = std::min(runs, most[i]);
                }
                runs += is_source(to) ? 1 : 0;
                for (std::size_t i = 0; i != size(); ++i) {
                    if (has(chosen_by[to], i)) runs += shape[i].chooses_one ? most[i] : 2 * most[i];
                }
                runs = std::min(runs, 2u);
                has_changed = has_changed || most[to] != runs;
                most[to] = runs;
            }
        }
        return most;
    }
    /// Returns: a node that waits for others, and that the branch `by` may choose before it has run; or size().
    std::size_t early_join(std::size_t& by) const {
        for (std::size_t join = 0; join != size(); ++join) {
            const bool may_be_early = waits_for[join] != 0 && (!is_part() || !shape[join].reads.empty());
            const node_set early = may_be_early ? chosen_by[join] & reached_without(join) : 0;
            by = static_cast<std::size_t>(std::countr_zero(early));
            if (early != 0) return join;
        }
        return size();
    }
    /// Returns: a node that may be chosen again, and reads what is gone then, or may be made again meanwhile; or size().
    std::size_t wrong_reader() const {
        const auto most = most_runs();
        for (std::size_t i = 0; i != size(); ++i) {
            for (const std::size_t from : shape[i].reads) {
                if (is_part() && has(part, i) && (i == first || !has(part, from))) return i; // nobody has made it
                if (chosen_by[i] != 0 && (shape[i].moves || most[from] > 1)) return i;
            }
        }
        return size();
    }
    bool is_valid() const {
        std::size_t by = 0;
        return early_join(by) == size() && wrong_reader() == size() &&
               (is_part() || reached_without(size()) == all_nodes());
    }

    const graph_shape& shape;
    const std::size_t first; // size(): all that have no predecessors
    const node_set part;
    std::array<node_set, most_nodes> waits_for{}, chosen_by{}, readers{}; // of each node

private:
    node_set reached_from(std::size_t begin) const {
        if (begin == size()) return all_nodes();
        node_set reached = node_set{1} << begin;
        for (node_set before = 0; before != reached;) {
            before = reached;
            for (std::size_t i = 0; i != size(); ++i) {
                for (const std::size_t to : shape[i].successors) reached |= has(reached, i) ? node_set{1} << to : 0;
            }
        }
        return reached;
    }
};

/// A shape with all that follows from it.
class layout : public edges_of {
public:
    /// `around`: the nodes that wait for it, of the graphs that it is inside of. `is_repeated`: it may run several times
    /// with the same counts.
    explicit layout(const graph_shape& all, std::vector<std::size_t> around = {}, bool is_repeated = false)
        : edges_of(all), inside(all.size()), outer(std::move(around)), repeats(is_repeated) {
        for (std::size_t i = 0; i != all.size(); ++i) {
            if (all[i].nests == nesting::none) continue;
            std::vector<std::size_t> further;
            if (all[i].nests != nesting::detached) {
                further = outer;
                further.push_back(all[i].id);
            }
            inside[i] = std::make_unique<layout>(all[i].inner, further, all[i].nests == nesting::as_node);
        }
    }

    std::vector<std::unique_ptr<layout>> inside; // of each node, null: nothing
    const std::vector<std::size_t> outer;
    const bool repeats;
};

inline void remove_edge(shape_node& from, std::size_t to) {
    from.successors.erase(std::remove(from.successors.begin(), from.successors.end(), to), from.successors.end());
    const auto is_gone = [&](int choice) { return static_cast<std::size_t>(choice) >= from.successors.size(); };
    for (std::vector<int>& each : from.choices)
        each.erase(std::remove_if(each.begin(), each.end(), is_gone), each.end());
}

/// Removes edges and values until the shape is valid.
inline void mend(graph_shape& all) {
    for (std::size_t i = 0; i != all.size(); ++i) {
        for (std::size_t to = 0; to <= i && !all[i].is_branch; ++to) remove_edge(all[i], to);
    }
    for (;;) {
        const edges_of it(all);
        const node_set missing = it.all_nodes() & ~it.reached_without(all.size());
        std::size_t by = 0;
        if (const std::size_t join = it.early_join(by); join != all.size()) {
            remove_edge(all[by], join);
        } else if (const std::size_t reader = it.wrong_reader(); reader != all.size()) {
            all[reader].reads.clear();
            all[reader].moves = false;
        } else if (missing != 0) {
            for (std::size_t i = 0; i != all.size(); ++i) {
                if (all[i].is_branch) remove_edge(all[i], static_cast<std::size_t>(std::countr_zero(missing)));
            }
        } else {
            return;
        }
    }
}

/// Makes shapes by numbers that below(limit) gives, each less than its limit.
template <class Below>
class shape_maker {
public:
    explicit shape_maker(const Below& random) : below(random) {}

    graph_shape make() {
        graph_shape all = make_one(true, 0);
        std::size_t next = 0;
        number(all, next);
        return all;
    }

private:
    static void number(graph_shape& all, std::size_t& next) {
        for (shape_node& each : all) {
            each.id = next++;
            number(each.inner, next);
        }
    }
    graph_shape make_one(bool may_branch, int depth) {
        graph_shape all(1 + below(depth == 0 ? most_nodes : 5));
        const std::size_t branches = !may_branch || below(3) == 0 ? 0 : below(40); // of 100
        const bool has_more = depth == 0 && below(4) == 0;
        for (std::size_t i = 0; i != all.size(); ++i) {
            all[i].is_branch = below(100) < branches;
            add_edges(all, i);
            if (all[i].is_branch)
                add_choices(all[i]);
            else
                add_inside(all[i], may_branch, depth);
            if (all[i].nests == nesting::none && !all[i].is_branch) add_values(all, i);
            if (all[i].nests == nesting::as_node) continue; // it has no function
            if (below(8) == 0) all[i].items = 1 + static_cast<int>(below(20));
            if (below(60) == 0)
                all[i].first = all[i].nests != nesting::none || below(2) == 0 ? fault::throws
                               : depth != 0 || below(2) == 0                  ? fault::cancels
                                                                              : fault::finishes;
            if (has_more && below(3) == 0) all[i].priority = static_cast<int>(below(5)) - 2;
            if (has_more && below(3) == 0) all[i].units = 1 + static_cast<unsigned>(below(2));
        }
        if (may_branch && all.size() >= 5 && below(6) == 5) add_loops(all, below(all.size() - 4));
        if (below(8) != 7) mend(all);
        let_some_move(all);
        return all;
    }
    void add_edges(graph_shape& all, std::size_t i) {
        shape_node& node = all[i];
        const std::size_t edges = below(4);
        for (std::size_t e = 0; e != edges; ++e) {
            const bool goes_back = node.is_branch && below(3) == 0;
            if (!goes_back && i + 1 == all.size() && below(50) != 0) continue;
            const std::size_t to =
                goes_back || below(200) == 0 ? below(all.size()) : std::min(all.size() - 1, i + 1 + below(4));
            if (to != i || node.is_branch) add_edge(node, to);
        }
    }
    static void add_edge(shape_node& from, std::size_t to) {
        if (std::find(from.successors.begin(), from.successors.end(), to) == from.successors.end())
            from.successors.push_back(to);
    }
    void add_choices(shape_node& node) {
        node.chooses_one = below(2) == 0;
        for (std::size_t turn = below(4); !node.successors.empty() && turn != 0; --turn) {
            std::vector<int> choice;
            for (std::size_t n = below(node.chooses_one ? 2 : 3); n != 0; --n)
                choice.push_back(static_cast<int>(below(node.successors.size())));
            node.choices.push_back(choice);
        }
    }
    /// One loop in another, in place of five nodes.
    void add_loops(graph_shape& all, std::size_t first) {
        const std::size_t outer = first + 1, inner = first + 2, inner_again = first + 3, outer_again = first + 4;
        const auto is_replaced = [&](std::size_t i) { return i >= first && i <= outer_again; };
        for (shape_node& each : all)
            each.reads.erase(std::remove_if(each.reads.begin(), each.reads.end(), is_replaced), each.reads.end());
        for (std::size_t i = first; i <= outer_again; ++i) {
            shape_node fresh;
            fresh.is_branch = fresh.chooses_one = i >= inner_again;
            fresh.has_value = i == outer || i == inner;
            if (!fresh.is_branch) fresh.successors = {i + 1};
            all[i] = std::move(fresh);
        }
        if (below(2) == 0) all[inner].reads = {outer};
        all[inner_again].successors = {outer_again, inner};
        for (std::size_t turn = below(12); turn != 0; --turn)
            all[inner_again].choices.push_back({static_cast<int>(below(2))});
        all[outer_again].successors = {outer};
        all[outer_again].choices.assign(below(5), {0});
    }
    void add_inside(shape_node& node, bool may_branch, int depth) {
        if (depth == 2 || below(8) != 0) return;
        node.nests = static_cast<nesting>(1 + below(4));
        node.inner = make_one(may_branch && node.nests != nesting::as_node, depth + 1);
    }
    void add_values(graph_shape& all, std::size_t i) {
        all[i].has_value = below(2) == 0;
        for (std::size_t n = i == 0 ? 0 : below(3); n != 0 && all[i].has_value; --n) {
            const std::size_t from = below(i);
            if (!all[from].has_value || std::count(all[i].reads.begin(), all[i].reads.end(), from) != 0) continue;
            all[i].reads.push_back(from);
            add_edge(all[from], i);
        }
    }
    void let_some_move(graph_shape& all) {
        for (shape_node& each : all) {
            if (each.reads.size() != 1) continue;
            const auto reads_it = [&](const shape_node& other) {
                return std::count(other.reads.begin(), other.reads.end(), each.reads[0]) != 0;
            };
            each.moves = std::count_if(all.begin(), all.end(), reads_it) == 1 && below(2) == 0;
        }
    }

    const Below& below;
};

inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    a = (a ^ b) * 0x9e3779b97f4a7c15;
    return a ^ a >> 29;
}

/// What a run of a shape comes to.
struct outcome {
    explicit outcome(std::size_t nodes) : runs(nodes), sums(nodes), last(nodes), inner(nodes), ends(nodes) {}

    std::vector<int> runs;                       // of each node
    std::vector<std::uint64_t> sums, last;       // of the values that it makes; the last one
    std::vector<std::unique_ptr<outcome>> inner; // of the graph inside: of one run
    std::vector<int> ends; // how many nodes end inside of it in one run before it is over itself, at all levels
    int all_ends = 0;
    bool is_complete = true; // no node was left that some of its predecessors had come to
    bool fails = false;      // a node throws or cancels: what runs is at most what is said
    bool finishes = false;   // one ends the run early: likewise
};

/// Runs a shape: a node when it is due, and all readers of its value have read the one before.
class interpreter {
public:
    /// With faults: those who wait for a node that has failed never run.
    interpreter(const layout& of, bool has_faults) : interpreter(of, has_faults, of) {}
    /// Of a part of it.
    interpreter(const layout& of, bool has_faults, const edges_of& part)
        : in_(of), edges_(part), all_(of.shape), has_faults_(has_faults), result_(of.size()), made_(of.size()),
          due_(of.size()), done_(of.size()), has_failed_(of.size()) {}

    outcome run() {
        if (!in_.is_valid()) { // the run throws
            result_.fails = true;
            return std::move(result_);
        }
        for (std::size_t i = 0; i != all_.size(); ++i) {
            due_[i] = edges_.is_source(i);
            if (in_.inside[i] == nullptr) continue;
            result_.inner[i] = std::make_unique<outcome>(interpreter(*in_.inside[i], has_faults_).run());
            if (all_[i].nests != nesting::detached) result_.ends[i] = result_.inner[i]->all_ends;
        }
        for (bool goes_on = true; goes_on;) {
            goes_on = false;
            for (std::size_t i = 0; i != all_.size(); ++i) {
                if (!may_run(i)) continue;
                run_node(i);
                goes_on = true;
            }
        }
        for (const auto& each : arrived_)
            result_.is_complete = result_.is_complete && std::none_of(each.begin(), each.end(), is_there);
        return std::move(result_);
    }

private:
    static bool is_there(int times) { return times > 0; }
    bool may_run(std::size_t i) const {
        if (due_[i] == 0 || has_failed_[i]) return false;
        for (std::size_t r = 0; r != all_.size(); ++r) {
            if (layout::has(edges_.readers[i], r) && done_[r] < done_[i]) return false;
        }
        return true;
    }
    void run_node(std::size_t i) {
        const shape_node& node = all_[i];
        --due_[i];
        const auto turn = static_cast<std::size_t>(result_.runs[i]++);
        std::uint64_t value = mixed(node.id, in_.repeats ? 0 : turn);
        for (const std::size_t from : node.reads)
            value = mixed(value, made_[from][edges_.chosen_by[i] != 0 ? 0 : turn]); // chosen: reads what is made once
        made_[i].push_back(value);
        result_.sums[i] += value;
        result_.last[i] = value;
        const bool has_fault = has_faults_ && turn == 0 && node.first != fault::none;
        const bool fails_inside =
            result_.inner[i] != nullptr && (result_.inner[i]->fails || !result_.inner[i]->is_complete);
        if (has_fault || fails_inside) {
            (has_fault && node.first == fault::finishes ? result_.finishes : result_.fails) = true;
            has_failed_[i] = has_fault || node.nests != nesting::detached;
            if (has_failed_[i]) return;
        }
        result_.all_ends += result_.ends[i] + (node.nests != nesting::as_node);
        ++done_[i];
        if (node.is_branch)
            choose(node, turn);
        else
            for (const std::size_t to : node.successors) arrive(to, i);
    }
    void choose(const shape_node& node, std::size_t turn) {
        if (turn >= node.choices.size()) return;
        for (const int choice : node.choices[turn]) ++due_[node.successors[static_cast<std::size_t>(choice)]];
    }
    void arrive(std::size_t to, std::size_t from) {
        ++arrived_[to][from];
        if (std::count_if(arrived_[to].begin(), arrived_[to].end(), is_there) != std::popcount(edges_.waits_for[to]))
            return;
        for (int& each : arrived_[to]) each -= each > 0;
        ++due_[to];
    }

    const layout& in_;
    const edges_of& edges_;
    const graph_shape& all_;
    const bool has_faults_;
    outcome result_;
    std::vector<std::vector<std::uint64_t>> made_; // of each node, in each turn
    std::vector<int> due_, done_;
    std::vector<bool> has_failed_;
    std::array<std::array<int, most_nodes>, most_nodes> arrived_{}; // [to][from]
};

} // namespace pel_test
