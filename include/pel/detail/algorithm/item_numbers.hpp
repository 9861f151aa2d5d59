// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which type numbers the items of a range, where an algorithm keeps a number for each: no more bytes than it takes.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>

#include <cstdint>
#include <vector>

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

/// Returns: 0, 1, … of all items. Throws: std::bad_alloc, operation_cancelled.
template <class Number, class Policy>
std::vector<Number> all_numbers(const Policy& policy, std::uint64_t items) {
    std::vector<Number> numbers(items);
    run_numbers(policy, items, [all = numbers.data()](std::uint64_t n) { all[n] = static_cast<Number>(n); });
    return numbers;
}

} // namespace detail
PEL_NAMESPACE_END
