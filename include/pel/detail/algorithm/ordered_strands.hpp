// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What reductions and folds keep while parallel_ranges() runs them: the value of a stretch of the range, or, where the
// grouping must not depend on who ran what, the nodes of a fixed tree over chunks of fixed size.
//   Step: step(lo, hi) -> T, the value of these items; step(lo, hi, T before) -> T, of them after what came before.
//   each strand belongs to the thread that runs it; join() to the thread that is handed the other.
// I1  A strand's value is that of [begin, end), without a gap. After an exception end is `lost`, and nothing is
//     combined with it any more, neither what was moved from nor what does not follow: nobody asks for the value.
#pragma once

#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/platform/opaque.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The bounds of what a strand has run.
class stretch {
public:
    stretch() noexcept = default;
    explicit stretch(std::uint64_t begin) noexcept : begin_(begin), end_(begin) {}

    std::uint64_t begin() const noexcept { return begin_; }

    /// run() makes [lo, hi) part of the value; it may throw.
    template <class Run>
    PEL_ALWAYS_INLINE void extend(std::uint64_t lo, std::uint64_t hi, const Run& run) {
        if (begin_ == lost) begin_ = lo;
        end_ = lost;
        run();
        end_ = hi;
    }
    /// join() makes `next` part of the value, and is called if both are whole and next to each other; it may throw.
    template <class Join>
    void append(const stretch& next, const Join& join) {
        const bool fits = end_ != lost && next.end_ != lost && next.begin_ == end_;
        end_ = lost;
        if (!fits) return;
        join();
        end_ = next.end_;
    }

private:
    static constexpr std::uint64_t lost = ~std::uint64_t{0};
    std::uint64_t begin_ = lost, end_ = lost;
};

/// One value, which each range that is run is added to.
template <class T, class Step, class Combine>
class value_strand {
public:
    value_strand(Step& step, Combine& combine) noexcept : step_(step), combine_(combine) {}
    /// `before`: what stands to the left of the range.
    value_strand(Step& step, Combine& combine, T before)
        : step_(step), combine_(combine), value_(std::move(before)), bounds_(0) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        bounds_.extend(lo, hi, [&] {
            if (!value_) {
                value_.emplace(step_(lo, hi));
            } else {
                T before = take();
                value_.emplace(step_(lo, hi, std::move(before)));
            }
        });
    }
    value_strand split() const { return value_strand(step_, combine_); }
    void join(value_strand&& next) {
        bounds_.append(next.bounds_, [&] {
            T before = take();
            value_.emplace(std::invoke(combine_, std::move(before), std::move(*next.value_)));
        });
    }
    T take() {
        T taken = std::move(*value_);
        value_.reset();
        return taken;
    }

private:
    Step& step_;
    Combine& combine_;
    std::optional<T> value_;
    stretch bounds_;
};

/// Runs chunks, numbers 0, 1, …, of a fixed size, and combines them in the binary tree whose node of level k, number j
/// is chunks [j × 2^k, (j + 1) × 2^k): of a strand's chunks all nodes are made that have both halves, which leaves at
/// most two of each level. A tree that is not full ends with one node of some levels, which are combined from the
/// right.
template <class T, class Step, class Combine>
class tree_strand {
public:
    tree_strand(Step& step, Combine& combine, const fixed_chunks& chunks)
        : step_(step), combine_(combine), chunks_(chunks) {}
    tree_strand(tree_strand&& other) noexcept
        : step_(other.step_), combine_(other.combine_), chunks_(other.chunks_), nodes_(std::move(other.nodes_)),
          bounds_(other.bounds_), kept_begin_(other.kept_begin_), kept_end_(other.kept_end_) {
        if constexpr (are_numbers) {
            for (std::uint64_t i = kept_begin_; i != kept_end_; ++i) kept_[i % most_kept] = other.kept_[i % most_kept];
        }
    }

    void run(std::uint64_t lo, std::uint64_t hi) {
        bounds_.extend(lo, hi, [&] {
            if constexpr (are_numbers)
                keep_leaves(lo, hi);
            else
                add_nodes(lo, hi, [&](std::uint64_t begin, unsigned level) { return made_of_halves(begin, level); });
        });
    }
    tree_strand split() const { return tree_strand(step_, combine_, chunks_); }
    void join(tree_strand&& next) {
        bounds_.append(next.bounds_, [&] {
            add_kept();
            next.add_kept();
            std::uint64_t begin = next.bounds_.begin();
            for (node& each : next.nodes_) {
                const std::uint64_t chunks = std::uint64_t{1} << each.level;
                add(begin, each.level, std::move(each.value));
                begin += chunks;
            }
        });
    }
    /// Requires: something was run.
    T take() {
        if constexpr (are_numbers) { // the same grouping without a list, if all chunks are kept
            if (nodes_.empty() && kept_begin_ == 0) return take_kept();
        }
        add_kept();
        T value = take_last();
        while (!nodes_.empty()) value = pair(take_last(), std::move(value));
        return value;
    }

private:
    struct node {
        T value;
        unsigned level;
    };

    // Of numbers, chunks are computed one after the other and kept, up to 64, and combined when the next one, or no more, come.
    static constexpr bool are_numbers = std::is_arithmetic_v<T>;
    static constexpr unsigned highest_level = are_numbers ? 6 : 3; // of nodes that are made at once
    static constexpr std::uint64_t most_kept = std::uint64_t{1} << highest_level;

    // Not inlined, and each chunk from a number that the compiler does not know: copies of the caller's code at several
    // places could round differently, as it is free to fuse a multiplication with one or the other addition, and then who
    // ran a chunk would matter.
    PEL_NOINLINE T leaf(std::uint64_t number) {
        make_opaque(number);
        return step_(chunks_.begin(number), chunks_.end(number));
    }
    PEL_NOINLINE void make_leaves(T* values, std::uint64_t first, std::uint64_t end) {
        const std::uint64_t whole = std::min(end, chunks_.whole());
        // The usual chunks of short ranges have code of their own: there the loop over a chunk takes longer than its items.
        switch (chunks_.items()) {
        case 1: values = make_whole<1>(values, first, whole); break;
        case 4: values = make_whole<4>(values, first, whole); break;
        case 8: values = make_whole<8>(values, first, whole); break;
        case 16: values = make_whole<16>(values, first, whole); break;
        default: break;
        }
        for (; first < end; ++first) {
            make_opaque(first);
            *values++ = step_(chunks_.begin(first), chunks_.end(first));
        }
    }
    template <std::uint64_t Items>
    PEL_ALWAYS_INLINE T* make_whole(T* values, std::uint64_t& first, std::uint64_t end) {
        for (; first < end; ++first) {
            make_opaque(first);
            *values++ = step_(first * Items, first * Items + Items);
        }
        return values;
    }
    PEL_NOINLINE T combined(T left, T right) { return std::invoke(combine_, std::move(left), std::move(right)); }
    PEL_NOINLINE T combined_pairwise(T* values, std::uint64_t count) {
        while (count != 1) {
            count /= 2;
            for (std::uint64_t i = 0; i != count; ++i) {
                make_opaque(i);
                values[i] = static_cast<T>(std::invoke(combine_, T(values[2 * i]), T(values[2 * i + 1])));
            }
        }
        return *values;
    }
    T pair(T left, T right) {
        if constexpr (are_numbers) {
            T both[] = {left, right};
            return combined_pairwise(both, 2);
        } else {
            return combined(std::move(left), std::move(right));
        }
    }

    void keep_leaves(std::uint64_t lo, std::uint64_t hi) {
        while (lo != hi) {
            if (lo % most_kept == 0) add_kept();
            if (kept_begin_ == kept_end_) kept_begin_ = lo;
            kept_end_ = std::min(hi, (lo | (most_kept - 1)) + 1);
            make_leaves(&kept_[lo % most_kept], lo, kept_end_);
            lo = kept_end_;
        }
    }
    void add_kept() {
        if constexpr (are_numbers) {
            add_nodes(std::exchange(kept_begin_, kept_end_), kept_end_, [&](std::uint64_t begin, unsigned level) {
                return combined_pairwise(&kept_[begin % most_kept], std::uint64_t{1} << level);
            });
        }
    }
    /// Requires: chunks [0, kept_end_) are all kept. Returns: their value, which leaves none.
    T take_kept() {
        T value = take_kept_node();
        while (kept_end_ != 0) value = pair(take_kept_node(), value);
        return value;
    }
    /// The last node: of as many chunks as the lowest bit of their number says.
    T take_kept_node() {
        const std::uint64_t chunks = kept_end_ & (0 - kept_end_);
        kept_end_ -= chunks;
        return combined_pairwise(&kept_[kept_end_], chunks);
    }
    T made_of_halves(std::uint64_t begin, unsigned level) {
        if (level == 0) return leaf(begin);
        T left = made_of_halves(begin, level - 1);
        T right = made_of_halves(begin + (std::uint64_t{1} << (level - 1)), level - 1);
        return combined(std::move(left), std::move(right));
    }
    /// Adds nodes over [lo, hi), the largest that begin where they may; make(begin, level) returns one of 2^level chunks.
    template <class Make>
    void add_nodes(std::uint64_t lo, std::uint64_t hi, const Make& make) {
        while (lo != hi) {
            const auto whole = static_cast<unsigned>(std::countr_zero(lo));
            const auto rest = static_cast<unsigned>(std::bit_width(hi - lo)) - 1;
            const unsigned level = std::min({whole, rest, highest_level});
            add(lo, level, make(lo, level));
            lo += std::uint64_t{1} << level;
        }
    }

    /// Adds a node that begins with chunk `begin`, and makes those that are now complete.
    void add(std::uint64_t begin, unsigned level, T value) {
        while ((begin >> level & 1) != 0 && !nodes_.empty() && nodes_.back().level == level) {
            value = pair(take_last(), std::move(value));
            begin -= std::uint64_t{1} << level++;
        }
        if (nodes_.capacity() == 0) nodes_.reserve(static_cast<std::size_t>(std::bit_width(chunks_.count())) + 1);
        nodes_.push_back(node{std::move(value), level});
    }
    T take_last() {
        T value = std::move(nodes_.back().value);
        nodes_.pop_back();
        return value;
    }

    Step& step_;
    Combine& combine_;
    const fixed_chunks chunks_;
    std::vector<node> nodes_;
    stretch bounds_;
    std::uint64_t kept_begin_ = 0, kept_end_ = 0; // chunks whose values are kept, from one block of 64 or part of it
    std::conditional_t<are_numbers, std::array<T, most_kept>, std::monostate> kept_;
};

} // namespace detail
PEL_NAMESPACE_END
