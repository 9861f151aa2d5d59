// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The distance that keeps two words from sharing a cache line, prefetched neighbour included (x86 fetches
// lines in pairs; AArch64 server parts have 128-byte lines). A constant, not std::hardware_*: it is ABI.
#pragma once

#include <pel/detail/platform/config.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::size_t cache_line = 128;

} // namespace detail
PEL_NAMESPACE_END
