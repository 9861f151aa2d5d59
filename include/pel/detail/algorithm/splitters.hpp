// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values that cut a range into buckets of about the same size, and a search tree over them that is descended without a
// branch, several elements at a time. They are a sample of the range, chosen by its size alone, so that buckets do not
// depend on who works.
// Source: P. Sanders, S. Winkel, "Super Scalar Sample Sort", ESA 2004.
#pragma once

#include <pel/detail/algorithm/distribution.hpp>
#include <pel/detail/algorithm/quick_sort.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// How a splitter is held: as a copy where that costs nothing, else as the place of the element. (A vector<bool> would
/// have no places for copies.)
template <class Base>
inline constexpr bool are_splitters_copied =
    std::is_trivially_copyable_v<std::iter_value_t<Base>> && std::copyable<std::iter_value_t<Base>> &&
    !std::is_same_v<std::iter_value_t<Base>, bool> && sizeof(std::iter_value_t<Base>) <= 32;

/// Buckets are numbered in the order of their elements. Where the sample holds a value several times, the elements equal
/// to a splitter have a bucket of their own, which needs no sorting.
template <class Base, class Less>
class splitters {
    using held = std::conditional_t<are_splitters_copied<Base>, std::iter_value_t<Base>, Base>;

public:
    /// Splitters that are not copied are elements of the range.
    static constexpr bool uses_elements = !are_splitters_copied<Base>;

    /// For about 1000 elements in a bucket, or as many buckets as there may be. Requires: `size` is 1000 at least.
    splitters(Base first, std::uint64_t size, const Less& less) : less_(less) {
        const auto buckets =
            static_cast<unsigned>(std::clamp<std::uint64_t>(std::bit_floor(size / 1024), 8, most_buckets));
        std::vector<held> sample;
        sample.reserve(std::size_t{buckets} * oversampling);
        const std::uint64_t stride = size / (std::uint64_t{buckets} * oversampling);
        std::uint64_t random = size;
        for (std::uint64_t each = 0; each < std::uint64_t{buckets} * oversampling; ++each) {
            random = random * 6364136223846793005U + 1442695040888963407U; // Knuth's, as good as any here
            const Base place = nth_of(first, each * stride + (random >> 33) % stride);
            if constexpr (are_splitters_copied<Base>)
                sample.push_back(*place);
            else
                sample.push_back(place);
        }
        detail::quick_sort(sample.data(), sample.data() + sample.size(),
                           [&](const held& a, const held& b) { return less(value(a), value(b)); });
        choose(sample, buckets);
    }

    unsigned buckets() const noexcept { return has_equal_buckets_ ? 2 * leaves_ : leaves_; }
    /// Whether all elements of that bucket are equal.
    bool is_of_equals(unsigned bucket) const noexcept { return has_equal_buckets_ && bucket % 2 == 1; }

    /// Tells the bucket of each of n elements.
    void classify(Base first, std::uint64_t, std::uint64_t n, unsigned char* bucket) const {
        for (; n >= at_once; n -= at_once, (void)(first += at_once), bucket += at_once)
            classify_some<at_once>(first, bucket);
        for (; n != 0; --n, (void)++first, (void)++bucket) classify_some<1>(first, bucket);
    }

private:
    static constexpr unsigned oversampling = 16;
    static constexpr unsigned at_once = 8;

    static decltype(auto) value(const held& splitter) {
        if constexpr (are_splitters_copied<Base>)
            return (splitter);
        else
            return *splitter;
    }

    /// Takes every so many-th of the sorted sample, each value once.
    void choose(const std::vector<held>& sample, unsigned buckets) {
        std::vector<held> chosen;
        for (unsigned each = 1; each < buckets; ++each) {
            const held& next = sample[each * oversampling];
            if (chosen.empty() || less_(value(chosen.back()), value(next)))
                chosen.push_back(next);
            else
                has_equal_buckets_ = true;
        }
        if (has_equal_buckets_ && chosen.size() >= most_buckets / 2) { // every second one
            for (std::size_t each = 0; 2 * each + 1 < chosen.size(); ++each) chosen[each] = chosen[2 * each + 1];
            chosen.resize(chosen.size() / 2);
        }
        leaves_ = static_cast<unsigned>(std::bit_ceil(chosen.size() + 1));
        levels_ = static_cast<unsigned>(std::countr_zero(leaves_));
        sorted_ = std::move(chosen);
        tree_.resize(leaves_, sorted_.front());
        plant(1, 0, leaves_ - 1);
    }
    /// The tree in the order of its levels: node n has the children 2n and 2n + 1. Missing splitters are the greatest one
    /// again, so their buckets stay empty.
    void plant(unsigned node, unsigned lo, unsigned hi) {
        if (lo == hi) return;
        const unsigned middle = lo + (hi - lo) / 2;
        tree_[node] = sorted_[middle < sorted_.size() ? middle : sorted_.size() - 1];
        plant(2 * node, lo, middle);
        plant(2 * node + 1, middle + 1, hi);
    }

    template <unsigned N>
    PEL_ALWAYS_INLINE void classify_some(Base first, unsigned char* bucket) const {
        std::array<unsigned, N> node;
        node.fill(1);
        for (unsigned level = 0; level < levels_; ++level) {
            for (unsigned each = 0; each < N; ++each)
                node[each] = 2 * node[each] + !less_(*nth_of(first, each), value(tree_[node[each]]));
        }
        for (unsigned each = 0; each < N; ++each) {
            unsigned found = node[each] - leaves_; // how many splitters are not greater
            if (has_equal_buckets_) {
                const unsigned below = found < sorted_.size() ? found : static_cast<unsigned>(sorted_.size());
                const bool is_equal = below != 0 && !less_(value(sorted_[below - 1]), *nth_of(first, each));
                found = is_equal ? 2 * below - 1 : 2 * below;
            }
            bucket[each] = static_cast<unsigned char>(found);
        }
    }

    const Less& less_;
    unsigned leaves_ = 1, levels_ = 0;
    bool has_equal_buckets_ = false;
    std::vector<held> sorted_; // the splitters
    std::vector<held> tree_;
};

} // namespace detail
PEL_NAMESPACE_END
