// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// coroutine_nqueens: the ways to place n queens on an n × n board so that none attacks another, with a coroutine for each
// queen, down to the last row; those of a row are awaited together, as a range. Beside it the same recursion by coroutines
// that know of no scheduler, and with plain functions by tbb::task_group, as OpenMP tasks and as calls. Work: n = 12: 0.86
// million coroutines with up to n children. Span: n of them.
#pragma once

#include "support/benchmark.hpp"
#include "support/queens.hpp"

#include <cstdint>

namespace workload {

inline unsigned n() { return static_cast<unsigned>(bench::size(12, 10)); }
inline std::uint64_t answer() { return bench::ways_to_place_queens(n()); }

} // namespace workload
