// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// is_sorted, is_sorted_until, is_heap, is_heap_until, is_partitioned. Source: [is.sorted], [is.heap],
// [alg.partitions].
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/first_found.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether an element comes before the one to its left.
template <class F, class P, class I>
struct descent_test {
    pair_test<F, I, I, P, P> is_less;

    template <class Left, class Right>
    PEL_ALWAYS_INLINE bool operator()(Left&& left, Right&& right) const {
        return is_less(std::forward<Right>(right), std::forward<Left>(left));
    }
};

template <class Policy, class I, class S, class F, class P>
I sorted_until(const Policy& policy, I first, S last, F& f, P projection) {
    const descent_test<F, P, I> test{{f, projection, projection}};
    I found = detail::find_neighbours(policy, std::move(first), last, test);
    if (found != last) ++found;
    return found;
}

/// Every element but the first is looked at beside its parent.
template <class Policy, class I, class S, class F, class P>
I heap_until(const Policy& policy, I first, S last, F& f, P projection) {
    const std::uint64_t size = size_of(first, last);
    if (size < 2) return nth_of(first, size);
    const auto from = base_of(first);
    const pair_test<F, I, I, P, P> is_less{f, projection, projection};
    const std::uint64_t n = first_found(policy, size - 1, [&](std::uint64_t lo, std::uint64_t hi) {
        const auto in_registers = is_less;
        while (lo != hi && !in_registers(*nth_of(from, lo / 2), *nth_of(from, lo + 1))) ++lo;
        return lo;
    });
    return nth_of(first, n + 1);
}

template <class Policy, class I, class S, class F, class P>
bool partitioned(const Policy& policy, I first, S last, F& f, P projection) {
    const element_test<true, F, P, I> is_in_front{f, projection};
    const element_test<false, F, P, I> is_behind{f, projection};
    I cut = detail::find_element(policy, std::move(first), last, is_behind);
    if (cut == last) return true;
    ++cut;
    return detail::find_element(policy, std::move(cut), last, is_in_front) == last;
}

struct is_sorted_until_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class F = std::less<>>
        requires relation_of<F, I>
    I operator()(const Policy& policy, I first, S last, F f = {}) const {
        return detail::sorted_until(policy, std::move(first), last, f, std::identity());
    }
    template <execution_policy Policy, std::ranges::forward_range R, class F = std::less<>, class P = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<R>, P>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, F f = {}, P projection = {}) const {
        return detail::sorted_until(policy, std::ranges::begin(range), std::ranges::end(range), f, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::is_sorted_until: takes ([policy], range, [less], [projection]) or "
                                           "([policy], first, last, [less]), forward iterators");
        return {};
    }
};

struct is_sorted_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class F = std::less<>>
        requires relation_of<F, I>
    bool operator()(const Policy& policy, I first, S last, F f = {}) const {
        return detail::sorted_until(policy, std::move(first), last, f, std::identity()) == last;
    }
    template <execution_policy Policy, std::ranges::forward_range R, class F = std::less<>, class P = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<R>, P>
    bool operator()(const Policy& policy, R&& range, F f = {}, P projection = {}) const {
        const auto last = std::ranges::end(range);
        return detail::sorted_until(policy, std::ranges::begin(range), last, f, projection) == last;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::is_sorted: takes ([policy], range, [less], [projection]) or ([policy], "
                      "first, last, [less]), forward iterators");
        return {};
    }
};

struct is_heap_until_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class F = std::less<>>
        requires relation_of<F, I>
    I operator()(const Policy& policy, I first, S last, F f = {}) const {
        return detail::heap_until(policy, std::move(first), last, f, std::identity());
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class F = std::less<>,
              class P = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<R>, P>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, F f = {}, P projection = {}) const {
        return detail::heap_until(policy, std::ranges::begin(range), std::ranges::end(range), f, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::is_heap_until: takes ([policy], range, [less], [projection]) or "
                                           "([policy], first, last, [less]), random-access iterators");
        return {};
    }
};

struct is_heap_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class F = std::less<>>
        requires relation_of<F, I>
    bool operator()(const Policy& policy, I first, S last, F f = {}) const {
        return detail::heap_until(policy, std::move(first), last, f, std::identity()) == last;
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class F = std::less<>,
              class P = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<R>, P>
    bool operator()(const Policy& policy, R&& range, F f = {}, P projection = {}) const {
        const auto last = std::ranges::end(range);
        return detail::heap_until(policy, std::ranges::begin(range), last, f, projection) == last;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::is_heap: takes ([policy], range, [less], [projection]) or ([policy], "
                                           "first, last, [less]), random-access iterators");
        return {};
    }
};

struct is_partitioned_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class F>
        requires predicate_of<F, I>
    bool operator()(const Policy& policy, I first, S last, F f) const {
        return detail::partitioned(policy, std::move(first), last, f, std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, class F, class P = std::identity>
        requires predicate_of<F, iterator_of<R>, P>
    bool operator()(const Policy& policy, R&& range, F f, P projection = {}) const {
        return detail::partitioned(policy, std::ranges::begin(range), std::ranges::end(range), f, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::is_partitioned: takes ([policy], range, f, [projection]) or ([policy], "
                      "first, last, f), f a predicate on an element");
        return {};
    }
};

} // namespace detail

/// Returns: the first element that comes before the one to its left, else the end. Throws, blocks, thread safety,
/// complexity: as pel::find_if, n - 1 comparisons at most.
inline constexpr detail::function_object<detail::is_sorted_until_function> is_sorted_until{};

/// Returns: whether no element comes before the one to its left. Everything else: as pel::is_sorted_until.
inline constexpr detail::function_object<detail::is_sorted_function> is_sorted{};

/// Returns: the first element that its parent, the one at half its place, comes before; else the end. What lies left of
/// it is a heap of std::make_heap. Everything else: as pel::is_sorted_until.
inline constexpr detail::function_object<detail::is_heap_until_function> is_heap_until{};

/// Returns: whether the range is a heap of std::make_heap. Everything else: as pel::is_sorted_until.
inline constexpr detail::function_object<detail::is_heap_function> is_heap{};

/// Returns: whether all elements of which f says yes stand before all others. f is called through a reference by
/// several threads. Complexity: n calls at most. Throws, blocks, thread safety: as two calls of pel::find_if, one after
/// the other: what f throws behind the place that decides is dropped.
inline constexpr detail::function_object<detail::is_partitioned_function> is_partitioned{};

PEL_NAMESPACE_END
