// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// uninitialized_copy, _move, _fill, _default_construct and _value_construct, and their _n. Source:
// [specialized.algorithms].
#pragma once

#include <pel/detail/algorithm/constructions.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class O, class... Arguments>
concept memory_for = memory_of<O> && std::constructible_from<std::iter_value_t<O>, Arguments...>;

/// What a construction writes, if it is not more than that: it cannot throw, so it allocates nothing. Otherwise 0.
template <class O, class... Arguments>
inline constexpr std::uint64_t constructed_bytes =
    std::contiguous_iterator<O> && std::is_nothrow_constructible_v<std::iter_value_t<O>, Arguments...>
        ? sizeof(std::iter_value_t<O>)
        : 0;

struct uninitialized_copy_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O>
        requires memory_for<O, std::iter_reference_t<I>>
    O operator()(const Policy& policy, I first, S last, O out) const {
        return run(policy, std::move(first), last, std::move(out), std::unreachable_sentinel).out;
    }
    /// As long as both ranges last.
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, std::sentinel_for<O> T>
        requires memory_for<O, std::iter_reference_t<I>>
    std::ranges::uninitialized_copy_result<I, O> operator()(const Policy& policy, I first, S last, O out,
                                                            T out_last) const {
        return run(policy, std::move(first), last, std::move(out), out_last);
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::forward_range M>
        requires memory_for<iterator_of<M>, std::iter_reference_t<iterator_of<R>>>
    std::ranges::uninitialized_copy_result<safe_iterator_of<R>, safe_iterator_of<M>>
    operator()(const Policy& policy, R&& range, M&& memory) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::ranges::begin(memory),
                   std::ranges::end(memory));
    }

    template <class Policy, class I, class S, class O, class T>
    static std::ranges::uninitialized_copy_result<I, O> run(const Policy& policy, I first, S last, O out, T out_last) {
        if constexpr (is_shared<Policy, I, O>) {
            const std::uint64_t size = detail::common_size(first, last, out, out_last);
            const auto from = base_of(first);
            const auto to = base_of(out);
            constexpr std::uint64_t bytes =
                std::contiguous_iterator<I> ? constructed_bytes<O, std::iter_reference_t<I>> : 0;
            detail::construct_elements<bytes>(policy, to, size, [&](std::uint64_t lo, std::uint64_t hi) {
                std::uninitialized_copy(nth_of(from, lo), nth_of(from, hi), nth_of(to, lo));
            });
            return {nth_of(first, size), nth_of(out, size)};
        } else {
            return std::ranges::uninitialized_copy(std::move(first), last, std::move(out), out_last);
        }
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::uninitialized_copy: takes ([policy], range, memory) or ([policy], "
                      "first, last, out, [out_last]); elements of out must be constructible from theirs");
        return {};
    }
};

struct uninitialized_copy_n_function {
    template <execution_policy Policy, std::input_iterator I, std::integral Size, class O>
        requires memory_for<O, std::iter_reference_t<I>>
    O operator()(const Policy& policy, I first, Size n, O out) const {
        const auto size = static_cast<std::iter_difference_t<I>>(count_of(n));
        auto ends = uninitialized_copy_function::run(policy, std::counted_iterator<I>(std::move(first), size),
                                                     std::default_sentinel, std::move(out), std::unreachable_sentinel);
        return std::move(ends.out);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::uninitialized_copy_n: takes ([policy], first, n, out); elements of out "
                      "must be constructible from theirs");
        return {};
    }
};

struct uninitialized_move_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O>
        requires memory_for<O, std::iter_rvalue_reference_t<I>>
    O operator()(const Policy& policy, I first, S last, O out) const {
        return run(policy, std::move(first), last, std::move(out), std::unreachable_sentinel).out;
    }
    /// As long as both ranges last.
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, std::sentinel_for<O> T>
        requires memory_for<O, std::iter_rvalue_reference_t<I>>
    std::ranges::uninitialized_move_result<I, O> operator()(const Policy& policy, I first, S last, O out,
                                                            T out_last) const {
        return run(policy, std::move(first), last, std::move(out), out_last);
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::forward_range M>
        requires memory_for<iterator_of<M>, std::iter_rvalue_reference_t<iterator_of<R>>>
    std::ranges::uninitialized_move_result<safe_iterator_of<R>, safe_iterator_of<M>>
    operator()(const Policy& policy, R&& range, M&& memory) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::ranges::begin(memory),
                   std::ranges::end(memory));
    }

    template <class Policy, class I, class S, class O, class T>
    static std::ranges::uninitialized_move_result<I, O> run(const Policy& policy, I first, S last, O out, T out_last) {
        if constexpr (is_shared<Policy, I, O>) {
            const std::uint64_t size = detail::common_size(first, last, out, out_last);
            const auto from = base_of(first);
            const auto to = base_of(out);
            constexpr std::uint64_t bytes =
                std::contiguous_iterator<I> ? constructed_bytes<O, std::iter_rvalue_reference_t<I>> : 0;
            detail::construct_elements<bytes>(policy, to, size, [&](std::uint64_t lo, std::uint64_t hi) {
                std::uninitialized_move(nth_of(from, lo), nth_of(from, hi), nth_of(to, lo));
            });
            return {nth_of(first, size), nth_of(out, size)};
        } else {
            return std::ranges::uninitialized_move(std::move(first), last, std::move(out), out_last);
        }
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::uninitialized_move: takes ([policy], range, memory) or ([policy], "
                      "first, last, out, [out_last]); elements of out must be constructible from theirs");
        return {};
    }
};

struct uninitialized_move_n_function {
    template <execution_policy Policy, std::input_iterator I, std::integral Size, class O>
        requires memory_for<O, std::iter_rvalue_reference_t<I>>
    std::pair<I, O> operator()(const Policy& policy, I first, Size n, O out) const {
        const auto size = static_cast<std::iter_difference_t<I>>(count_of(n));
        auto ends = uninitialized_move_function::run(policy, std::counted_iterator<I>(std::move(first), size),
                                                     std::default_sentinel, std::move(out), std::unreachable_sentinel);
        return {std::move(ends.in).base(), std::move(ends.out)};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::uninitialized_move_n: takes ([policy], first, n, out); elements of out "
                      "must be constructible from theirs");
        return {};
    }
};

struct uninitialized_fill_function {
    template <execution_policy Policy, std::forward_iterator O, std::sentinel_for<O> S, class T>
        requires memory_for<O, const T&>
    O operator()(const Policy& policy, O first, S last, const T& value) const {
        const O end = std::ranges::next(first, last);
        if constexpr (is_shared<Policy, O>)
            shared(policy, first, size_of(first, end), value);
        else
            std::uninitialized_fill(std::move(first), end, value);
        return end;
    }
    template <execution_policy Policy, std::ranges::forward_range R, class T>
        requires memory_for<iterator_of<R>, const T&>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, const T& value) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), value);
    }

    template <class Policy, class O, class T>
    static O shared(const Policy& policy, const O& first, std::uint64_t size, const T& value) {
        const auto to = base_of(first);
        detail::construct_elements<constructed_bytes<O, const T&>>(
            policy, to, size, [&](std::uint64_t lo, std::uint64_t hi) {
                const written_value<base_t<O>, T> held(value);
                std::uninitialized_fill(nth_of(to, lo), nth_of(to, hi), held);
            });
        return nth_of(first, size);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::uninitialized_fill: takes ([policy], range, value) or ([policy], "
                                           "first, last, value); the elements must be constructible from value");
        return {};
    }
};

struct uninitialized_fill_n_function {
    template <execution_policy Policy, std::forward_iterator O, std::integral Size, class T>
        requires memory_for<O, const T&>
    O operator()(const Policy& policy, O first, Size n, const T& value) const {
        if constexpr (is_shared<Policy, O>)
            return uninitialized_fill_function::shared(policy, first, count_of(n), value);
        else
            return std::uninitialized_fill_n(std::move(first), count_of(n), value);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::uninitialized_fill_n: takes ([policy], first, n, value); the elements "
                                           "must be constructible from value");
        return {};
    }
};

struct default_construction {
    template <class T>
    static constexpr bool is_nothing = std::is_trivially_default_constructible_v<T>;

    template <class O>
    static O run(O first, std::uint64_t n) {
        return std::uninitialized_default_construct_n(std::move(first), n);
    }
};
struct value_construction {
    template <class T>
    static constexpr bool is_nothing = false;

    template <class O>
    static O run(O first, std::uint64_t n) {
        return std::uninitialized_value_construct_n(std::move(first), n);
    }
};

template <class Construction>
struct uninitialized_construct_n_function {
    template <execution_policy Policy, memory_for<> O, std::integral Size>
    O operator()(const Policy& policy, O first, Size n) const {
        const std::uint64_t size = count_of(n);
        if constexpr (is_shared<Policy, O>) {
            if constexpr (!Construction::template is_nothing<std::iter_value_t<O>>) {
                const auto to = base_of(first);
                detail::construct_elements<constructed_bytes<O>>(
                    policy, to, size,
                    [&](std::uint64_t lo, std::uint64_t hi) { Construction::run(nth_of(to, lo), hi - lo); });
            }
            return nth_of(first, size);
        } else {
            return Construction::run(std::move(first), size);
        }
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::uninitialized_default_construct_n, pel::uninitialized_value_construct_n: "
                      "take ([policy], first, n), of elements constructible from nothing");
        return {};
    }
};

template <class Construction>
struct uninitialized_construct_function {
    template <execution_policy Policy, memory_for<> O, std::sentinel_for<O> S>
    O operator()(const Policy& policy, O first, S last) const {
        const std::uint64_t size = size_of(first, last);
        return uninitialized_construct_n_function<Construction>{}(policy, std::move(first), size);
    }
    template <execution_policy Policy, std::ranges::forward_range R>
        requires memory_for<iterator_of<R>>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::uninitialized_default_construct, pel::uninitialized_value_construct: "
                                           "take ([policy], range) or ([policy], first, last), of elements "
                                           "constructible from nothing");
        return {};
    }
};

} // namespace detail

/// Constructs copies of the elements in memory that holds no objects. Requires: the ranges do not overlap; destructors
/// do not throw. Iterators: as std::uninitialized_copy. Ranges, or an end of `out`: as std::ranges::uninitialized_copy, as
/// long as both last. Returns: as those. Throws: as parallel_for; then none of the copies is left, what was constructed is
/// destroyed. Blocks, thread safety: as parallel_for. Complexity: work n constructions, span O(log n) and the longest
/// one. Cost: as std's for some thousand bytes of elements whose construction does not throw.
inline constexpr detail::function_object<detail::uninitialized_copy_function> uninitialized_copy{};

/// The same for n elements, none if n is negative. Returns: the end of the copies.
inline constexpr detail::function_object<detail::uninitialized_copy_n_function> uninitialized_copy_n{};

/// The same as uninitialized_copy, but moves the elements. After an exception those that were moved have been moved
/// from.
inline constexpr detail::function_object<detail::uninitialized_move_function> uninitialized_move{};

/// The same for n elements. Returns: a pair of both ends, as std::uninitialized_move_n.
inline constexpr detail::function_object<detail::uninitialized_move_n_function> uninitialized_move_n{};

/// Constructs copies of a value, which several threads read. Returns: the end. The rest: as uninitialized_copy.
inline constexpr detail::function_object<detail::uninitialized_fill_function> uninitialized_fill{};

/// The same for n elements, none if n is negative.
inline constexpr detail::function_object<detail::uninitialized_fill_n_function> uninitialized_fill_n{};

/// Constructs elements from nothing, numbers and the like without a value: these are not touched. Returns: the end. The
/// rest: as uninitialized_copy.
inline constexpr detail::function_object<detail::uninitialized_construct_function<detail::default_construction>>
    uninitialized_default_construct{};

/// The same for n elements, none if n is negative.
inline constexpr detail::function_object<detail::uninitialized_construct_n_function<detail::default_construction>>
    uninitialized_default_construct_n{};

/// Constructs elements from nothing, numbers and the like as zeros. Returns: the end. The rest: as uninitialized_copy.
inline constexpr detail::function_object<detail::uninitialized_construct_function<detail::value_construction>>
    uninitialized_value_construct{};

/// The same for n elements, none if n is negative.
inline constexpr detail::function_object<detail::uninitialized_construct_n_function<detail::value_construction>>
    uninitialized_value_construct_n{};

PEL_NAMESPACE_END
