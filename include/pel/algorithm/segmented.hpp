// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// segmented_reduce, reduce_by_key: many reductions over parts of one range, which are shared as one loop, so that it does
// not matter how long each part is.
// Source: D. Merrill, M. Garland, "Merge-based parallel sparse matrix-vector multiplication", 2016, for the items of
// segmented_reduce: values and the ends of segments are counted alike, so that many empty segments are shared as well.
#pragma once

#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/parallel_scan.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Where segments end, among their values: items 0, 1, … are the values of segment 0, its end, those of segment 1, …
template <class J>
class segment_ends {
public:
    segment_ends(const J& offsets, std::uint64_t segments)
        : offsets_(offsets), segments_(segments), begin_(offset(0)) {}

    std::uint64_t items() const { return offset(segments_) - begin_ + segments_; }
    /// Returns: the segment that item `number` belongs to.
    std::uint64_t segment_of(std::uint64_t number) const {
        std::uint64_t lo = 0, hi = segments_;
        while (lo != hi) {
            const std::uint64_t middle = lo + (hi - lo) / 2;
            if (end(middle) - begin_ + middle < number)
                lo = middle + 1;
            else
                hi = middle;
        }
        return lo;
    }
    /// Returns: the value that item `number` is, or that the next one after it is.
    std::uint64_t value(std::uint64_t number, std::uint64_t segment) const { return begin_ + number - segment; }
    std::uint64_t end(std::uint64_t segment) const { return offset(segment + 1); }

private:
    std::uint64_t offset(std::uint64_t n) const { return static_cast<std::uint64_t>(*at(offsets_, n)); }

    const J offsets_;
    const std::uint64_t segments_, begin_;
};

/// What a stretch of items comes to. Segments that begin and end in it are not part of that any more.
template <class T>
struct cut_segments {
    std::uint64_t first, last; // the segments it begins and ends in
    std::optional<T> head;     // of the first, if that has ended
    std::optional<T> tail;     // of the last
};

template <class T, class Op, class I, class J, class O>
class segments_step {
public:
    using value = cut_segments<T>;

    segments_step(Op& op, const T& init, const I& values, const segment_ends<J>& ends, const O& out)
        : op_{op}, sum_(op, same_, values), init_(init), ends_(ends), out_(out) {}

    value operator()(std::uint64_t lo, std::uint64_t hi) const {
        const std::uint64_t segment = ends_.segment_of(lo);
        return (*this)(lo, hi, {segment, segment, {}, {}});
    }
    value operator()(std::uint64_t lo, std::uint64_t hi, value cut) const {
        while (lo != hi) {
            const std::uint64_t from = ends_.value(lo, cut.last);
            const std::uint64_t n = std::min(ends_.end(cut.last) - from, hi - lo);
            lo += n;
            if (lo != hi && !cut.tail && cut.last != cut.first) { // a whole one
                *at(out_, cut.last) = n == 0 ? T(init_) : sum_(from, from + n, T(init_));
                ++cut.last, ++lo;
                continue;
            }
            if (n != 0) add(cut.tail, from, from + n);
            if (lo == hi) break;
            end_segment(cut);
            ++lo;
        }
        return cut;
    }
    value operator()(value left, value right) const {
        if (right.first == right.last) {
            join(left.tail, std::move(right.tail));
            return left;
        }
        join(left.tail, std::move(right.head));
        end_segment(left);
        left.last = right.last;
        left.tail = std::move(right.tail);
        return left;
    }
    void write(std::uint64_t segment, std::optional<T> sum) const {
        *at(out_, segment) = sum ? op_(T(init_), std::move(*sum)) : T(init_);
    }

private:
    void add(std::optional<T>& tail, std::uint64_t from, std::uint64_t end) const {
        if (tail)
            tail.emplace(sum_(from, end, T(std::move(*tail))));
        else
            tail.emplace(sum_(from, end));
    }
    void join(std::optional<T>& left, std::optional<T> right) const {
        if (left && right)
            left.emplace(op_(std::move(*left), std::move(*right)));
        else if (right)
            left = std::move(right);
    }
    void end_segment(value& cut) const {
        if (cut.first == cut.last)
            cut.head = std::move(cut.tail);
        else
            write(cut.last, std::move(cut.tail));
        cut.tail.reset();
        ++cut.last;
    }

    std::identity same_;
    combine_call<T, Op> op_;
    combining_step<T, Op, std::identity, I> sum_;
    const T& init_;
    const segment_ends<J>& ends_;
    const O out_;
};

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
            return at(out, segments);
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
        cut_segments<T> all = combine_ordered<cut_segments<T>>(policy, ends.items(), std::cref(step), combine);
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

/// The runs of equal keys in a stretch, or from the begin to somewhere.
template <class T>
struct key_runs {
    std::uint64_t begun;
    std::optional<T> last; // what the last one comes to
};

template <class T, class Equal, class Op, class K, class I>
class key_runs_step {
public:
    key_runs_step(Equal& equal, Op& op, const K& keys, const I& values)
        : equal_(equal), op_{op}, sum_(op, same_, values), keys_(keys) {}

    key_runs<T> count(std::uint64_t lo, std::uint64_t hi) const {
        std::uint64_t begun = 0, last = lo;
        for (std::uint64_t i = lo; i != hi; ++i) {
            if (!begins(i)) continue;
            ++begun;
            last = i;
        }
        return {begun, sum_(last, hi)};
    }
    template <class KeysOut, class ValuesOut>
    key_runs<T> write(std::uint64_t lo, std::uint64_t hi, key_runs<T> before, const KeysOut& keys_out,
                      const ValuesOut& values_out) const {
        while (lo != hi) {
            if (begins(lo)) {
                if (before.last) *at(values_out, before.begun - 1) = std::move(*before.last);
                before.last.reset();
                *at(keys_out, before.begun++) = *at(keys_, lo);
            }
            std::uint64_t end = lo + 1;
            while (end != hi && !begins(end)) ++end;
            if (before.last)
                before.last.emplace(sum_(lo, end, T(std::move(*before.last))));
            else
                before.last.emplace(sum_(lo, end));
            lo = end;
        }
        return before;
    }
    key_runs<T> combined(key_runs<T> left, key_runs<T> right) const {
        if (right.begun == 0 && left.last) right.last.emplace(op_(std::move(*left.last), std::move(*right.last)));
        right.begun += left.begun;
        return right;
    }

private:
    bool begins(std::uint64_t i) const {
        return i == 0 || !static_cast<bool>(std::invoke(equal_, *at(keys_, i - 1), *at(keys_, i)));
    }

    std::identity same_;
    held_callable<Equal, std::iter_reference_t<K>, std::iter_reference_t<K>> equal_;
    combine_call<T, Op> op_;
    combining_step<T, Op, std::identity, I> sum_;
    const K keys_;
};

/// What values are combined to: what is written, if that can be known.
template <class I, class O>
struct reduced_value {
    using type = std::iter_value_t<I>;
};
template <class I, std::indirectly_readable O>
struct reduced_value<I, O> {
    using type = std::iter_value_t<O>;
};

template <class Equal, class Op, class T, class K, class I, class KeysOut, class ValuesOut>
concept reduces_by_key = relation_of<Equal, K> && accumulates<Op, T, std::iter_reference_t<I>> &&
                         std::convertible_to<std::iter_reference_t<I>, T> &&
                         output_of<KeysOut, std::iter_reference_t<K>> && output_of<ValuesOut, T>;

struct reduce_by_key_function {
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
            return {at(keys_out, runs), at(values_out, runs)};
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
        runs all = parallel_scan(
            policy, std::uint64_t{0}, size, runs{0, {}},
            [&](std::uint64_t lo, std::uint64_t hi) { return step.count(lo, hi); },
            [&](std::uint64_t lo, std::uint64_t hi, runs before) {
                return step.write(lo, hi, std::move(before), keys_out, values_out);
            },
            [&](runs left, runs right) { return step.combined(std::move(left), std::move(right)); });
        if (all.last) *at(values_out, all.begun - 1) = std::move(*all.last);
        return all.begun;
    }
    template <class T, class K, class S, class I, class KeysOut, class ValuesOut, class Equal, class Op>
    static std::pair<KeysOut, ValuesOut> in_order(K keys, S last, I values, KeysOut keys_out, ValuesOut values_out,
                                                  Equal& equal, Op& op) {
        while (keys != last) {
            std::iter_value_t<K> key(*keys);
            T sum(*values);
            for (++keys, (void)++values; keys != last && std::invoke(equal, key, *keys); ++keys, (void)++values)
                sum = static_cast<T>(std::invoke(op, std::move(sum), *values));
            *keys_out = std::move(key);
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
/// where a value does not convert to T. Throws, blocks, thread safety: as parallel_for. Complexity: work n calls plus one
/// for each segment, span O(log n) and the longest. With par.deterministic(): the same bits at every concurrency.
inline constexpr detail::function_object<detail::segmented_reduce_function> segmented_reduce{};

/// Writes for each run of consecutive equal keys its first key and what its values come to, in their order, grouped in
/// any way. Returns: the ends of what was written. Requires: equal is an equivalence relation; op is associative; it
/// need not be commutative; both are called by several threads. Outputs are not part of the inputs. T is the type that
/// values_out refers to, or else the values'; it is copied, or all is done in order on the calling thread. Throws,
/// blocks, thread safety: as parallel_for; outputs of a call that throws are incomplete. Complexity: work n calls of
/// both, twice as many of what other threads took, span O(log n) and the longest. Memory: a T for each stretch that
/// others took. With par.deterministic(): the same bits at every concurrency.
inline constexpr detail::function_object<detail::reduce_by_key_function> reduce_by_key{};

PEL_NAMESPACE_END
