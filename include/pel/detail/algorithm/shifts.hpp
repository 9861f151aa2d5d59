// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Moves elements along their own range by some distance, in one pass over memory. Source and target overlap, so it
// depends on the distance how that is shared:
//   far: window after window as long as the distance, each of which is a loop that overlaps nothing;
//   near, by moves that cannot throw: in pieces. The elements that one piece reads and its neighbour overwrites, as
//   many as the distance, are set aside before, so that pieces are independent;
//   otherwise, or if there are few elements: in order, by the calling thread.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Of `count` elements, the n-th becomes the one before or after it at `distance`: down, element first[distance + n]
/// goes to first[n]; up, element first[n] to first[distance + n]. Requires: 0 < distance.
template <class Base, bool Down>
class shift {
public:
    shift(const Base& first, std::uint64_t count,
          std::uint64_t distance) noexcept(std::is_nothrow_copy_constructible_v<Base>)
        : first_(first), count_(count), distance_(distance) {}

    /// Throws: what moves throw, then each element is where it was, where it belongs, or moved from; if these do not throw,
    /// `phases` has what cut it short, and all have moved. std::bad_alloc: none has moved.
    template <class Policy>
    void run(complete_phases& phases, const Policy& policy) const {
        if (are_few<written_bytes<Base, value>>(policy, count_)) return move_down_or_up(0, count_);
        const std::uint64_t pieces = count_ / std::max(border_share * std::min(distance_, count_), least);
        if (distance_ >= count_)
            run_window(phases, policy, 0, count_);
        else if (can_set_aside && pieces > 1)
            run_pieces(phases, policy, std::min(pieces, most_pieces));
        else if (distance_ >= least)
            run_windows(phases, policy);
        else
            move_down_or_up(0, count_);
    }

private:
    using value = std::iter_value_t<Base>;
    static constexpr bool can_set_aside =
        std::is_nothrow_move_constructible_v<value> && std::is_nothrow_assignable_v<std::iter_reference_t<Base>, value>;
    static constexpr std::uint64_t border_share = 16; // of a piece, at most this part is set aside
    static constexpr std::uint64_t most_pieces = 256;
    static constexpr std::uint64_t least = std::max<std::uint64_t>(64, 65536 / sizeof(value)); // elements worth sharing

    /// The n-th elements for all n in [lo, hi).
    void move_down_or_up(std::uint64_t lo, std::uint64_t hi) const {
        if constexpr (Down)
            detail::move_elements(nth_of(first_, distance_ + lo), nth_of(first_, distance_ + hi), nth_of(first_, lo));
        else
            detail::move_elements_backward(nth_of(first_, lo), nth_of(first_, hi), nth_of(first_, distance_ + hi));
    }

    /// Elements whose old places are not new ones.
    template <class Policy>
    void run_window(complete_phases& phases, const Policy& policy, std::uint64_t begin, std::uint64_t size) const {
        const auto run = [&](std::uint64_t lo, std::uint64_t hi) { move_down_or_up(begin + lo, begin + hi); };
        if constexpr (can_set_aside)
            phases.run_blocks(policy, size, run, 1, few_bytes / sizeof(value));
        else
            run_blocks(policy, size, run);
    }
    template <class Policy>
    void run_windows(complete_phases& phases, const Policy& policy) const {
        for (std::uint64_t done = 0; done < count_;) {
            const std::uint64_t size = std::min(distance_, count_ - done);
            run_window(phases, policy, Down ? done : count_ - done - size, size);
            done += size;
        }
    }

    // A vector, of anything but bool, destroys what was set aside wherever that ends.
    using aside = std::vector<std::conditional_t<std::is_same_v<value, bool>, unsigned char, value>>;

    template <class Policy>
    void run_pieces(complete_phases& phases, const Policy& policy, std::uint64_t pieces) const {
        if constexpr (can_set_aside) {
            const std::uint64_t piece = count_ / pieces;
            aside borders;
            borders.reserve((pieces - 1) * distance_);
            for (std::uint64_t n = 1; n != pieces; ++n) {
                const Base border = nth_of(first_, n * piece);
                borders.insert(borders.end(), std::make_move_iterator(border),
                               std::make_move_iterator(nth_of(border, distance_)));
            }
            phases.run(policy, pieces, piece, [&](std::uint64_t n) {
                run_piece(n * piece, n + 1 == pieces ? count_ : (n + 1) * piece, n, borders);
            });
        }
    }
    /// The n-th piece is [lo, hi), the n-th border is where it ends.
    void run_piece(std::uint64_t lo, std::uint64_t hi, std::uint64_t n, aside& borders) const {
        const auto move_border = [&](std::uint64_t number, std::uint64_t to) {
            const auto border = nth_of(borders.begin(), number * distance_);
            std::move(border, nth_of(border, distance_), nth_of(first_, to));
        };
        if (Down && hi != count_) {
            move_down_or_up(lo, hi - distance_);
            move_border(n, hi - distance_);
        } else if (!Down && lo != 0) {
            move_down_or_up(lo + distance_, hi);
            move_border(n - 1, lo + distance_);
        } else {
            move_down_or_up(lo, hi);
        }
    }

    const Base first_;
    const std::uint64_t count_, distance_;
};

} // namespace detail
PEL_NAMESPACE_END
