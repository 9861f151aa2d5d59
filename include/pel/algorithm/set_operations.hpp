// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// includes, set_union, set_intersection, set_difference, set_symmetric_difference, of sorted ranges in which elements
// may occur more than once. Source: [alg.set.operations].
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/gathering.hpp>
#include <pel/detail/algorithm/merge_path.hpp>
#include <pel/detail/algorithm/set_elements.hpp>
#include <pel/detail/algorithm/set_path.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/parallel_scan.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Compare, class I, class J, class P = std::identity, class Q = std::identity>
concept orders_both = relation_of<Compare, I, J, P, Q> && relation_of<Compare, J, I, Q, P>;

struct includes_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              std::sentinel_for<J> T, class Compare = std::less<>>
        requires orders_both<Compare, I, J>
    bool operator()(const Policy& policy, I first1, S last1, J first2, T last2, Compare compare = {}) const {
        std::identity same;
        return run(policy, std::move(first1), last1, std::move(first2), last2, compare, same, same);
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T,
              class Compare = std::less<>, class P = std::identity, class Q = std::identity>
        requires orders_both<Compare, iterator_of<R>, iterator_of<T>, P, Q>
    bool operator()(const Policy& policy, R&& range1, T&& range2, Compare compare = {}, P projection1 = {},
                    Q projection2 = {}) const {
        return run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                   std::ranges::end(range2), compare, projection1, projection2);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::includes: takes ([policy], range1, range2, [compare, projections]) or "
                                           "iterators as std::includes; compare must take elements in both orders");
        return {};
    }

private:
    template <class Policy, class I, class S, class J, class T, class Compare, class P, class Q>
    static bool run(const Policy& policy, I first1, S last1, J first2, T last2, Compare& compare, P& projection1,
                    Q& projection2) {
        const cross_order<I, J, Compare, P, Q> order(compare, projection1, projection2);
        if constexpr (is_shared<Policy, I, J>) {
            const merge_path path{base_of(first1), size_of(first1, last1), base_of(first2), size_of(first2, last2),
                                  order};
            if (path.size2 > path.size1) return false;
            atomic<bool> is_missing{false};
            run_blocks(policy, path.size2, [&](std::uint64_t lo, std::uint64_t hi) {
                if (is_missing.load(relaxed)) return; // a hint; the end of the loop orders the last look
                if (!detail::includes_block(path, lo, hi)) is_missing.store(true, relaxed);
            });
            return !is_missing.load(relaxed);
        } else {
            for (; first2 != last2; ++first1) {
                if (first1 == last1 || order.is_second_less(first1, first2)) return false;
                if (!order.is_first_less(first1, first2)) ++first2;
            }
            return true;
        }
    }
};

/// What the four have in common. The arguments say what goes into the output: an element of the first range that the
/// second does not have, one of the second that the first does not have, one of the first that both have.
template <bool TakesFirst, bool TakesSecond, bool TakesBoth>
struct set_operation {
    static constexpr bool is_difference = TakesFirst && !TakesSecond;
    template <class I, class J, class O>
    using ends_of =
        std::conditional_t<is_difference, std::ranges::in_out_result<I, O>, std::ranges::in_in_out_result<I, J, O>>;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              std::sentinel_for<J> T, class O, class Compare = std::less<>>
        requires(orders_both<Compare, I, J> && set_output<I, J, O, TakesSecond>)
    O operator()(const Policy& policy, I first1, S last1, J first2, T last2, O out, Compare compare = {}) const {
        std::identity same;
        return run(policy, std::move(first1), last1, std::move(first2), last2, std::move(out), compare, same, same).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T, class O,
              class Compare = std::less<>, class P = std::identity, class Q = std::identity>
        requires(orders_both<Compare, iterator_of<R>, iterator_of<T>, P, Q> &&
                 set_output<iterator_of<R>, iterator_of<T>, O, TakesSecond>)
    ends_of<safe_iterator_of<R>, safe_iterator_of<T>, O> operator()(const Policy& policy, R&& range1, T&& range2, O out,
                                                                    Compare compare = {}, P projection1 = {},
                                                                    Q projection2 = {}) const {
        std::ranges::in_in_out_result ends =
            run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                std::ranges::end(range2), std::move(out), compare, projection1, projection2);
        if constexpr (is_difference)
            return {std::move(ends.in1), std::move(ends.out)};
        else
            return ends;
    }

private:
    using kept = set_elements<TakesFirst, TakesSecond, TakesBoth>;

    template <class Policy, class I, class S, class J, class T, class O, class Compare, class P, class Q>
    static std::ranges::in_in_out_result<I, J, O> run(const Policy& policy, I first1, S last1, J first2, T last2, O out,
                                                      Compare& compare, P& projection1, Q& projection2) {
        const cross_order<I, J, Compare, P, Q> order(compare, projection1, projection2);
        if constexpr (is_shared<Policy, I, J, O> && is_written_apart<O>) {
            const merge_path ranges{base_of(first1), size_of(first1, last1), base_of(first2), size_of(first2, last2),
                                    order};
            const set_path path{ranges};
            const std::uint64_t written = run_in_parallel(policy, path, base_of(out));
            return {nth_of(first1, path.ranges.size1), nth_of(first2, path.ranges.size2), nth_of(out, written)};
        } else {
            kept::write(first1, last1, first2, last2, out, order);
            return {std::ranges::next(std::move(first1), last1), std::ranges::next(std::move(first2), last2),
                    std::move(out)};
        }
    }

    /// Returns: how many elements are written.
    template <class Policy, class I, class J, class Order, class O>
    static std::uint64_t run_in_parallel(const Policy& policy, const set_path<I, J, Order>& path, const O& out) {
        const std::uint64_t size = path.ranges.size();
        if constexpr (is_set_gathered<I, J, O>) {
            if (are_gathered(policy, size)) {
                set_copies<kept, I, J, Order, O> copies(path, out);
                return std::min(gathering(size, copies).run(policy),
                                kept::most({path.ranges.size1, path.ranges.size2}));
            }
        }
        // What stands before a chunk: so many elements of the output, and this place in the inputs.
        struct progress {
            std::uint64_t written = 0;
            set_place place{};
        };
        const auto count = [&](std::uint64_t lo, std::uint64_t hi) {
            const set_place from = path.at(lo), to = path.after(from, hi);
            return progress{kept::count(path.part(from, to)), to};
        };
        const auto write = [&](std::uint64_t, std::uint64_t hi, progress before) {
            O end = nth_of(out, before.written);
            const set_place to = kept::write_until(path, before.place, hi, end);
            return progress{size_of(out, end), to};
        };
        const auto combine = [](const progress& left, const progress& right) {
            return progress{std::min(left.written + right.written, kept::most(right.place)), right.place};
        };
        return pel::parallel_scan(policy, std::uint64_t{0}, size, progress{}, count, write, combine).written;
    }
};

struct set_union_function : set_operation<true, true, true> {
    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::set_union: takes ([policy], range1, range2, out, [compare, projections]) "
                      "or iterators as std::set_union; compare must take elements in both orders");
        return {};
    }
};
struct set_intersection_function : set_operation<false, false, true> {
    template <class... Arguments>
    static misused explain() {
        static_assert(
            never<Arguments...>,
            "pel::set_intersection: takes ([policy], range1, range2, out, [compare, projections]) or iterators "
            "as std::set_intersection; compare must take elements in both orders");
        return {};
    }
};
struct set_difference_function : set_operation<true, false, false> {
    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::set_difference: takes ([policy], range1, range2, out, [compare, projections]) or iterators "
                      "as std::set_difference; compare must take elements in both orders");
        return {};
    }
};
struct set_symmetric_difference_function : set_operation<true, true, false> {
    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::set_symmetric_difference: takes ([policy], range1, range2, out, [compare, "
                      "projections]) or iterators as std; compare must take elements in both orders");
        return {};
    }
};

} // namespace detail

/// Whether the sorted range 1 has every element of the sorted range 2, as often at least. Throws: as parallel_for. Ends
/// early if one is missing. Complexity: work O(n2 log(n1 / n2)), never more than the 2 (n1 + n2) comparisons of
/// std::includes, and O(log n) for each block of 2–10 µs; span O(log n) and a block.
inline constexpr detail::function_object<detail::includes_function> includes{};

/// Copies the elements that at least one of two sorted ranges has: max(m, n) of those that are equal, m in range 1 and
/// n in range 2, all m of range 1 first. Requires: `out` overlaps neither. Returns, throws: as std::set_union or
/// std::ranges::set_union, and as parallel_for. Complexity: at most twice the 2 (n1 + n2) comparisons of std, which is
/// where several threads count before they know where to write, and O(log n) for each block of 2–10 µs; span O(log n)
/// and two blocks, also if all elements are equal. Output that is not random access: in order, on the calling thread.
/// From 2^16 elements on, if they are of one type in contiguous ranges, trivially copyable and of 16 bytes or less: once
/// the comparisons of std, and O(log n) for each 64 elements or more; span O(n / 1024); memory: two words for each of these,
/// and n copies at most of those whose places are not known in time, as a rule none; throws std::bad_alloc also.
/// Of ranges that are not sorted, one NaN is enough, anything may come out, but no more than sorted ones of their sizes may
/// come to: n1 + n2.
inline constexpr detail::function_object<detail::set_union_function> set_union{};

/// The same for the elements that both have: min(m, n) of range 1. No more than min(n1, n2).
inline constexpr detail::function_object<detail::set_intersection_function> set_intersection{};

/// The same for the elements of range 1 that range 2 does not have: the last max(m - n, 0). No more than n1.
inline constexpr detail::function_object<detail::set_difference_function> set_difference{};

/// The same for the elements that only one of them has: |m - n|, the last of the range that has more.
inline constexpr detail::function_object<detail::set_symmetric_difference_function> set_symmetric_difference{};

PEL_NAMESPACE_END
