// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a stretch of a range comes to whose parts are reduced one by one: it may begin and end inside of one.
// Source: D. Merrill, M. Garland, "Merge-based parallel sparse matrix-vector multiplication", 2016: values and the ends
// of segments are items alike, so that many empty segments are shared as well.
#pragma once

#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
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
    std::uint64_t offset(std::uint64_t n) const { return static_cast<std::uint64_t>(*nth_of(offsets_, n)); }

    const J offsets_;
    const std::uint64_t segments_, begin_;
};

/// What a stretch of items comes to. Segments that begin and end in it are not part of that any more.
template <class T>
struct cut_segments {
    std::uint64_t first, last; // the segments it begins and ends in
    maybe<T> head;             // of the first, if that has ended
    maybe<T> tail;             // of the last
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
                *nth_of(out_, cut.last) = n == 0 ? T(init_) : sum_(from, from + n, T(init_));
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
    void write(std::uint64_t segment, maybe<T> sum) const {
        *nth_of(out_, segment) = sum ? op_(T(init_), std::move(*sum)) : T(init_);
    }

private:
    void add(maybe<T>& tail, std::uint64_t from, std::uint64_t end) const {
        if (tail)
            tail.emplace(sum_(from, end, T(std::move(*tail))));
        else
            tail.emplace(sum_(from, end));
    }
    void join(maybe<T>& left, maybe<T> right) const {
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

/// The runs of equal keys in a stretch, or from the begin to somewhere.
template <class T>
struct key_runs {
    std::uint64_t begun;
    maybe<T> last; // what the last one comes to
};

template <class T, class Equal, class Op, class K, class I>
class key_runs_step {
public:
    key_runs_step(Equal& equal, Op& op, const K& keys, const I& values)
        : equal_(equal), op_{op}, sum_(op, same_, values), keys_(keys), values_(values) {}

    /// Without a jump for each run, which nobody can foresee: it counts by blocks, and looks for the last run in the last
    /// block that has one.
    key_runs<T> count(std::uint64_t lo, std::uint64_t hi) const {
        constexpr std::uint64_t block = 32;
        std::uint64_t begun = lo == 0 ? 1 : 0, last = lo;
        for (std::uint64_t at = lo + begun; at < hi; at += block) {
            const std::uint64_t end = std::min(at + block, hi);
            std::uint64_t here = 0;
            for (std::uint64_t i = at; i != end; ++i) here += begins_inside(i) ? 1 : 0;
            begun += here;
            if (here != 0) last = end - 1;
        }
        while (last != lo && !begins_inside(last)) --last;
        return {begun, maybe<T>(sum_(last, hi))};
    }
    template <class KeysOut, class ValuesOut>
    key_runs<T> write(std::uint64_t lo, std::uint64_t hi, key_runs<T> before, const KeysOut& keys_out,
                      const ValuesOut& values_out) const {
        if (lo == hi) return before;
        const bool is_new = begins(lo);
        if (is_new && before.last) *nth_of(values_out, before.begun - 1) = std::move(*before.last);
        if (is_new) *nth_of(keys_out, before.begun++) = *nth_of(keys_, lo);
        T sum = is_new ? static_cast<T>(*nth_of(values_, lo)) : with(std::move(*before.last), *nth_of(values_, lo));
        auto key = nth_of(keys_out, before.begun);
        auto value = nth_of(values_out, before.begun - 1);
        while (++lo != hi) {
            if (begins_inside(lo)) {
                *value = std::move(sum);
                ++value;
                *key = *nth_of(keys_, lo);
                ++key;
                sum = static_cast<T>(*nth_of(values_, lo));
            } else {
                sum = with(std::move(sum), *nth_of(values_, lo));
            }
        }
        return {size_of(keys_out, key), maybe<T>(std::move(sum))};
    }
    key_runs<T> combined(key_runs<T> left, key_runs<T> right) const {
        if (right.begun == 0 && left.last) right.last.emplace(op_(std::move(*left.last), std::move(*right.last)));
        right.begun += left.begun;
        return right;
    }

private:
    bool begins(std::uint64_t i) const { return i == 0 || begins_inside(i); }
    PEL_ALWAYS_INLINE bool begins_inside(std::uint64_t i) const {
        return !static_cast<bool>(std::invoke(equal_, *nth_of(keys_, i - 1), *nth_of(keys_, i)));
    }
    template <class Value>
    PEL_ALWAYS_INLINE T with(T sum, Value&& value) const {
        return static_cast<T>(std::invoke(op_.op, std::move(sum), std::forward<Value>(value)));
    }

    std::identity same_;
    held_callable<Equal, std::iter_reference_t<K>, std::iter_reference_t<K>> equal_;
    combine_call<T, Op> op_;
    combining_step<T, Op, std::identity, I> sum_;
    const K keys_;
    const I values_;
};

} // namespace detail
PEL_NAMESPACE_END
