// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of the elements that are wanted: copy_if, remove_copy, remove_copy_if, unique_copy, partition_copy.
// Source: [alg.copy], [alg.remove], [alg.unique], [alg.partitions].
#pragma once

#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/selection.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether an element passes a test, by its number.
template <class Base, class Test>
struct element_judge {
    Base first;
    Test test;

    PEL_ALWAYS_INLINE bool operator()(std::uint64_t n) const { return test(*nth_of(first, n)); }
};
/// Whether an element differs from the one before it. Equal: a pair_test.
template <class Base, class Equal>
struct change_judge {
    Base first;
    Equal equal;

    PEL_ALWAYS_INLINE bool operator()(std::uint64_t n) const {
        return n == 0 || !equal(*nth_of(first, n - 1), *nth_of(first, n));
    }
};

template <class From, class To>
struct copy_selected {
    From from;
    To to;

    PEL_ALWAYS_INLINE void put(std::uint64_t n, std::uint64_t rank) const { *nth_of(to, rank) = *nth_of(from, n); }
};
/// The same for elements of which copies may be made that nobody wants.
template <class T>
struct copy_gathered : copy_selected<const T*, T*> {
    using gathered = T;

    PEL_ALWAYS_INLINE T get(std::uint64_t n) const { return *nth_of(this->from, n); }
    PEL_ALWAYS_INLINE void put_all(const T* copies, std::uint64_t count, std::uint64_t rank) const {
        std::copy_n(copies, count, nth_of(this->to, rank));
    }
};
template <class From, class To>
constexpr auto copy_to(From from, To to) {
    using value = std::iter_value_t<From>;
    if constexpr (is_copied_by_bytes<From, To> && is_copied_freely<value>)
        return copy_gathered<value>{{from, to}};
    else
        return copy_selected<From, To>{from, to};
}

template <class From, class To, class OtherTo>
struct copy_parted : copy_selected<From, To> {
    OtherTo other;

    PEL_ALWAYS_INLINE void skip(std::uint64_t n, std::uint64_t rank) const {
        *nth_of(other, rank) = *nth_of(this->from, n);
    }
};

struct copy_if_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class F>
        requires(predicate_of<F, I> && output_of<O, std::iter_reference_t<I>>)
    O operator()(const Policy& policy, I first, S last, O out, F predicate) const {
        return run<true>(policy, std::move(first), last, std::move(out), predicate, std::identity()).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class F, class P = std::identity>
        requires(predicate_of<F, iterator_of<R>, P> && output_of<O, std::ranges::range_reference_t<R>>)
    std::ranges::copy_if_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out, F predicate,
                                                                   P projection = {}) const {
        return run<true>(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), predicate,
                         projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::copy_if: takes ([policy], range, out, predicate, [projection]) or "
                                           "([policy], first, last, out, predicate)");
        return {};
    }

    /// Copies those for which the predicate says Wanted.
    template <bool Wanted, class Policy, class I, class S, class O, class F, class P>
    static std::ranges::copy_if_result<I, O> run(const Policy& policy, I first, S last, O out, F& predicate,
                                                 P projection) {
        const element_test<Wanted, F, P, I> test{predicate, projection};
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            const auto from = base_of(first);
            const element_judge judge{from, test};
            const auto put = detail::copy_to(from, base_of(out));
            const std::uint64_t selected = detail::select_items(policy, size, judge, put);
            return {nth_of(first, size), nth_of(out, selected)};
        } else {
            for (; first != last; ++first) {
                if (!test(*first)) continue;
                *out = *first;
                ++out;
            }
            return {std::move(first), std::move(out)};
        }
    }
};

struct remove_copy_if_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class F>
        requires(predicate_of<F, I> && output_of<O, std::iter_reference_t<I>>)
    O operator()(const Policy& policy, I first, S last, O out, F predicate) const {
        return copy_if_function::run<false>(policy, std::move(first), last, std::move(out), predicate, std::identity())
            .out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class F, class P = std::identity>
        requires(predicate_of<F, iterator_of<R>, P> && output_of<O, std::ranges::range_reference_t<R>>)
    std::ranges::remove_copy_if_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out,
                                                                          F predicate, P projection = {}) const {
        return copy_if_function::run<false>(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out),
                                            predicate, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::remove_copy_if: takes ([policy], range, out, predicate, [projection]) "
                                           "or ([policy], first, last, out, predicate)");
        return {};
    }
};

struct remove_copy_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class T>
        requires(equal_to_value<T, I> && output_of<O, std::iter_reference_t<I>>)
    O operator()(const Policy& policy, I first, S last, O out, const T& value) const {
        return remove_copy_if_function{}(policy, std::move(first), std::move(last), std::move(out),
                                         equals_value<T>{value});
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class T, class P = std::identity>
        requires(equal_to_value<T, iterator_of<R>, P> && output_of<O, std::ranges::range_reference_t<R>>)
    std::ranges::remove_copy_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out,
                                                                       const T& value, P projection = {}) const {
        return remove_copy_if_function{}(policy, std::forward<R>(range), std::move(out), equals_value<T>{value},
                                         std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::remove_copy: takes ([policy], range, out, value, [projection]) or "
                                           "([policy], first, last, out, value)");
        return {};
    }
};

struct unique_copy_function {
    using default_compare = std::ranges::equal_to;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O,
              class F = std::ranges::equal_to>
        requires(relation_of<F, I> && output_of<O, std::iter_reference_t<I>>)
    O operator()(const Policy& policy, I first, S last, O out, F equal = {}) const {
        return run(policy, std::move(first), last, std::move(out), equal, std::identity()).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class F = std::ranges::equal_to,
              class P = std::identity>
        requires(relation_of<F, iterator_of<R>, iterator_of<R>, P> && output_of<O, std::ranges::range_reference_t<R>>)
    std::ranges::unique_copy_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out,
                                                                       F equal = {}, P projection = {}) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), equal, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::unique_copy: takes ([policy], range, out, [equal], [projection]) or "
                                           "([policy], first, last, out, [equal])");
        return {};
    }

private:
    template <class Policy, class I, class S, class O, class F, class P>
    static std::ranges::unique_copy_result<I, O> run(const Policy& policy, I first, S last, O out, F& equal,
                                                     P projection) {
        const pair_test<F, I, I, P, P> are_equal{equal, projection, projection};
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            const auto from = base_of(first);
            const change_judge judge{from, are_equal};
            const auto put = detail::copy_to(from, base_of(out));
            const std::uint64_t selected = detail::select_items(policy, size, judge, put);
            return {nth_of(first, size), nth_of(out, selected)};
        } else if constexpr (std::forward_iterator<I>) {
            for (I before = first; first != last; before = first, (void)++first) {
                if (before != first && are_equal(*before, *first)) continue;
                *out = *first;
                ++out;
            }
            return {std::move(first), std::move(out)};
        } else {
            if (first == last) return {std::move(first), std::move(out)};
            for (std::iter_value_t<I> kept(*first);;) {
                *out = kept;
                ++out;
                do {
                    if (++first == last) return {std::move(first), std::move(out)};
                } while (are_equal(kept, *first));
                kept = *first;
            }
        }
    }
};

struct partition_copy_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class Q, class F>
        requires(predicate_of<F, I> && output_of<O, std::iter_reference_t<I>> && output_of<Q, std::iter_reference_t<I>>)
    std::pair<O, Q> operator()(const Policy& policy, I first, S last, O out_true, Q out_false, F predicate) const {
        auto [in, out1, out2] =
            run(policy, std::move(first), last, std::move(out_true), std::move(out_false), predicate, std::identity());
        return {std::move(out1), std::move(out2)};
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class Q, class F, class P = std::identity>
        requires(predicate_of<F, iterator_of<R>, P> && output_of<O, std::ranges::range_reference_t<R>> &&
                 output_of<Q, std::ranges::range_reference_t<R>>)
    std::ranges::partition_copy_result<safe_iterator_of<R>, O, Q>
    operator()(const Policy& policy, R&& range, O out_true, Q out_false, F predicate, P projection = {}) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out_true),
                   std::move(out_false), predicate, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::partition_copy: takes ([policy], range, out_true, out_false, "
                      "predicate, [projection]) or ([policy], first, last, ..., predicate), outputs that "
                      "elements can be assigned to");
        return {};
    }

private:
    template <class Policy, class I, class S, class O, class Q, class F, class P>
    static std::ranges::partition_copy_result<I, O, Q> run(const Policy& policy, I first, S last, O out_true,
                                                           Q out_false, F& predicate, P projection) {
        const element_test<true, F, P, I> test{predicate, projection};
        if constexpr (is_shared<Policy, I, O, Q> && is_written_apart<O> && is_written_apart<Q>) {
            const std::uint64_t size = size_of(first, last);
            const auto from = base_of(first);
            const element_judge judge{from, test};
            const copy_parted<decltype(from), decltype(base_of(out_true)), decltype(base_of(out_false))> put{
                {from, base_of(out_true)}, base_of(out_false)};
            const std::uint64_t selected = detail::select_items(policy, size, judge, put);
            return {nth_of(first, size), nth_of(out_true, selected), nth_of(out_false, size - selected)};
        } else {
            for (; first != last; ++first) {
                if (test(*first)) {
                    *out_true = *first;
                    ++out_true;
                } else {
                    *out_false = *first;
                    ++out_false;
                }
            }
            return {std::move(first), std::move(out_true), std::move(out_false)};
        }
    }
};

} // namespace detail

/// Copies the elements for which predicate(element) holds, in their order. Returns: as std. Requires: out overlaps the
/// range nowhere, and has room for what is copied. Throws, blocks, thread safety: as parallel_for; then out holds some.
/// Complexity: work n calls of predicate, span O(n / 64). Memory: half a byte to one and a half for each element that other
/// threads judge. From 2^16 elements on, if they are trivially copyable and of 16 bytes or less: span O(n / 1024), and n
/// copies at most of those whose places are not known in time, as a rule none; throws std::bad_alloc also.
inline constexpr detail::function_object<detail::copy_if_function> copy_if{};

/// The same for those for which it does not hold.
inline constexpr detail::function_object<detail::remove_copy_if_function> remove_copy_if{};

/// The same for those that are not equal to a value.
inline constexpr detail::function_object<detail::remove_copy_function> remove_copy{};

/// The same for the first of each group of consecutive equal elements. Requires: equal is an equivalence; it compares an
/// element with the one before.
inline constexpr detail::function_object<detail::unique_copy_function> unique_copy{};

/// The same, and the others to another place.
inline constexpr detail::function_object<detail::partition_copy_function> partition_copy{};

PEL_NAMESPACE_END
