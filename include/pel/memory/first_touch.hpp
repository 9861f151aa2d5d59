// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// first_touch: spreads the pages of an array over the NUMA nodes, as a loop over its elements would.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/numa_memory.hpp>
#include <pel/parallel_for.hpp>

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A share of first_touch: each page once, by who has the element with the page's first byte.
class touching_strand {
public:
    touching_strand(unsigned char* first, std::size_t element_size) noexcept
        : first_(first), element_size_(element_size), page_size_(page_size()) {}

    void run(std::uint64_t lo, std::uint64_t hi) noexcept {
        const std::size_t end = hi * element_size_;
        for (std::size_t offset = lo == 0 ? 0 : page_from(lo * element_size_); offset < end;
             offset = page_from(offset + 1))
            touch_byte(first_ + offset);
    }
    touching_strand split() const noexcept { return *this; }
    static constexpr bool keeps_nothing = true;

private:
    /// Returns: where the first page begins that begins at `offset` or after.
    std::size_t page_from(std::size_t offset) const noexcept {
        const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(first_) + offset;
        return offset + (page_size_ - address % page_size_) % page_size_;
    }

    unsigned char* first_;
    std::size_t element_size_, page_size_;
};

} // namespace detail

/// Has every page of `array` that is still untouched come from the node of the thread that has its elements in
/// parallel_for(policy, 0, size, body), so that such loops find their data on their own nodes. No value changes: what
/// was written stays, what never had a value still has none. Requires: a contiguous range, as a numa_vector or a
/// std::span, of elements that can be copied as bytes. (Others were written when they were made.) Throws: what
/// parallel_for throws. Blocks. Thread safety: others may use the elements meanwhile. Complexity: work O(pages).
/// Cost: some 0.5 µs for an untouched page; nothing is gained for pages that are there, or bound.
template <execution_policy Policy, std::ranges::contiguous_range Range>
    requires std::ranges::sized_range<Range> && std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>
void first_touch(const Policy& policy, Range&& array) {
    using element = std::ranges::range_value_t<Range>;
    const auto size = static_cast<std::uint64_t>(std::ranges::size(array));
    if (size == 0) return;
    static_assert(!std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<Range>>>,
                  "pel::first_touch: writes, so the elements cannot be const");
    auto* const first = reinterpret_cast<unsigned char*>(std::ranges::data(array));
    detail::touching_strand strand(first, sizeof(element));
    parallel_ranges(policy, size, strand);
}

template <std::ranges::contiguous_range Range>
    requires std::ranges::sized_range<Range> && std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>
void first_touch(Range&& array) {
    first_touch(par, array);
}

PEL_NAMESPACE_END
