// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inclusive_scan, exclusive_scan, transform_inclusive_scan, transform_exclusive_scan. Source: [inclusive.scan] and the
// sections around it; parallel_scan says how the work is shared.
#pragma once

#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/few_elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/parallel_scan.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Op, class F, class T, class I>
concept combines_mapped = function_of<F, I> && accumulates<Op, T, std::invoke_result_t<F&, std::iter_reference_t<I>>>;
template <class Op, class F, class T, class I, class O>
concept scans = combines_mapped<Op, F, T, I> && output_of<O, const T&>;
/// Without the element itself: results are moved, once the next one has been made of them.
template <class Op, class F, class T, class I, class O>
concept scans_before = combines_mapped<Op, F, T, I> && output_of<O, T> &&
                       std::is_invocable_r_v<T, Op&, const T&, std::invoke_result_t<F&, std::iter_reference_t<I>>>;
template <class Op, class F, class T, class I, class O>
inline constexpr bool is_shared_scan =
    std::random_access_iterator<O> && is_written_apart<O> && std::copy_constructible<T> &&
    std::convertible_to<std::invoke_result_t<F&, std::iter_reference_t<I>>, T>;

/// Sums of floating-point numbers: four at a time, so that each waits for a quarter of the additions before it, and the
/// memory is what limits it. Leaves what is less than four.
template <std::floating_point T, class I>
PEL_ALWAYS_INLINE T scan_fours(std::uint64_t& n, T sum, I& from, T*& to) {
    for (; n >= 4; n -= 4, from += 4, to += 4) {
        const T a = from[0], b = from[1], c = from[2], d = from[3]; // all, before a place is written
        const T first_two = a + b;
        const T four = first_two + (c + d);
        to[0] = sum + a;
        to[1] = sum + first_two;
        to[2] = (sum + first_two) + c;
        to[3] = sum = sum + four;
    }
    return sum;
}
template <class T, class Op, class F, class I, class O>
inline constexpr bool is_scanned_by_fours =
    std::floating_point<T> && (std::is_same_v<Op, std::plus<>> || std::is_same_v<Op, std::plus<T>>) &&
    std::is_same_v<F, std::identity> && std::is_convertible_v<I, const T*> && std::is_same_v<O, T*>;

/// Writes what stands before each element, or that and the element. Reads each one before its place is written.
template <bool IsInclusive, class T, class Op, class F, class I, class O>
PEL_ALWAYS_INLINE T scan_block(std::uint64_t n, T sum, const held_callable<Op, T, T> op,
                               const held_callable<F, std::iter_reference_t<I>> f, I from, O to) {
    if constexpr (IsInclusive && is_scanned_by_fours<T, Op, F, I, O>) sum = detail::scan_fours(n, sum, from, to);
    for (; n != 0; --n, (void)++from, ++to) {
        if constexpr (IsInclusive) {
            sum = static_cast<T>(std::invoke(op, std::move(sum), std::invoke(f, *from)));
            *to = std::as_const(sum);
        } else {
            T next = static_cast<T>(std::invoke(op, std::as_const(sum), std::invoke(f, *from)));
            *to = std::move(sum);
            sum = std::move(next);
        }
    }
    return sum;
}
template <bool IsInclusive, class Policy, class T, class Op, class F, class I, class O>
void scan_elements(const Policy& policy, std::uint64_t size, T init, Op& op, F& f, const I& from, const O& to) {
    const auto scan = [&](std::uint64_t lo, std::uint64_t hi, T before) {
        return detail::scan_block<IsInclusive, T, Op, F>(hi - lo, std::move(before), op, f, nth_of(from, lo),
                                                         nth_of(to, lo));
    };
    if (size == 0) return;
    constexpr bool is_known = std::is_arithmetic_v<T> && written_bytes<O, T> != 0;
    constexpr std::uint64_t bytes = is_known ? number_bytes<I, Op, F> : 0;
    if constexpr (is_known) {
        if (!is_deterministic(policy) && are_few<bytes>(policy, size)) return void(scan(0, size, init));
    }
    const combining_step<T, Op, F, I> sum(op, f, from);
    const auto reduce = [&](std::uint64_t lo, std::uint64_t hi) { return sum(lo, hi); };
    const combine_call<T, Op> combine{op};
    detail::scan_chunks(policy, std::uint64_t{0}, size, chunks_of_numbers<bytes>(policy, size), std::move(init), reduce,
                        scan, combine);
}

/// For all iterators.
template <bool IsInclusive, class Policy, class T, class Op, class F, class I, class S, class O>
O scan_range(const Policy& policy, I first, S last, O out, T init, Op& op, F& f) {
    if constexpr (is_shared<Policy, I> && is_shared_scan<Op, F, T, I, O>) {
        const std::uint64_t size = size_of(first, last);
        detail::scan_elements<IsInclusive>(policy, size, std::move(init), op, f, base_of(first), base_of(out));
        return nth_of(out, size);
    } else {
        for (; first != last; ++first, (void)++out) {
            if constexpr (IsInclusive) {
                init = static_cast<T>(std::invoke(op, std::move(init), std::invoke(f, *first)));
                *out = std::as_const(init);
            } else {
                T next = static_cast<T>(std::invoke(op, std::as_const(init), std::invoke(f, *first)));
                *out = std::move(init);
                init = std::move(next);
            }
        }
        return out;
    }
}
/// Begins with the first element.
template <class T, class Policy, class Op, class F, class I, class S, class O>
O scan_from_first(const Policy& policy, I first, S last, O out, Op& op, F& f) {
    if (first == last) return out;
    T init(std::invoke(f, *first));
    *out = std::as_const(init);
    return detail::scan_range<true>(policy, std::move(++first), last, std::move(++out), std::move(init), op, f);
}

struct inclusive_scan_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class Op = std::plus<>>
        requires scans<Op, std::identity, std::iter_value_t<I>, I, O>
    O operator()(const Policy& policy, I first, S last, O out, Op op = {}) const {
        std::identity same;
        return detail::scan_from_first<std::iter_value_t<I>>(policy, std::move(first), last, std::move(out), op, same);
    }
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class Op, class T>
        requires scans<Op, std::identity, T, I, O>
    O operator()(const Policy& policy, I first, S last, O out, Op op, T init) const {
        std::identity same;
        return detail::scan_range<true>(policy, std::move(first), last, std::move(out), std::move(init), op, same);
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class Op = std::plus<>>
        requires scans<Op, std::identity, std::ranges::range_value_t<R>, iterator_of<R>, O>
    O operator()(const Policy& policy, R&& range, O out, Op op = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(op));
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class Op, class T>
        requires scans<Op, std::identity, T, iterator_of<R>, O>
    O operator()(const Policy& policy, R&& range, O out, Op op, T init) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(op),
                       std::move(init));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::inclusive_scan: takes ([policy], range, out, [op, [init]]), or iterators as "
                      "std::inclusive_scan; op(T, element) and op(T, T) must return T, which *out is assigned");
        return {};
    }
};

struct exclusive_scan_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class T,
              class Op = std::plus<>>
        requires scans_before<Op, std::identity, T, I, O>
    O operator()(const Policy& policy, I first, S last, O out, T init, Op op = {}) const {
        std::identity same;
        return detail::scan_range<false>(policy, std::move(first), last, std::move(out), std::move(init), op, same);
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class T, class Op = std::plus<>>
        requires scans_before<Op, std::identity, T, iterator_of<R>, O>
    O operator()(const Policy& policy, R&& range, O out, T init, Op op = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(init),
                       std::move(op));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::exclusive_scan: takes ([policy], range, out, init, [op]), or iterators as "
                      "std::exclusive_scan; op(T, element) and op(T, T) must return T, which *out is assigned");
        return {};
    }
};

struct transform_inclusive_scan_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class Op, class F,
              class T = std::decay_t<std::invoke_result_t<F&, std::iter_reference_t<I>>>>
        requires scans<Op, F, T, I, O>
    O operator()(const Policy& policy, I first, S last, O out, Op op, F f) const {
        return detail::scan_from_first<T>(policy, std::move(first), last, std::move(out), op, f);
    }
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class Op, class F,
              class T>
        requires scans<Op, F, T, I, O>
    O operator()(const Policy& policy, I first, S last, O out, Op op, F f, T init) const {
        return detail::scan_range<true>(policy, std::move(first), last, std::move(out), std::move(init), op, f);
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class Op, class F,
              class T = std::decay_t<std::invoke_result_t<F&, std::ranges::range_reference_t<R>>>>
        requires scans<Op, F, T, iterator_of<R>, O>
    O operator()(const Policy& policy, R&& range, O out, Op op, F f) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(op),
                       std::move(f));
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class Op, class F, class T>
        requires scans<Op, F, T, iterator_of<R>, O>
    O operator()(const Policy& policy, R&& range, O out, Op op, F f, T init) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(op),
                       std::move(f), std::move(init));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::transform_inclusive_scan: takes ([policy], range, out, op, f, [init]), or iterators as "
                      "std::transform_inclusive_scan; op(T, f's result) and op(T, T) must return T, for *out");
        return {};
    }
};

struct transform_exclusive_scan_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class T, class Op,
              class F>
        requires scans_before<Op, F, T, I, O>
    O operator()(const Policy& policy, I first, S last, O out, T init, Op op, F f) const {
        return detail::scan_range<false>(policy, std::move(first), last, std::move(out), std::move(init), op, f);
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class T, class Op, class F>
        requires scans_before<Op, F, T, iterator_of<R>, O>
    O operator()(const Policy& policy, R&& range, O out, T init, Op op, F f) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(init),
                       std::move(op), std::move(f));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::transform_exclusive_scan: takes ([policy], range, out, init, op, f), or iterators as "
                      "std::transform_exclusive_scan; op(T, f's result) and op(T, T) must return T, for *out");
        return {};
    }
};

} // namespace detail

/// Writes for each element what [init and] all up to it come to, in their order, grouped in any way. Returns: the end
/// of what was written. Requires: op is associative; it need not be commutative, and is called by several threads.
/// `out` may be the range itself. T, init's type or else the elements', is copied for each result. Where it cannot be
/// copied, or no T be made of an element, in order, on the calling thread. Throws, blocks, thread safety: as
/// parallel_for; results of a call that throws are incomplete. Complexity: work n calls of op, up to 2n where other
/// threads help, span O(log n) and the longest. Memory: a T for each stretch that others took. With
/// par.deterministic(): the same bits at every concurrency, grouped as by reduce.
inline constexpr detail::function_object<detail::inclusive_scan_function> inclusive_scan{};

/// The same of init and all before each element.
inline constexpr detail::function_object<detail::exclusive_scan_function> exclusive_scan{};

/// inclusive_scan of f(element), which is called up to twice for each. T: init's type, or else that of f's result.
inline constexpr detail::function_object<detail::transform_inclusive_scan_function> transform_inclusive_scan{};

/// exclusive_scan of f(element), which is called up to twice for each.
inline constexpr detail::function_object<detail::transform_exclusive_scan_function> transform_exclusive_scan{};

PEL_NAMESPACE_END
