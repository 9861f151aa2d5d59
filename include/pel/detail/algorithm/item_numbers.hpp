// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which type numbers the items of a range, where an algorithm keeps a number for each: no more bytes than it takes.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::uint64_t most_short_numbers = UINT32_MAX;

/// Returns: run(number), of 4 bytes if there are no more than MostShort items. (0 is for tests: always 8 bytes.)
template <std::uint64_t MostShort, class Run>
decltype(auto) with_item_numbers(std::uint64_t items, const Run& run) {
    static_assert(MostShort <= most_short_numbers);
    if constexpr (MostShort != 0) {
        if (items <= MostShort) return run(std::uint32_t{});
    }
    return run(std::uint64_t{});
}

} // namespace detail
PEL_NAMESPACE_END
