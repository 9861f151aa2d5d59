// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bits of a vector<bool>, in place of which algorithms that rearrange elements are given bools.
#pragma once

#include <pel/detail/algorithm/elements.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Iterator>
inline constexpr bool are_bits =
    std::is_same_v<std::remove_cvref_t<std::iter_reference_t<Iterator>>, std::vector<bool>::reference>;

/// Calls rearrange(policy, elements) for what a range begins with: a policy and an iterator that it may be shared by.
/// Copies of bits go back when it returns; if it throws, they are as they were.
template <class Policy, class Iterator, class Rearrange>
void rearrange_apart(const Policy& policy, const Iterator& first, std::uint64_t size, const Rearrange& rearrange) {
    if constexpr (are_bits<Iterator>) {
        const auto bits = std::make_unique_for_overwrite<bool[]>(size);
        std::copy(first, nth_of(first, size), bits.get());
        rearrange(policy, bits.get());
        std::copy(bits.get(), bits.get() + size, first);
    } else {
        rearrange(writing_policy<Iterator>(policy), base_of(first));
    }
}

} // namespace detail
PEL_NAMESPACE_END
