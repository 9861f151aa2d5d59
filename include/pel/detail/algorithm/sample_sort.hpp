// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sample sort: buckets of about the same size, whose elements are between those of other buckets, are sorted alone.
#pragma once

#include <pel/detail/algorithm/distribution.hpp>
#include <pel/detail/algorithm/splitters.hpp>

#include <cstdint>
#include <iterator>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::uint64_t least_sample_sort = 1 << 13; // elements

/// Sorts, stably if sort(begin, end), which sorts [begin, end) of the range, is stable. NeedsScratch: it uses that part of
/// the scratch memory. Requires: at least least_sample_sort elements, as many places in the scratch memory; moves do not
/// throw. Throws: what comparisons throw; operation_cancelled; then all elements are in the range.
template <bool NeedsScratch, class Policy, class Base, class Less, class Sort>
void sample_sort(const Policy& policy, Base first, std::uint64_t size, std::iter_value_t<Base>* scratch,
                 const Less& less, const Sort& sort) {
    const splitters<Base, Less> split(first, size, less);
    distribution<Base, splitters<Base, Less>> distribute(first, size, scratch, split);
    distribute.template run<NeedsScratch>(policy, [&](unsigned bucket, std::uint64_t begin, std::uint64_t end) {
        if (!split.is_of_equals(bucket)) sort(begin, end);
    });
}

} // namespace detail
PEL_NAMESPACE_END
