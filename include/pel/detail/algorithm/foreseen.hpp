// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether jumps are better than none. A processor that foresees where a jump goes need not wait for the comparison before
// it, and one that does not loses 10 to 20 cycles. So what chooses between two elements asks how its first steps went.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <bit>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr unsigned foreseen_by = 32; // steps

/// Whether steps that went as the bits say, the last one in the lowest, are likely to be foreseen: most go as the one before
/// them, or as the one two, three or four steps before. Of steps at random few do: one guess in 100 is wrong. `ways` may be
/// a step's first bit, and `other_ways` its second.
constexpr bool is_foreseen(std::uint32_t ways, std::uint32_t other_ways = 0) noexcept {
    for (unsigned back = 1; back <= 4; ++back) {
        const std::uint32_t unlike = ((ways ^ ways >> back) | (other_ways ^ other_ways >> back)) << back;
        if (std::popcount(unlike) < static_cast<int>((foreseen_by - back) / 4)) return true;
    }
    return false;
}

} // namespace detail
PEL_NAMESPACE_END
