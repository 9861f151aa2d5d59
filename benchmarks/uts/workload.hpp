// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// uts: Unbalanced Tree Search (Olivier et al., LCPC 2006): counts the nodes of a tree that is known only as it is
// walked. A node is 20 bytes, the SHA-1 of its parent's and its own number among the children; the number of its
// children is drawn from these. A child is a task, no cutoff. T1 is geometric and shallow; T3 binomial: 2 000
// subtrees, almost all of which end soon, while some are a thousand nodes deep. Two forms: uts_…_group runs a task
// group over the children of a node, uts_…_loop a parallel loop. Work: a SHA-1 per node. Span: the depth of the tree
// times the children of a node.
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace workload {

/// The benchmark's splittable random numbers.
class random_state {
public:
    explicit random_state(std::uint32_t seed);
    random_state split(std::uint32_t child) const;

    /// In [0, 1).
    double value() const { return (words_[4] & 0x7fff'ffff) * 0x1p-31; }

private:
    random_state() = default;

    std::array<std::uint32_t, 5> words_;
};

struct node {
    random_state random;
    std::uint32_t depth = 0;

    node child(std::uint32_t number) const { return {random.split(number), depth + 1}; }
};

/// Which tree. The numbers of children are geometrically distributed with mean `branching` for nodes less than
/// `generations` deep, others have none; or, where that is 0, the root has `branching` children, and others have
/// `children` with `probability`, else none.
struct tree {
    const char* name;
    std::uint32_t seed;
    std::uint32_t branching;
    std::uint32_t generations;
    std::uint32_t children;
    double probability;

    node root() const { return {random_state(seed)}; }
    std::uint32_t count_children(const node& parent) const;
};

inline tree t1() { return {"t1", 19, 4, static_cast<std::uint32_t>(bench::size(10, 7)), 0, 0}; }
inline tree t3() { return {"t3", 42, static_cast<std::uint32_t>(bench::size(2'000, 100)), 0, 8, 0.124875}; }

/// What is in a subtree. Depth counts from the root of the whole tree.
struct tally {
    std::uint64_t nodes = 1, leaves = 0;
    std::uint32_t depth = 0;

    bool operator==(const tally&) const = default;
};

inline tally leaf(const node& one) { return {1, 1, one.depth}; }

/// Of a node with these subtrees.
inline tally sum(const std::vector<tally>& parts) {
    tally all;
    for (const tally& part : parts) {
        all.nodes += part.nodes;
        all.leaves += part.leaves;
        all.depth = std::max(all.depth, part.depth);
    }
    return all;
}

/// The published size of the tree; for one that is not published, what the serial code finds.
const tally& answer(const tree& which);

/// Registers both trees in one form, "group" or "loop": search(tree, root) returns what is in the tree.
template <class Workers, class Search>
bool register_trees(const std::string& form, const char* runtime, unsigned counts, Search search) {
    for (tree (*const make)() : {t1, t3}) {
        const bench::registration one("uts_" + std::string(make().name) + "_" + form, runtime, counts,
                                      [make, search](benchmark::State& state, unsigned count) {
                                          const tree which = make();
                                          const tally expected = answer(which);
                                          Workers workers(count);
                                          bench::measure(state, expected, [&] {
                                              return workers.run([&] { return search(which, which.root()); });
                                          });
                                      });
    }
    return true;
}

} // namespace workload
