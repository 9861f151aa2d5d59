// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fill, fill_n, generate, generate_n, iota. Source: [alg.fill], [alg.generate], [numeric.iota].
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/past_caches.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

/// What iota returns: std::ranges::out_value_result of C++23.
template <class O, class T>
struct out_value_result {
    [[no_unique_address]] O out;
    [[no_unique_address]] T value;
};

namespace detail {

struct fill_function {
    template <execution_policy Policy, std::weakly_incrementable O, std::sentinel_for<O> S, class T>
        requires output_of<O, const T&>
    O operator()(const Policy& policy, O first, S last, const T& value) const {
        if constexpr (is_shared<Policy, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            return shared(policy, std::move(first), size, value);
        } else if constexpr (std::forward_iterator<O>) { // which is done in words for a vector<bool>
            const O end = std::ranges::next(first, last);
            detail::fill_elements(std::move(first), end, value);
            return end;
        } else {
            for (; first != last; ++first) detail::assign_value(*first, value);
            return first;
        }
    }
    template <execution_policy Policy, std::ranges::range R, class T>
        requires output_of<iterator_of<R>, const T&>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, const T& value) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), value);
    }

    template <class Policy, class O, class T>
    static O shared(const Policy& policy, const O& first, std::uint64_t size, const T& value) {
        const auto to = base_of(first);
        if constexpr (is_copied_by_bytes<const T*, base_t<O>>) {
            if (goes_past_caches(policy, size * sizeof(T))) {
                detail::fill_past_caches(policy, to, size, value);
                return nth_of(first, size);
            }
        }
        run_plain_blocks<written_bytes<O, const T&>>(policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
            const written_value<base_t<O>, T> held(value);
            detail::fill_elements(nth_of(to, lo), nth_of(to, hi), held);
        });
        return nth_of(first, size);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::fill: takes ([policy], range, value) or ([policy], first, last, "
                                           "value), value assignable to the elements");
        return {};
    }
};

struct fill_n_function {
    template <execution_policy Policy, std::weakly_incrementable O, std::integral Size, class T>
        requires output_of<O, const T&>
    O operator()(const Policy& policy, O first, Size n, const T& value) const {
        std::uint64_t size = count_of(n);
        if constexpr (is_shared<Policy, O> && is_written_apart<O>) {
            return fill_function::shared(policy, std::move(first), size, value);
        } else if constexpr (std::random_access_iterator<O>) {
            const O end = nth_of(first, size);
            detail::fill_elements(std::move(first), end, value);
            return end;
        } else {
            for (; size != 0; --size, (void)++first) detail::assign_value(*first, value);
            return first;
        }
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::fill_n: takes ([policy], first, n, value), value assignable to the elements");
        return {};
    }
};

/// Assigns what a generator returns.
template <class F>
struct generating_assignment {
    held_callable<F> f;

    template <class Out>
    PEL_ALWAYS_INLINE void operator()(Out&& out) const {
        out = std::invoke(f);
    }
};

template <class F, class O>
concept generator_of = std::invocable<F&> && output_of<O, std::invoke_result_t<F&>>;

struct generate_function {
    template <execution_policy Policy, std::weakly_incrementable O, std::sentinel_for<O> S, class F>
        requires generator_of<F, O>
    O operator()(const Policy& policy, O first, S last, F f) const {
        if constexpr (is_shared<Policy, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            return shared(policy, std::move(first), size, f);
        } else {
            for (; first != last; ++first) *first = std::invoke(f);
            return first;
        }
    }
    template <execution_policy Policy, std::ranges::range R, class F>
        requires generator_of<F, iterator_of<R>>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, F f) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(f));
    }

    template <class Policy, class O, class F>
    static O shared(const Policy& policy, const O& first, std::uint64_t size, F& f) {
        const generating_assignment<F> assign{f};
        detail::run_elements(policy, size, assign, base_of(first));
        return nth_of(first, size);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::generate: takes ([policy], range, f) or ([policy], first, last, f); "
                                           "f() must be assignable to the elements");
        return {};
    }
};

struct generate_n_function {
    template <execution_policy Policy, std::weakly_incrementable O, std::integral Size, class F>
        requires generator_of<F, O>
    O operator()(const Policy& policy, O first, Size n, F f) const {
        std::uint64_t size = count_of(n);
        if constexpr (is_shared<Policy, O> && is_written_apart<O>) {
            return generate_function::shared(policy, std::move(first), size, f);
        } else {
            for (; size != 0; --size, (void)++first) *first = std::invoke(f);
            return first;
        }
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::generate_n: takes ([policy], first, n, f); f() must be assignable to the elements");
        return {};
    }
};

/// Values whose n-th successor is known at once.
template <class T>
inline constexpr bool is_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
template <class T>
inline constexpr bool is_advanced = is_number<T> || std::random_access_iterator<T>;

template <class T>
constexpr T advanced(const T& value, std::uint64_t n) {
    if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<std::make_unsigned_t<T>>(value) + n); // wraps back for negative numbers
    else if constexpr (std::is_floating_point_v<T>)
        return value + static_cast<T>(static_cast<std::int64_t>(n));
    else
        return nth_of(value, n);
}

struct iota_function {
    template <execution_policy Policy, std::input_or_output_iterator O, std::sentinel_for<O> S, class T>
        requires(std::weakly_incrementable<T> || std::is_floating_point_v<T>) && output_of<O, const T&>
    out_value_result<O, T> operator()(const Policy& policy, O first, S last, T value) const {
        if constexpr (!is_advanced<T>) {
            for (; first != last; ++first, (void)++value) *first = std::as_const(value);
            return {std::move(first), std::move(value)};
        } else if constexpr (is_shared<Policy, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            const auto to = base_of(first);
            run_plain_blocks<written_bytes<O, const T&>>(policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
                auto begin = nth_of(to, lo);
                write_block(begin, hi - lo, value, lo);
            });
            return {nth_of(first, size), advanced(value, size)};
        } else {
            std::uint64_t n = 0;
            for (; first != last; ++n) write_block(first, 1, value, n);
            return {std::move(first), advanced(value, n)};
        }
    }
    template <execution_policy Policy, std::ranges::range R, class T>
        requires std::invocable<const iota_function&, const Policy&, iterator_of<R>, std::ranges::sentinel_t<R>, T>
    out_value_result<safe_iterator_of<R>, T> operator()(const Policy& policy, R&& range, T value) const {
        auto end = (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(value));
        return {std::move(end.out), std::move(end.value)};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::iota: takes ([policy], range, value) or ([policy], first, last, "
                                           "value); value must have ++ and be assignable to the elements");
        return {};
    }

private:
    /// Assigns the lo-th value after `value`, and those that follow it. Goes past what it writes.
    template <class O, class T>
    PEL_ALWAYS_INLINE static void write_block(O& to, std::uint64_t n, const T& value, std::uint64_t lo) {
        if constexpr (std::is_integral_v<T>) {
            auto next = static_cast<std::make_unsigned_t<T>>(advanced(value, lo)); // as wide as T, for the vectoriser
            for (; n != 0; --n, (void)++to, ++next) detail::assign_value(*to, static_cast<T>(next));
        } else {
            const T from = value;
            for (; n != 0; --n, (void)++to, ++lo) detail::assign_value(*to, advanced(from, lo));
        }
    }
};

} // namespace detail

/// Assigns `value` to all elements. Requires: `value` is none of them, unless it is a few words that are copied as
/// bytes: several threads read it. Returns: the end. Throws, blocks, thread safety: as parallel_for. Complexity: work n
/// assignments, span O(log n) and the longest one. Cost: as std::fill for some thousand bytes of plain values; past the caches
/// if these would not keep them.
inline constexpr detail::function_object<detail::fill_function> fill{};

/// The same for n elements, none if n is negative.
inline constexpr detail::function_object<detail::fill_n_function> fill_n{};

/// Assigns f() to all elements, each from a call of its own. Requires: f may be called by several threads at the same
/// time, and whatever call is whose; with seq it is called in order. Returns, throws, blocks: as fill. Complexity: work n
/// calls, span O(log n) and the longest one.
inline constexpr detail::function_object<detail::generate_function> generate{};

/// The same for n elements, none if n is negative.
inline constexpr detail::function_object<detail::generate_n_function> generate_n{};

/// Assigns value, value + 1, … . Numbers, pointers and random-access iterators in parallel, others, incremented, in
/// order. Floating-point numbers are `value` plus the position: the same whoever computes them, and closer than what
/// repeated increments come to. Returns: {the end, the value that would follow}. Throws, blocks, complexity: as fill, or
/// in order.
inline constexpr detail::function_object<detail::iota_function> iota{};

PEL_NAMESPACE_END
