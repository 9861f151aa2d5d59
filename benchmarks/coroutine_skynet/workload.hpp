// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// coroutine_skynet: a tree with 10 children per node, each a coroutine; leaves have the numbers 0, 1, 2, …, each node adds
// up its children's. Beside it tbb::task_group with plain functions. Work: 1.1 coroutines per leaf. Span: the depth.
#pragma once

#include "support/benchmark.hpp"

#include <cstdint>

namespace workload {

inline constexpr std::uint64_t children = 10;

/// A power of ten.
inline std::uint64_t leaves() { return bench::size(10'000'000, 1'000'000); }
inline std::uint64_t answer() { return leaves() * (leaves() - 1) / 2; }

} // namespace workload
