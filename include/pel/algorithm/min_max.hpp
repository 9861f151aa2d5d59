// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// min_element, max_element, minmax_element. Source: [alg.min.max].
#pragma once

#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/parallel_reduce.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether one element stands before another, as a projection of them is compared.
template <class Compare, class Projection, class I>
struct stands_before {
    using projected = projected_t<I, Projection>;
    held_callable<Compare, projected, projected> compare;
    held_callable<Projection, std::iter_reference_t<I>> projection;

    PEL_ALWAYS_INLINE bool operator()(const I& a, const I& b) const {
        return static_cast<bool>(std::invoke(compare, std::invoke(projection, *a), std::invoke(projection, *b)));
    }
};
template <class Compare, class Projection, class I>
inline constexpr bool is_operator<stands_before<Compare, Projection, I>> =
    is_operator<Compare> && is_operator<Projection>;

/// b < a: what stands further to the right is the greatest only if it is greater.
template <class Less>
struct exchanged_less {
    Less less;

    template <class I>
    PEL_ALWAYS_INLINE bool operator()(const I& a, const I& b) const {
        return less(b, a);
    }
};
template <class Less>
inline constexpr bool is_operator<exchanged_less<Less>> = is_operator<Less>;

/// The position of the first element that no other is before: one call for each element but the first.
template <class I, class Less>
class first_best {
public:
    first_best(const I& first, const Less& less) : first_(first), less_(less) {}

    std::uint64_t operator()(std::uint64_t lo, std::uint64_t hi) const { return (*this)(lo + 1, hi, lo); }
    std::uint64_t operator()(std::uint64_t lo, std::uint64_t hi, std::uint64_t before) const {
        const Less less(less_);
        I best = nth_of(first_, before);
        I each = nth_of(first_, lo);
        for (; lo != hi; ++lo, (void)++each) {
            if (less(each, best)) best = each;
        }
        return static_cast<std::uint64_t>(best - first_);
    }
    std::uint64_t best_of(std::uint64_t left, std::uint64_t right) const {
        return less_(nth_of(first_, right), nth_of(first_, left)) ? right : left;
    }

private:
    const I first_;
    const Less less_;
};

struct both_positions {
    std::uint64_t least, greatest;
};

/// The positions of the first least and the last greatest element of [2 lo, 2 hi), by 3 calls for two of them, and 2 to
/// put two stretches together: over stretches of an odd length it would be more than std's 3 (n - 1) / 2.
template <class I, class Less>
class both_best {
public:
    both_best(const I& first, const Less& less) : first_(first), less_(less) {}

    both_positions operator()(std::uint64_t lo, std::uint64_t hi) const { return (*this)(lo + 1, hi, pair(lo)); }
    both_positions operator()(std::uint64_t lo, std::uint64_t hi, both_positions before) const {
        for (; lo != hi; ++lo) before = both(before, pair(lo));
        return before;
    }
    both_positions both(both_positions left, both_positions right) const {
        return {less(right.least, left.least) ? right.least : left.least,
                less(right.greatest, left.greatest) ? left.greatest : right.greatest};
    }
    /// One element more, at the end.
    both_positions with(both_positions before, std::uint64_t position) const {
        if (less(position, before.least))
            before.least = position;
        else if (!less(position, before.greatest))
            before.greatest = position;
        return before;
    }

private:
    bool less(std::uint64_t a, std::uint64_t b) const { return less_(nth_of(first_, a), nth_of(first_, b)); }
    both_positions pair(std::uint64_t number) const {
        const std::uint64_t one = 2 * number;
        const std::uint64_t two = one + 1;
        return less(two, one) ? both_positions{two, one} : both_positions{one, two};
    }

    const I first_;
    const Less less_;
};

/// min_element, or max_element where the comparison is turned round.
template <bool IsMax>
struct extreme_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class Compare = std::less<>,
              class Projection = std::identity>
        requires relation_of<Compare, I, I, Projection>
    I operator()(const Policy& policy, I first, S last, Compare compare = {}, Projection projection = {}) const {
        if constexpr (is_shared<Policy, I>) {
            const auto base = base_of(first);
            return nth_of(first, shared(policy, base, size_of(first, last),
                                        less_of<decltype(base_of(first))>(compare, projection)));
        } else {
            const I end = std::ranges::next(first, last);
            const auto less = projected_less<Compare, Projection>{compare, projection};
            if constexpr (IsMax)
                return std::max_element(first, end, less);
            else
                return std::min_element(first, end, less);
        }
    }
    template <execution_policy Policy, std::ranges::forward_range R, class Compare = std::less<>,
              class Projection = std::identity>
        requires relation_of<Compare, iterator_of<R>, iterator_of<R>, Projection>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, Compare compare = {},
                                   Projection projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(compare),
                       std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(
            never<Arguments...>,
            "pel::min_element, pel::max_element: take ([policy], range, [compare], [projection]) or ([policy], "
            "first, last, [compare], [projection])");
        return {};
    }

private:
    template <class I, class Compare, class Projection>
    static auto less_of(Compare& compare, Projection& projection) {
        using less = stands_before<Compare, Projection, I>;
        if constexpr (IsMax)
            return exchanged_less<less>{{compare, projection}};
        else
            return less{compare, projection};
    }
    template <class Policy, class I, class Less>
    static std::uint64_t shared(const Policy& policy, const I& first, std::uint64_t size, const Less& less) {
        if (size == 0) return 0;
        const first_best<I, Less> step(first, less);
        if (are_few<number_bytes<I, Less>>(policy, size)) return step(0, size);
        const auto combine = [&](std::uint64_t left, std::uint64_t right) { return step.best_of(left, right); };
        return detail::combine_ordered<std::uint64_t>(policy, size, step, combine);
    }
};
using min_element_function = extreme_function<false>;
using max_element_function = extreme_function<true>;

struct minmax_element_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class Compare = std::less<>,
              class Projection = std::identity>
        requires relation_of<Compare, I, I, Projection>
    std::pair<I, I> operator()(const Policy& policy, I first, S last, Compare compare = {},
                               Projection projection = {}) const {
        if constexpr (is_shared<Policy, I>) {
            using base = decltype(base_of(first));
            const stands_before<Compare, Projection, base> less{compare, projection};
            const both_positions found = shared(policy, base_of(first), size_of(first, last), less);
            return {nth_of(first, found.least), nth_of(first, found.greatest)};
        } else {
            const I end = std::ranges::next(first, last);
            return std::minmax_element(first, end, projected_less<Compare, Projection>{compare, projection});
        }
    }
    template <execution_policy Policy, std::ranges::forward_range R, class Compare = std::less<>,
              class Projection = std::identity>
        requires relation_of<Compare, iterator_of<R>, iterator_of<R>, Projection>
    std::ranges::minmax_element_result<safe_iterator_of<R>>
    operator()(const Policy& policy, R&& range, Compare compare = {}, Projection projection = {}) const {
        auto found = (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(compare),
                             std::move(projection));
        return {std::move(found.first), std::move(found.second)};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::minmax_element: takes ([policy], range, [compare], [projection]) or ([policy], first, "
                      "last, [compare], [projection])");
        return {};
    }

private:
    template <class Policy, class I, class Less>
    static both_positions shared(const Policy& policy, const I& first, std::uint64_t size, const Less& less) {
        if (size < 2) return {0, 0};
        const both_best<I, Less> step(first, less);
        const auto combine = [&](both_positions left, both_positions right) { return step.both(left, right); };
        const both_positions found = are_few<number_bytes<I, Less>>(policy, size)
                                         ? step(0, size / 2)
                                         : detail::combine_ordered<both_positions>(policy, size / 2, step, combine);
        return size % 2 == 0 ? found : step.with(found, size - 1);
    }
};

} // namespace detail

/// Returns: the first element that no other one is less than; the end of an empty range. Complexity: n - 1 comparisons,
/// span O(log n) and the longest. Throws, blocks, thread safety: as parallel_for. Allocates nothing of size n.
inline constexpr detail::function_object<detail::min_element_function> min_element{};

/// Returns: the first element that is less than no other one; as min_element.
inline constexpr detail::function_object<detail::max_element_function> max_element{};

/// Returns: the first element that no other one is less than, and the last that is less than no other one; of iterators
/// a pair, of ranges {min, max}. Complexity: at most 3 (n - 1) / 2 comparisons; else as min_element.
inline constexpr detail::function_object<detail::minmax_element_function> minmax_element{};

PEL_NAMESPACE_END
