// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// segmented_reduce, reduce_by_key: many reductions over parts of one range, which are shared as one loop, so that it
// does not matter how long each part is.
#pragma once

#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/segments.hpp>
#include <pel/parallel_scan.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Op, class T, class I, class J, class O>
concept reduces_segments = std::convertible_to<std::iter_reference_t<J>, std::uint64_t> && std::copyable<T> &&
                           accumulates<Op, T, std::iter_reference_t<I>> && output_of<O, T>;

struct segmented_reduce_function {
    template <execution_policy Policy, std::input_iterator I, std::input_iterator J, std::sentinel_for<J> E, class O,
              class T = std::iter_value_t<I>, class Op = std::plus<>>
        requires reduces_segments<Op, T, I, J, O>
    O operator()(const Policy& policy, I values, J offsets, E offsets_last, O out, T init = T{}, Op op = {}) const {
        if (offsets == offsets_last) return out;
        if constexpr (is_shared<Policy, I, J, O> && is_written_apart<O> &&
                      std::convertible_to<std::iter_reference_t<I>, T>) {
            const std::uint64_t segments = size_of(offsets, offsets_last) - 1;
            if (segments != 0) shared(policy, base_of(values), base_of(offsets), segments, base_of(out), init, op);
            return nth_of(out, segments);
        } else {
            return in_order(std::move(values), std::move(offsets), offsets_last, std::move(out), init, op);
        }
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range Q, class O,
              class T = std::ranges::range_value_t<R>, class Op = std::plus<>>
        requires reduces_segments<Op, T, iterator_of<R>, iterator_of<Q>, O>
    O operator()(const Policy& policy, R&& values, Q&& offsets, O out, T init = T{}, Op op = {}) const {
        return (*this)(policy, std::ranges::begin(values), std::ranges::begin(offsets), std::ranges::end(offsets),
                       std::move(out), std::move(init), std::move(op));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::segmented_reduce: takes ([policy], values, offsets, out, [init], [op]), or (values_first, "
                      "offsets_first, offsets_last, ...); op(T, value) and op(T, T) must return T, init's type");
        return {};
    }

private:
    template <class Policy, class I, class J, class O, class T, class Op>
    static void shared(const Policy& policy, const I& values, const J& offsets, std::uint64_t segments, const O& out,
                       const T& init, Op& op) {
        const segment_ends<J> ends(offsets, segments);
        const segments_step<T, Op, I, J, O> step(op, init, values, ends, out);
        const auto combine = [&](cut_segments<T> left, cut_segments<T> right) {
            return step(std::move(left), std::move(right));
        };
        cut_segments<T> all = detail::combine_ordered<cut_segments<T>>(policy, ends.items(), std::cref(step), combine);
        step.write(0, std::move(all.head));
    }
    template <class I, class J, class E, class O, class T, class Op>
    static O in_order(I values, J offsets, E last, O out, const T& init, Op& op) {
        auto position = static_cast<std::uint64_t>(*offsets);
        std::ranges::advance(values, static_cast<std::iter_difference_t<I>>(position));
        for (++offsets; offsets != last; ++offsets, (void)++out) {
            T sum(init);
            for (const auto end = static_cast<std::uint64_t>(*offsets); position != end; ++position, (void)++values)
                sum = static_cast<T>(std::invoke(op, std::move(sum), *values));
            *out = std::move(sum);
        }
        return out;
    }
};

/// What values are combined to: what is written, if that can be known.
template <class I, class O>
struct reduced_value {};
template <std::indirectly_readable I, class O>
struct reduced_value<I, O> {
    using type = std::iter_value_t<I>;
};
template <std::indirectly_readable I, std::indirectly_readable O>
struct reduced_value<I, O> {
    using type = std::iter_value_t<O>;
};

/// The first key of a run: where it is, as what is written may refer to it; or what is left of it, if it is gone once
/// the iterator goes on.
template <class K>
class first_key {
public:
    explicit first_key(const K& key) : its_(*key) {}
    std::iter_value_t<K>& operator*() noexcept { return its_; }
    std::iter_value_t<K>&& taken() noexcept { return std::move(its_); }

private:
    std::iter_value_t<K> its_;
};
template <std::forward_iterator K>
class first_key<K> {
public:
    explicit first_key(const K& key) : its_(key) {}
    decltype(auto) operator*() const { return *its_; }
    decltype(auto) taken() const { return *its_; }

private:
    K its_;
};

template <class Equal, class Op, class T, class K, class I, class KeysOut, class ValuesOut>
concept reduces_by_key = relation_of<Equal, K> && accumulates<Op, T, std::iter_reference_t<I>> &&
                         std::convertible_to<std::iter_reference_t<I>, T> &&
                         output_of<KeysOut, std::iter_reference_t<K>> && output_of<ValuesOut, T>;

struct reduce_by_key_function {
    using default_compare = std::equal_to<>;

    template <execution_policy Policy, std::input_iterator K, std::sentinel_for<K> S, std::input_iterator I,
              class KeysOut, class ValuesOut, class Equal = std::equal_to<>, class Op = std::plus<>,
              class T = typename reduced_value<I, ValuesOut>::type>
        requires reduces_by_key<Equal, Op, T, K, I, KeysOut, ValuesOut>
    std::pair<KeysOut, ValuesOut> operator()(const Policy& policy, K keys, S keys_last, I values, KeysOut keys_out,
                                             ValuesOut values_out, Equal equal = {}, Op op = {}) const {
        if constexpr (is_shared<Policy, K, I, KeysOut, ValuesOut> && is_written_apart<KeysOut> &&
                      is_written_apart<ValuesOut> && std::copy_constructible<T>) {
            const std::uint64_t runs = shared<T>(policy, size_of(keys, keys_last), base_of(keys), base_of(values),
                                                 base_of(keys_out), base_of(values_out), equal, op);
            return {nth_of(keys_out, runs), nth_of(values_out, runs)};
        } else {
            return in_order<T>(std::move(keys), keys_last, std::move(values), std::move(keys_out),
                               std::move(values_out), equal, op);
        }
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range Q, class KeysOut,
              class ValuesOut, class Equal = std::equal_to<>, class Op = std::plus<>,
              class T = typename reduced_value<iterator_of<Q>, ValuesOut>::type>
        requires reduces_by_key<Equal, Op, T, iterator_of<R>, iterator_of<Q>, KeysOut, ValuesOut>
    std::pair<KeysOut, ValuesOut> operator()(const Policy& policy, R&& keys, Q&& values, KeysOut keys_out,
                                             ValuesOut values_out, Equal equal = {}, Op op = {}) const {
        return (*this)(policy, std::ranges::begin(keys), std::ranges::end(keys), std::ranges::begin(values),
                       std::move(keys_out), std::move(values_out), std::move(equal), std::move(op));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(
            never<Arguments...>,
            "pel::reduce_by_key: takes ([policy], keys, values, keys_out, values_out, [equal], [op]), or "
            "(keys_first, keys_last, values_first, ...); op(T, value) must return T, the type of *values_out");
        return {};
    }

private:
    template <class T, class Policy, class K, class I, class KeysOut, class ValuesOut, class Equal, class Op>
    static std::uint64_t shared(const Policy& policy, std::uint64_t size, const K& keys, const I& values,
                                const KeysOut& keys_out, const ValuesOut& values_out, Equal& equal, Op& op) {
        using runs = key_runs<T>;
        const key_runs_step<T, Equal, Op, K, I> step(equal, op, keys, values);
        runs all = pel::parallel_scan(
            policy, std::uint64_t{0}, size, runs{0, {}},
            [&](std::uint64_t lo, std::uint64_t hi) { return step.count(lo, hi); },
            [&](std::uint64_t lo, std::uint64_t hi, runs before) {
                return step.write(lo, hi, std::move(before), keys_out, values_out);
            },
            [&](runs left, runs right) { return step.combined(std::move(left), std::move(right)); });
        if (all.last) *nth_of(values_out, all.begun - 1) = std::move(*all.last);
        return all.begun;
    }
    template <class T, class K, class S, class I, class KeysOut, class ValuesOut, class Equal, class Op>
    static std::pair<KeysOut, ValuesOut> in_order(K keys, S last, I values, KeysOut keys_out, ValuesOut values_out,
                                                  Equal& equal, Op& op) {
        while (keys != last) {
            first_key<K> key(keys);
            T sum(*values);
            for (++keys, (void)++values; keys != last && std::invoke(equal, *key, *keys); ++keys, (void)++values)
                sum = static_cast<T>(std::invoke(op, std::move(sum), *values));
            *keys_out = key.taken();
            *values_out = std::move(sum);
            ++keys_out, (void)++values_out;
        }
        return {std::move(keys_out), std::move(values_out)};
    }
};

} // namespace detail

/// Cuts values into segments: number k is [offsets[k], offsets[k + 1]), and may be empty; the last offset is the end.
/// Writes for each what init and its values come to, in their order, grouped in any way. Returns: the end of what was
/// written. Requires: offsets do not fall; op is associative; it need not be commutative, and is called by several
/// threads; T, init's type, is copied for each segment. `out` is not part of the values. Values and segments are shared
/// alike: one that is longer than all others, or very many empty ones, are no harder. In order, on the calling thread,
/// where a value does not convert to T. Throws, blocks, thread safety: as parallel_for. Complexity: work n calls plus
/// one for each segment, span O(log n) and the longest. With par.deterministic(): the same bits at every concurrency.
inline constexpr detail::function_object<detail::segmented_reduce_function> segmented_reduce{};

/// Writes for each run of consecutive equal keys its first key and what its values come to, in their order, grouped in
/// any way. Returns: the ends of what was written. Requires: equal is an equivalence relation; op is associative; it
/// need not be commutative; both are called by several threads. Outputs are not part of the inputs. T is the type that
/// values_out refers to, or else the values'; it is copied, or all is done in order on the calling thread. Throws,
/// blocks, thread safety: as parallel_for; outputs of a call that throws are incomplete. Complexity: work n calls of
/// both, twice as many of what other threads took, span O(log n) and the longest. Memory: a T for each stretch that
/// others took. With par.deterministic(): the same bits at every concurrency, for twice the calls of both, and up to 32 of
/// equal more for each chunk of parallel_reduce.
inline constexpr detail::function_object<detail::reduce_by_key_function> reduce_by_key{};

PEL_NAMESPACE_END
