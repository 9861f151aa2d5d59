// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// skynet: a tree with 10 children per node; leaves have the numbers 0, 1, 2, …, each node adds up its children's. No
// cutoff: every leaf is a task. Two forms: skynet_loop runs a parallel loop over the children of a node, skynet_group a
// task group. Work: 1.1 tasks per leaf. Span: the depth.
#pragma once

#include "support/benchmark.hpp"

#include <array>
#include <cstdint>

namespace workload {

inline constexpr std::uint64_t children = 10;
using partial_sums = std::array<std::uint64_t, children>;

/// A power of ten.
inline std::uint64_t leaves() { return bench::size(100'000'000, 1'000'000); }
inline std::uint64_t answer() { return leaves() * (leaves() - 1) / 2; }

inline std::uint64_t sum(const partial_sums& parts) {
    std::uint64_t all = 0;
    for (const std::uint64_t part : parts) all += part;
    return all;
}

} // namespace workload
