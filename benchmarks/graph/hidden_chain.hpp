// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// graph_hidden_chain: a chain of 64 nodes of 20 µs, whose first one is in the midst of 64 others of 20 µs that nothing
// comes before or after. Two workers need no longer than the chain, if one begins with it; whoever begins with the others
// has the chain, or most of it, left at the end. Runtime pel_learnt: the graph was measured once, by learn().
// Each node checks that the one before it in the chain has run. Work: 128 × 20 µs. Span: 64 × 20 µs.
// Counters: before_chain: how many nodes began before the chain did, in the run in which that were most; chain_alone: how many
// of the chain began when all others had, on average: nothing runs beside these.
#pragma once

#include "support/benchmark.hpp"
#include "support/dag.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace workload {

/// What the nodes of a run take down.
class hidden_chain {
public:
    /// Not where a half of all sources begins: another thread may well begin there.
    static constexpr std::uint32_t first = 31, others = 64, length = 64, size = others + length;

    static bench::dag shape() {
        bench::dag all;
        for (std::uint32_t node = 0; node != size; ++node) {
            if (is_in_chain(node) && node != first)
                all.add({node - 1});
            else
                all.add({});
        }
        return all;
    }
    void reset() {
        begun_.store(0, std::memory_order_relaxed);
        nodes_.fill({});
    }
    void run(std::uint32_t number) {
        node& mine = nodes_[number];
        mine.begun = begun_.fetch_add(1, std::memory_order_relaxed);
        mine.is_in_order = !is_in_chain(number) || number == first || nodes_[number - 1].runs == 1;
        bench::spin_for(std::chrono::microseconds(20));
        ++mine.runs;
    }
    bool is_right() const {
        return std::all_of(nodes_.begin(), nodes_.end(),
                           [](const node& each) { return each.runs == 1 && each.is_in_order; });
    }
    std::uint32_t before_chain() const { return nodes_[first].begun; }
    std::uint32_t chain_alone() const {
        std::uint32_t last_other = 0;
        for (std::uint32_t number = 0; number != size; ++number)
            if (!is_in_chain(number)) last_other = std::max(last_other, nodes_[number].begun);
        return size - 1 - last_other;
    }

private:
    struct node {
        std::uint32_t runs = 0;
        std::uint32_t begun = 0; ///< when, by the order of all
        bool is_in_order = false;
    };
    static bool is_in_chain(std::uint32_t number) { return number >= first && number < first + length; }

    std::atomic<std::uint32_t> begun_{0};
    std::array<node, size> nodes_{};
};

/// `prepare`: done to the graph, which has not run yet.
template <class Graphs, class Prepare>
void measure_hidden_chain(benchmark::State& state, unsigned count, const Prepare& prepare) {
    typename Graphs::workers workers(count);
    const bench::dag shape = hidden_chain::shape();
    hidden_chain chain;
    const auto function = [&](std::uint32_t node) { return [&chain, node] { chain.run(node); }; };
    typename Graphs::template graph<decltype(function)> graph(workers, shape, function);
    prepare(graph);
    std::uint32_t most_before = 0;
    double alone = 0;
    bench::measure_changes(
        state, [&] { chain.reset(); }, [&] { graph.run(); },
        [&] {
            most_before = std::max(most_before, chain.before_chain());
            alone += chain.chain_alone();
            return chain.is_right();
        });
    state.counters["before_chain"] = most_before;
    state.counters["chain_alone"] = alone / static_cast<double>(state.iterations());
}

template <class Graphs>
bool register_hidden_chain(const char* runtime, unsigned counts) {
    const bench::registration one("graph_hidden_chain", runtime, counts, [](benchmark::State& state, unsigned count) {
        measure_hidden_chain<Graphs>(state, count, [](const auto&) {});
    });
    return true;
}

} // namespace workload
