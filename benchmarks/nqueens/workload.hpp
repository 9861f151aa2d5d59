// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nqueens: how many ways are there to place n queens on an n × n board so that none attacks another? A task per queen in
// the first `forked_rows` rows, plain recursion below, the same in all variants.
#pragma once

#include "support/benchmark.hpp"
#include "support/queens.hpp"

#include <cstdint>

namespace workload {

inline constexpr unsigned forked_rows = 4;

inline unsigned n() { return static_cast<unsigned>(bench::size(14, 12)); }
inline std::uint64_t answer() { return bench::ways_to_place_queens(n()); }

} // namespace workload
