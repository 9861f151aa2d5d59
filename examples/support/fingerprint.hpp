// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether two runs have the same results, bit for bit, as a number to print.
#pragma once

#include <bit>
#include <cstdint>

namespace support {

/// Returns: another hash for each number that comes after those of `hash`.
constexpr std::uint64_t add_bits(std::uint64_t hash, double number) noexcept {
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15;
    hash = (hash ^ std::bit_cast<std::uint64_t>(number)) * odd;
    return hash ^ hash >> 29;
}

} // namespace support
