// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether jumps are better than none. A processor that foresees where a jump goes need not wait for the comparison before
// it, and one that does not loses 10 to 20 cycles. So what goes through two ranges looks how its first steps are.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether 32 steps are likely to be foreseen, of which each went one way or the other as its bits say: most go as the one
/// before, or as the one two, three or four steps before. Of steps at random one look in 100 is wrong.
constexpr bool are_foreseen(std::uint32_t ways, std::uint32_t other_ways = 0) noexcept {
    for (unsigned back = 1; back <= 4; ++back) {
        const std::uint32_t unlike = ((ways ^ ways >> back) | (other_ways ^ other_ways >> back)) << back;
        if (std::popcount(unlike) < static_cast<int>((32 - back) / 4)) return true;
    }
    return false;
}

/// Whether the first of the steps are that go past `count` elements of two ranges of these sizes. Calls step() 32 times,
/// which goes past one element or one of each and says in two bits how, or never if these are too few.
template <class Step>
bool begins_foreseen(std::uint64_t size1, std::uint64_t size2, std::uint64_t count, Step step) {
    constexpr std::uint64_t steps = 32, least = 512;
    if (std::min(size1, size2) < steps) return true; // all of the other range is next, as a rule
    if (count < least) return false;
    std::uint32_t ways = 0, other_ways = 0;
    for (std::uint64_t each = 0; each != steps; ++each) {
        const unsigned way = step();
        ways = ways << 1 | (way & 1);
        other_ways = other_ways << 1 | way >> 1;
    }
    return are_foreseen(ways, other_ways);
}

} // namespace detail
PEL_NAMESPACE_END
