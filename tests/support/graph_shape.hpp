// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs of random shapes against an interpreter that runs the same shape in order, on one thread. How often each node
// runs does not depend on the order: a node runs as often as it is chosen, or as all its predecessors have come.
#pragma once

#include <pel/graph/graph.hpp>
#include <pel/graph/subgraph.hpp>
#include <pel/parallel_for.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <vector>

namespace pel_test {

inline constexpr std::size_t most_nodes = 12;

enum class fault { none, throws, cancels };

struct shape_node {
    std::vector<std::size_t> successors; // of a branch: in the order in which it counts them
    bool is_branch = false;
    std::vector<std::vector<int>> choices; // of a branch, one after the other; when they are used up it chooses none
    int added = 0;                         // nodes that it makes while it runs
    int items = 0;                         // of a loop inside
    fault first = fault::none;             // what happens when it runs for the first time
};
using graph_shape = std::vector<shape_node>;

/// A shape by numbers that below(limit) gives, each less than its limit.
template <class Below>
graph_shape make_shape(const Below& below) {
    graph_shape all(1 + below(most_nodes));
    const std::size_t branches = below(3) == 0 ? 0 : below(40); // of 100
    for (std::size_t i = 0; i != all.size(); ++i) {
        shape_node& node = all[i];
        node.is_branch = below(100) < branches;
        const std::size_t edges = below(4);
        for (std::size_t e = 0; e != edges; ++e) {
            const bool goes_back = node.is_branch && below(3) == 0;
            if (!goes_back && i + 1 == all.size() && below(50) != 0) continue;
            const std::size_t to =
                goes_back || below(200) == 0 ? below(all.size()) : std::min(all.size() - 1, i + 1 + below(4));
            if (to != i || node.is_branch) {
                if (std::find(node.successors.begin(), node.successors.end(), to) == node.successors.end())
                    node.successors.push_back(to);
            }
        }
        for (std::size_t turn = below(4); node.is_branch && !node.successors.empty() && turn != 0; --turn) {
            std::vector<int> choice;
            for (std::size_t n = below(3); n != 0; --n)
                choice.push_back(static_cast<int>(below(node.successors.size())));
            node.choices.push_back(choice);
        }
        if (below(8) == 0) node.added = 1 + static_cast<int>(below(4));
        if (below(8) == 0) node.items = 1 + static_cast<int>(below(20));
        if (below(60) == 0) node.first = below(2) == 0 ? fault::throws : fault::cancels;
    }
    return all;
}

inline std::vector<int> count_plain(const graph_shape& all) {
    std::vector<int> plain(all.size());
    for (const shape_node& each : all) {
        for (const std::size_t to : each.successors) plain[to] += !each.is_branch;
    }
    return plain;
}

/// Returns: which nodes may run, as far as branches may choose what they like, if the node `gone` never does.
inline std::vector<bool> reached_without(const graph_shape& all, std::size_t gone) {
    const std::size_t n = all.size();
    const std::vector<int> plain = count_plain(all);
    std::vector<int> chosen(n);
    for (const shape_node& each : all) {
        for (const std::size_t to : each.successors) chosen[to] += each.is_branch;
    }
    std::vector<bool> reached(n);
    for (std::size_t i = 0; i != n; ++i) reached[i] = i != gone && plain[i] == 0 && chosen[i] == 0;
    for (std::size_t round = 0; round != n; ++round) {
        for (std::size_t to = 0; to != n; ++to) {
            bool is_chosen = false, all_come = plain[to] != 0;
            for (std::size_t i = 0; i != n; ++i) {
                const auto& s = all[i].successors;
                if (std::find(s.begin(), s.end(), to) == s.end()) continue;
                is_chosen = is_chosen || (all[i].is_branch && reached[i]);
                all_come = all_come && (all[i].is_branch || reached[i]);
            }
            if (to != gone && (is_chosen || all_come)) reached[to] = true;
        }
    }
    return reached;
}

/// Whether every node can be reached, and no branch can choose a join before that has run.
inline bool is_valid(const graph_shape& all) {
    const std::vector<int> plain = count_plain(all);
    for (std::size_t join = 0; join != all.size(); ++join) {
        if (plain[join] == 0) continue;
        const std::vector<bool> before = reached_without(all, join);
        for (std::size_t i = 0; i != all.size(); ++i) {
            const auto& s = all[i].successors;
            if (all[i].is_branch && before[i] && std::find(s.begin(), s.end(), join) != s.end()) return false;
        }
    }
    const std::vector<bool> reached = reached_without(all, all.size());
    return std::find(reached.begin(), reached.end(), false) == reached.end();
}

struct outcome {
    std::vector<int> runs;
    bool is_complete = true; // no node was left that some of its predecessors had come to
};

/// A node that waits for others runs for the n-th time when each of them has run n times; and whenever it is chosen.
inline outcome interpret(const graph_shape& all) {
    const std::vector<int> plain = count_plain(all);
    std::vector<int> chosen(all.size());
    std::vector<std::vector<int>> arrived(all.size(), std::vector<int>(all.size())); // [to][from]
    outcome result{std::vector<int>(all.size())};
    for (const shape_node& each : all) {
        for (const std::size_t to : each.successors) chosen[to] += each.is_branch;
    }
    std::deque<std::size_t> ready;
    for (std::size_t i = 0; i != all.size(); ++i) {
        if (plain[i] == 0 && chosen[i] == 0) ready.push_back(i);
    }
    const auto is_there = [](int times) { return times > 0; };
    while (!ready.empty()) {
        const std::size_t each = ready.front();
        ready.pop_front();
        const auto turn = static_cast<std::size_t>(result.runs[each]++);
        if (all[each].is_branch) {
            if (turn >= all[each].choices.size()) continue;
            for (const int choice : all[each].choices[turn])
                ready.push_back(all[each].successors[static_cast<std::size_t>(choice)]);
            continue;
        }
        for (const std::size_t to : all[each].successors) {
            ++arrived[to][each];
            if (std::count_if(arrived[to].begin(), arrived[to].end(), is_there) != plain[to]) continue;
            for (int& from : arrived[to]) from -= from > 0;
            ready.push_back(to);
        }
    }
    for (const std::vector<int>& each : arrived)
        result.is_complete = result.is_complete && std::none_of(each.begin(), each.end(), is_there);
    return result;
}

/// The shape as a graph, and what its nodes did.
class running {
public:
    explicit running(const graph_shape& all) : shape_(all), runs_(all.size()), added_(all.size()), items_(all.size()) {
        std::vector<pel::node_ref> nodes;
        for (std::size_t i = 0; i != all.size(); ++i) {
            if (all[i].is_branch) {
                nodes.push_back(graph_.branch([this, i](pel::run_control& run) {
                    const std::size_t turn = begin(i, run);
                    return turn < shape_[i].choices.size() ? shape_[i].choices[turn] : std::vector<int>();
                }));
            } else if (all[i].added != 0) {
                nodes.push_back(graph_.emplace([this, i](pel::subgraph& more) {
                    begin(i);
                    for (int n = 0; n != shape_[i].added; ++n) more.emplace([this, i] { ++added_[i]; });
                }));
            } else {
                nodes.push_back(graph_.emplace([this, i](pel::run_control& run) { begin(i, run); }));
            }
        }
        for (std::size_t i = 0; i != all.size(); ++i) {
            for (const std::size_t to : all[i].successors) nodes[i].precede(nodes[to]);
        }
    }
    pel::graph& graph() { return graph_; }
    void reset(bool has_faults) {
        has_faults_ = has_faults;
        for (auto* const counts : {&runs_, &added_, &items_}) {
            for (auto& each : *counts) each = 0;
        }
    }
    void expect(const outcome& expected) const {
        for (std::size_t i = 0; i != shape_.size(); ++i) {
            ASSERT_EQ(runs_[i], expected.runs[i]) << "node " << i;
            ASSERT_EQ(added_[i], shape_[i].is_branch ? 0 : expected.runs[i] * shape_[i].added);
            ASSERT_EQ(items_[i], expected.runs[i] * shape_[i].items);
        }
    }
    void expect_at_most(const outcome& expected) const {
        for (std::size_t i = 0; i != shape_.size(); ++i) ASSERT_LE(runs_[i], expected.runs[i]) << "node " << i;
    }

private:
    std::size_t begin(std::size_t i) {
        const auto turn = static_cast<std::size_t>(runs_[i]++);
        if (shape_[i].items != 0) pel::parallel_for(0, shape_[i].items, [&](int) { ++items_[i]; });
        if (has_faults_ && turn == 0 && shape_[i].first == fault::throws) throw std::out_of_range("fault");
        return turn;
    }
    std::size_t begin(std::size_t i, const pel::run_control& run) {
        if (has_faults_ && runs_[i] == 0 && shape_[i].first == fault::cancels) run.cancel();
        return begin(i);
    }

    const graph_shape& shape_;
    pel::graph graph_;
    std::vector<std::atomic<int>> runs_, added_, items_;
    bool has_faults_ = false;
};

inline bool may_fail(const graph_shape& all, const outcome& expected) {
    for (std::size_t i = 0; i != all.size(); ++i) {
        const bool is_asked = all[i].first == fault::throws || all[i].added == 0 || all[i].is_branch;
        if (all[i].first != fault::none && is_asked && expected.runs[i] != 0) return true;
    }
    return false;
}

/// Returns: whether the shape was one that runs.
inline bool check_shape(const graph_shape& all, pel::thread_pool& pool) {
    running it(all);
    const auto run = [&] { it.graph().run(pel::par.on(pool)); };
    if (!is_valid(all)) {
        EXPECT_THROW(it.graph().validate(), pel::graph_error);
        EXPECT_THROW(run(), pel::graph_error);
        return false;
    }
    const outcome expected = interpret(all);
    for (const bool has_faults : {false, true, false}) {
        it.reset(has_faults);
        bool has_failed = false;
        try {
            run();
        } catch (const pel::graph_error&) {
            EXPECT_FALSE(expected.is_complete);
            has_failed = true;
        } catch (const std::exception&) { // the fault, or operation_cancelled
            EXPECT_TRUE(has_faults && may_fail(all, expected));
            has_failed = true;
        }
        if (!has_faults || !may_fail(all, expected)) {
            EXPECT_EQ(has_failed, !expected.is_complete);
            it.expect(expected);
        } else {
            EXPECT_TRUE(has_failed);
            it.expect_at_most(expected);
        }
    }
    return true;
}

} // namespace pel_test
