// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// make_heap. Source: [make.heap]; R. Floyd, "Algorithm 245: Treesort", 1964.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/heap_sort.hpp>
#include <pel/detail/algorithm/ordering_overloads.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The nodes of the subtree below `root`, level by level, the lowest first.
template <class Base, class Less>
void make_subtree(Base first, std::uint64_t size, std::uint64_t root, unsigned levels, const Less& less) {
    for (unsigned level = levels; level-- > 0;) {
        const std::uint64_t begin = ((root + 1) << level) - 1, end = begin + (std::uint64_t{1} << level);
        for (std::uint64_t node = std::min(end, size / 2); node-- > begin;) detail::sift_down(first, node, size, less);
    }
}

struct make_heap_function : ordering_overloads<make_heap_function, true> {
    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::make_heap: takes ([policy], range, [compare], [projection]) or "
                                           "([policy], first, last, [compare], [projection]), random access, of "
                                           "elements that can be moved");
        return {};
    }

    static constexpr unsigned levels_alone = 10; // of a subtree that one thread makes a heap

    /// Subtrees whose roots are of one level share nothing.
    template <class Policy, class Base, class Less>
    static void arrange(const Policy& policy, Base first, std::uint64_t size, const Less& less) {
        if (size < 2) return;
        const auto all = static_cast<unsigned>(std::bit_width(size / 2)); // levels of nodes with children
        for (unsigned done = 0; done != all;) {
            const unsigned levels = std::min(levels_alone, all - done);
            done += levels;
            const std::uint64_t roots = std::uint64_t{1} << (all - done); // and as many nodes above them, but one
            run_numbers(policy, roots,
                        [&](std::uint64_t n) { detail::make_subtree(first, size, roots - 1 + n, levels, less); });
        }
    }
};

} // namespace detail

/// Makes a heap of the range, the same for any number of threads: no element is less than the one, at half its place, that
/// stands above it. Returns: the end. Throws: what compare and projection throw, operation_cancelled: the range then holds
/// all its elements, in some order. Blocks. Complexity: work O(n), 2n comparisons, span O(log n) and 2^10 elements. What
/// takes an element off a heap, or puts one on, is O(log n), and std has it.
inline constexpr detail::function_object<detail::make_heap_function> make_heap{};

PEL_NAMESPACE_END
