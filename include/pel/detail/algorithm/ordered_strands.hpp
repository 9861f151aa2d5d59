// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What reductions and folds keep while parallel_ranges() runs them: the value of a stretch of the range, or, where the
// grouping must not depend on who ran what, the nodes of a fixed tree over chunks of fixed size.
//   Step: step(lo, hi) -> T, the value of these items; step(lo, hi, T before) -> T, of them after what came before.
//   each strand belongs to the thread that runs it; join() to the thread that is handed the other.
// I1  A strand's value is that of [begin, end), without a gap. After an exception end is `lost`, and nothing is
//     combined with it any more, neither what was moved from nor what does not follow: nobody asks for the value.
#pragma once

#include <pel/detail/algorithm/fixed_chunks.hpp>

#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
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
    /// `before`: what stands to the left of the range, or nothing.
    value_strand(Step& step, Combine& combine, std::optional<T> before)
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
    value_strand(Step& step, Combine& combine) noexcept : step_(step), combine_(combine) {}

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

    void run(std::uint64_t lo, std::uint64_t hi) {
        bounds_.extend(lo, hi, [&] {
            while (lo != hi) {
                if (lo % 8 == 0 && hi - lo >= 8) {
                    add(lo, 3, node_of<3>(lo));
                    lo += 8;
                } else {
                    add(lo, 0, leaf(lo));
                    ++lo;
                }
            }
        });
    }
    tree_strand split() const { return tree_strand(step_, combine_, chunks_); }
    void join(tree_strand&& next) {
        bounds_.append(next.bounds_, [&] {
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
        T value = take_last();
        while (!nodes_.empty()) value = combined(take_last(), std::move(value));
        return value;
    }

private:
    struct node {
        T value;
        unsigned level;
    };

    // Not inlined: copies of the caller's code at several places could round differently, as the compiler is free to
    // fuse a multiplication with one or the other addition, and then who ran a chunk would matter.
    PEL_NOINLINE T leaf(std::uint64_t number) { return step_(chunks_.begin(number), chunks_.end(number)); }
    PEL_NOINLINE T combined(T left, T right) { return std::invoke(combine_, std::move(left), std::move(right)); }

    /// Returns: the node over 2^level chunks, without a place in between for others to look at.
    template <unsigned Level>
    T node_of(std::uint64_t begin) {
        if constexpr (Level == 0) {
            return leaf(begin);
        } else {
            T left = node_of<Level - 1>(begin);
            T right = node_of<Level - 1>(begin + (std::uint64_t{1} << (Level - 1)));
            return combined(std::move(left), std::move(right));
        }
    }

    /// Adds a node that begins with chunk `begin`, and makes those that are now complete.
    void add(std::uint64_t begin, unsigned level, T value) {
        while ((begin >> level & 1) != 0 && !nodes_.empty() && nodes_.back().level == level) {
            value = combined(take_last(), std::move(value));
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
};

} // namespace detail
PEL_NAMESPACE_END
