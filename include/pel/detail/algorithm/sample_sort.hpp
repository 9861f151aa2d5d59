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

/// Sorts, stably if sort(first, last, scratch), which sorts what is too little to be shared, is stable. NeedsScratch: it uses
/// that part of the scratch memory. Buckets of `large` elements or more are divided again, `levels` times at most.
/// Requires: size and `large` are 1000 at least; as many places in the scratch memory; moves do not throw. Throws: what
/// comparisons throw; operation_cancelled; then all elements are in the range.
template <bool NeedsScratch, class Policy, class Base, class Less, class Sort>
void sample_sort(const Policy& policy, Base first, std::uint64_t size, std::iter_value_t<Base>* scratch,
                 const Less& less, const Sort& sort, std::uint64_t large = 1 << 15, unsigned levels = 8) {
    const splitters<Base, Less> split(first, size, less);
    distribution<Base, splitters<Base, Less>> distribute(first, size, scratch, split);
    distribute.run(policy, NeedsScratch ? 0 : large, [&](unsigned bucket, std::uint64_t begin, std::uint64_t end) {
        if (split.is_of_equals(bucket)) return;
        if (end - begin >= large && levels != 0)
            detail::sample_sort<NeedsScratch>(policy, nth_of(first, begin), end - begin, scratch + begin, less, sort,
                                              large, levels - 1);
        else
            sort(nth_of(first, begin), nth_of(first, end), scratch + begin);
    });
}

} // namespace detail
PEL_NAMESPACE_END
