// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// merge, inplace_merge. Source: [alg.merge].
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/few_elements.hpp>
#include <pel/detail/algorithm/merge_in_place.hpp>
#include <pel/detail/algorithm/merge_path.hpp>
#include <pel/parallel_for.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// One thread's share of a merge: what follows on what it has just written needs no search.
template <class I, class J, class Order, class O>
class merge_strand {
    using path = merge_path<I, J, Order>;
    using rest = merge_rest<I, J, O>;

public:
    merge_strand(const path& all, O out) : path_(all), out_(out) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        if (lo != position_) of_first_ = path_.of_first(lo);
        if constexpr (chosen_like_words<I, J> && is_copied_freely<std::iter_value_t<I>>) {
            constexpr std::uint64_t least = 64, most = 1024; // a search is not much beside them; they stay in the cache
            while (hi - lo >= 2 * least) {
                const std::uint64_t half = std::min(most, (hi - lo) / 2);
                const rest next = rest_from(of_first_, lo);
                of_first_ = detail::begins_foreseen(next, 2 * half, path_.order) ? write<false>(next, 2 * half)
                                                                                 : write_both(next, lo, half);
                lo += 2 * half;
            }
        }
        of_first_ = write(rest_from(of_first_, lo), hi - lo);
        position_ = hi;
    }
    merge_strand split() const { return {path_, out_}; }
    static constexpr bool keeps_nothing = true;

private:
    rest rest_from(std::uint64_t of_first, std::uint64_t position) const {
        return {nth_of(path_.first1, of_first), nth_of(path_.first1, path_.size1),
                nth_of(path_.first2, position - of_first), nth_of(path_.first2, path_.size2), nth_of(out_, position)};
    }
    /// Returns: how many elements of the first range are behind.
    template <bool Chooses = chosen_like_words<I, J>>
    std::uint64_t write(rest from, std::uint64_t count) const {
        const Order order = path_.order; // in registers
        const std::uint64_t left = detail::merge_until_empty<Chooses>(from, count, order, copied_element());
        if (left != 0 && from.first1 != from.last1) {
            std::copy(from.first1, nth_of(from.first1, left), from.out);
            from.first1 = nth_of(from.first1, left);
        } else if (left != 0) {
            std::copy(from.first2, nth_of(from.first2, left), from.out);
        }
        return size_of(path_.first1, from.first1);
    }
    /// Two stretches that follow each other, in turns.
    std::uint64_t write_both(rest a, std::uint64_t lo, std::uint64_t half) const {
        const std::uint64_t in_first_half = path_.next(of_first_, lo - of_first_, half).of_first(half);
        rest b = rest_from(of_first_ + in_first_half, lo + half);
        const Order order = path_.order; // in registers
        const std::uint64_t left = detail::merge_both_until_empty(a, b, half, order, copied_element());
        write(a, left);
        return write(b, left);
    }

    const path& path_;
    O out_;
    std::uint64_t position_ = 0; // of the output,
    std::uint64_t of_first_ = 0; // and how many elements before it are the first range's
};

template <class Compare, class I, class J, class P, class Q, class O>
concept merges_to = relation_of<Compare, J, I, Q, P> && output_of<O, std::iter_reference_t<I>> &&
                    output_of<O, std::iter_reference_t<J>>;

struct merge_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              std::sentinel_for<J> T, class O, class Compare = std::less<>>
        requires merges_to<Compare, I, J, std::identity, std::identity, O>
    O operator()(const Policy& policy, I first1, S last1, J first2, T last2, O out, Compare compare = {}) const {
        std::identity same;
        return run(policy, std::move(first1), last1, std::move(first2), last2, std::move(out), compare, same, same).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T, class O,
              class Compare = std::less<>, class P = std::identity, class Q = std::identity>
        requires merges_to<Compare, iterator_of<R>, iterator_of<T>, P, Q, O>
    std::ranges::merge_result<safe_iterator_of<R>, safe_iterator_of<T>, O>
    operator()(const Policy& policy, R&& range1, T&& range2, O out, Compare compare = {}, P projection1 = {},
               Q projection2 = {}) const {
        return run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                   std::ranges::end(range2), std::move(out), compare, projection1, projection2);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::merge: takes ([policy], range1, range2, out, [compare, projections]) "
                                           "or iterators as std::merge; compare must take two elements");
        return {};
    }

private:
    template <class Policy, class I, class S, class J, class T, class O, class Compare, class P, class Q>
    static std::ranges::merge_result<I, J, O> run(const Policy& policy, I first1, S last1, J first2, T last2, O out,
                                                  Compare& compare, P& projection1, Q& projection2) {
        const cross_order<I, J, Compare, P, Q> order(compare, projection1, projection2);
        if constexpr (is_shared<Policy, I, J, O> && is_written_apart<O>) {
            const merge_path path{base_of(first1), size_of(first1, last1), base_of(first2), size_of(first2, last2),
                                  order};
            merge_strand strand(path, base_of(out));
            constexpr std::uint64_t bytes = number_bytes<I, Compare, P> != 0 && number_bytes<J, Compare, Q> != 0
                                                ? copied_bytes<I, O, std::iter_reference_t<I>>
                                                : 0;
            if (are_few<bytes>(policy, path.size()))
                strand.run(0, path.size());
            else if (path.size() != 0)
                pel::parallel_ranges(policy, path.size(), strand);
            return {nth_of(first1, path.size1), nth_of(first2, path.size2), nth_of(out, path.size())};
        } else {
            for (; first1 != last1 && first2 != last2; ++out) {
                if (order.is_second_less(first1, first2)) {
                    *out = *first2;
                    ++first2;
                } else {
                    *out = *first1;
                    ++first1;
                }
            }
            for (; first1 != last1; ++first1, (void)++out) *out = *first1;
            for (; first2 != last2; ++first2, (void)++out) *out = *first2;
            return {std::move(first1), std::move(first2), std::move(out)};
        }
    }
};

struct inplace_merge_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::bidirectional_iterator I, std::sentinel_for<I> S,
              class Compare = std::less<>>
        requires(rearrangeable<I> && relation_of<Compare, I>)
    void operator()(const Policy& policy, I first, I middle, S last, Compare compare = {}) const {
        std::identity same;
        run(policy, first, middle, std::ranges::next(middle, last), compare, same);
    }
    template <execution_policy Policy, std::ranges::bidirectional_range R, class Compare = std::less<>,
              class P = std::identity>
        requires(rearrangeable<iterator_of<R>> && relation_of<Compare, iterator_of<R>, iterator_of<R>, P>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, iterator_of<R> middle, Compare compare = {},
                                   P projection = {}) const {
        const auto last = std::ranges::next(middle, std::ranges::end(range));
        run(policy, std::ranges::begin(range), middle, last, compare, projection);
        return last;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::inplace_merge: takes ([policy], first, middle, last, [compare]) or "
                      "([policy], range, middle, [compare, projection]); elements must be movable");
        return {};
    }

private:
    template <class Policy, class I, class Compare, class P>
    static void run(const Policy& policy, I first, I middle, I last, Compare& compare, P& projection) {
        const cross_order<I, I, Compare, P, P> order(compare, projection, projection);
        const std::uint64_t size1 = size_of(first, middle);
        const neighbours all{base_of(first), base_of(middle), base_of(last), size1, size_of(middle, last)};
        detail::merge_in_place(writing_policy<I>(policy), all, order);
    }
};

} // namespace detail

/// Copies two sorted ranges into one sorted range, of elements that are equal those of the first range first, and in
/// their order. Requires: both are sorted by compare, which is called through a reference by several threads; `out` has
/// room for all and overlaps neither. Returns: as std::merge or std::ranges::merge. Throws: what compare, a projection
/// or a copy throws, operation_cancelled, as parallel_for: then some elements are written. Blocks. Thread safety: any
/// thread. Ranges without random access are merged in order, here. Complexity: n copies, n comparisons (8 % more at
/// most where elements are trivially copyable and of 16 bytes or less) and O(log n) for each piece that another thread
/// takes; span O(log n).
inline constexpr detail::function_object<detail::merge_function> merge{};

/// Merges the sorted ranges [first, middle) and [middle, last) in place, of elements that are equal those of the first
/// one first, and in their order. Requires: both are sorted by compare, which is called through a reference by several
/// threads. Returns: nothing; for a range, its end. Blocks. Thread safety: any thread. Memory: as many elements as the
/// shorter range has, and 16 bytes for 1024 of them. If there is none, or if moves may throw, elements are exchanged.
/// Throws: as parallel_for, not std::bad_alloc; whatever is thrown, all elements are in the range, unless a move threw.
/// Complexity, with memory: a move for each element, and one more for each of the shorter range; n comparisons, 2 %
/// more for long ranges, O(log n) if the ranges do not overlap. Threads together fill the gap that the buffered
/// elements left, then the next one, as long as 2048 of them are there; one thread does the rest. If ranges as long as
/// each other have the same distribution of keys that makes O(log n) rounds; a short range beside a long one is not
/// worth many threads. Without memory: O(n log n) of both, span O(n).
inline constexpr detail::function_object<detail::inplace_merge_function> inplace_merge{};

PEL_NAMESPACE_END
