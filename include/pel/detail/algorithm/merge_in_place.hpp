// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merges two neighbouring ranges in place: through a buffer for the shorter one, or, where there is no memory or moves
// may throw, by rotations. However a call ends, all elements are in the range. Of rotations that is plain: comparisons
// come before them. Of the buffer, whose elements leave a gap [out, first2) of as many places in the range:
//   B1  Between two steps the gap has as many places as the buffer has elements. Filling it needs no comparison, so
//       unfinished_merge does that in its destructor.
//   B2  A parallel round writes the next elements of the output, as many as the gap has places, only there, and reads
//       the buffer and what stands behind the gap. So its chunks have nothing in common, once the cuts are known.
//   B3  All cuts of a round are found before anything is moved: a comparison that throws leaves B1. A chunk begins with
//       an unfinished_merge of its inputs and its place, and so is complete whatever happens; chunks that were not
//       begun are then completed by the caller. After each round, complete in that sense, B1 holds again.
//   B4  Neighbouring cuts enclose parts of both ranges that together are as long as the chunk, whatever comparisons say.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/merge_path.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/parallel_for.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A merge of a part of the buffer and a part of the range, to places that are free, or get free as it goes on. When it
/// ends, what is left goes there as it is, and the part of the buffer is destroyed.
template <class Buffered, class I>
struct unfinished_merge {
    merge_rest<Buffered, I, I> rest;
    Buffered begin; // of the objects in the buffer

    explicit unfinished_merge(const merge_rest<Buffered, I, I>& all) noexcept : rest(all), begin(all.first1) {}
    unfinished_merge(const unfinished_merge&) = delete;
    unfinished_merge& operator=(const unfinished_merge&) = delete;
    ~unfinished_merge() {
        rest.out = std::move(rest.first1, rest.last1, rest.out);
        if (rest.out != rest.first2) std::move(rest.first2, rest.last2, rest.out);
        std::destroy(begin, rest.last1);
    }
};

/// A chunk of a round: how much of what is before it comes from the buffer.
struct merge_chunk {
    std::uint64_t of_first = 0;
    bool is_begun = false;
};

/// Calls run(c, true) for each chunk, possibly at the same time; when the loop throws, run(c, false), which does not
/// throw, for those that it has not begun.
template <class Policy, class Run>
void run_chunks_to_the_end(const Policy& policy, merge_chunk* chunks, std::uint64_t count, const Run& run) {
    call_unwinding(
        [&] {
            run_numbers(chunk_policy(policy), count, [&](std::uint64_t c) {
                chunks[c].is_begun = true;
                run(c, true);
            });
        },
        [&] {
            for (std::uint64_t c = 0; c != count; ++c) {
                if (!chunks[c].is_begun) run(c, false);
            }
        });
}

/// Merges [first, middle), the shorter range, with [middle, last). Requires: moves do not throw.
template <class Policy, class I, class Buffered, class Order>
class buffered_merge {
public:
    /// `room`: for all elements of the first range.
    buffered_merge(const Policy& policy, const Order& order, I first, I middle, I last, Buffered room)
        : policy_(policy), order_(order), first_(first), middle_(middle), last_(last), room_(room) {}

    void run() {
        if constexpr (is_shared<Policy, I>) {
            items_ = grain_of(policy_) != 0 ? grain_of(policy_) : 1024;
            const std::uint64_t size = size_of(first_, middle_);
            if (size / 2 >= items_) chunks_.reset(new (std::nothrow) merge_chunk[size / items_ + 2]);
            if (chunks_ != nullptr) return run_rounds(size);
        }
        const Buffered end = std::uninitialized_move(first_, middle_, room_);
        unfinished_merge<Buffered, I> all({room_, end, middle_, last_, first_});
        finish(all);
    }

private:
    using unfinished = unfinished_merge<Buffered, I>;

    void finish(unfinished& all) const {
        const Order order = order_; // in registers
        (void)merge_until_empty<chosen_like_words<Buffered, I>>(all.rest, ~std::uint64_t{0}, order, moved_element());
    }

    void run_rounds(std::uint64_t size) {
        // From here on the buffer counts as full; the next loop sees to it in any case.
        unfinished all({room_, nth_of(room_, size), middle_, last_, first_});
        run_chunks_to_the_end(policy_, chunks_.get(), count(size), [&](std::uint64_t c, bool) {
            std::uninitialized_move(nth_of(first_, begin(c)), nth_of(first_, end(c, size)), nth_of(room_, begin(c)));
        });
        while (size_of(all.rest.first1, all.rest.last1) / 2 >= items_) run_round(all);
        finish(all);
    }
    /// Fills the gap, and leaves another: as many places as elements of the second range went into this one.
    void run_round(unfinished& all) const {
        const merge_rest<Buffered, I, I> from = all.rest;
        const std::uint64_t gap = size_of(from.first1, from.last1);
        const merge_path<Buffered, I, Order> path{from.first1, gap, from.first2, size_of(from.first2, from.last2),
                                                  order_};
        merge_chunk* const chunks = chunks_.get();
        run_numbers(chunk_policy(policy_), count(gap) + 1, [&](std::uint64_t c) {
            chunks[c] = {path.of_first(c == count(gap) ? gap : begin(c)), false};
        }); // B3
        put_in_order(chunks, gap);
        const std::uint64_t taken = chunks[count(gap)].of_first;
        all.begin = all.rest.first1 = nth_of(from.first1, taken);
        all.rest.first2 = nth_of(from.first2, gap - taken);
        all.rest.out = nth_of(from.out, gap); // true when the next loop is over, in any case
        run_chunks_to_the_end(policy_, chunks, count(gap), [&](std::uint64_t c, bool is_to_be_merged) {
            const std::uint64_t lo = begin(c), hi = end(c, gap);
            const std::uint64_t lo1 = chunks[c].of_first, hi1 = chunks[c + 1].of_first;
            unfinished part({nth_of(from.first1, lo1), nth_of(from.first1, hi1), nth_of(from.first2, lo - lo1),
                             nth_of(from.first2, hi - hi1), nth_of(from.out, lo)});
            if (is_to_be_merged) finish(part);
        });
    }

    /// B4. Cuts of ranges that are in order rise with their places, by no more than these do. Where a NaN is among them, say,
    /// cuts may fall or leap, and chunks would have elements in common. One that fell is raised to the one before: of the
    /// buffer that is in it, of the range it takes less than it did. One that leapt is lowered: it takes less of the buffer
    /// than it did, and of the range what the one before takes.
    void put_in_order(merge_chunk* chunks, std::uint64_t gap) const noexcept {
        for (std::uint64_t c = 0; c != count(gap); ++c) {
            const std::uint64_t before = chunks[c].of_first, places = end(c, gap) - begin(c);
            chunks[c + 1].of_first = std::clamp(chunks[c + 1].of_first, before, before + places);
        }
    }

    std::uint64_t count(std::uint64_t size) const noexcept { return (size - 1) / items_ + 1; }
    std::uint64_t begin(std::uint64_t c) const noexcept { return c * items_; }
    std::uint64_t end(std::uint64_t c, std::uint64_t size) const noexcept { return std::min(size, (c + 1) * items_); }

    const Policy& policy_;
    const Order& order_;
    const I first_, middle_, last_;
    const Buffered room_;
    std::uint64_t items_ = 0; // in a chunk: enough to make up for the search
    std::unique_ptr<merge_chunk[]> chunks_;
};

/// Two neighbouring ranges that are to be merged.
template <class I>
struct neighbours {
    I first{}, middle{}, last{};
    std::uint64_t size1 = 0, size2 = 0;

    bool is_merged() const noexcept { return size1 == 0 || size2 == 0; }
    bool is_pair() const noexcept { return size1 == 1 && size2 == 1; }
};

/// Cuts the longer range in half and the other at the same key, and exchanges what is in the middle. Returns: what is
/// to be merged after that, to the left and to the right. Requires: !is_merged(), !is_pair().
template <class I, class Order>
std::array<neighbours<I>, 2> cut_by_rotation(const neighbours<I>& all, const Order& order) {
    std::uint64_t left1 = all.size1 / 2, left2 = all.size2 / 2;
    I cut1 = all.first, cut2 = all.middle;
    const auto past = [](I first, std::uint64_t n) {
        return std::ranges::next(first, static_cast<std::iter_difference_t<I>>(n));
    };
    if (all.size1 >= all.size2) {
        cut1 = past(all.first, left1);
        left2 = detail::count_leading(all.middle, all.size2, [&](const I& b) { return order.is_second_less(cut1, b); });
        cut2 = past(all.middle, left2);
    } else {
        cut2 = past(all.middle, left2);
        left1 = detail::count_leading(all.first, all.size1, [&](const I& a) { return !order.is_second_less(a, cut2); });
        cut1 = past(all.first, left1);
    }
    const I seam = detail::rotate_elements(cut1, all.middle, cut2);
    return {neighbours<I>{all.first, cut1, seam, left1, left2},
            neighbours<I>{seam, cut2, all.last, all.size1 - left1, all.size2 - left2}};
}

template <class I, class Order>
void merge_by_rotations(neighbours<I> all, const Order& order) {
    while (!all.is_merged() && !all.is_pair()) {
        const auto halves = detail::cut_by_rotation(all, order);
        detail::merge_by_rotations(halves[0], order);
        all = halves[1];
    }
    if (all.is_pair() && order.is_second_less(all.first, all.middle)) detail::swap_elements(all.first, all.middle);
}

/// The same in parallel: cuts what there is to do in two, time and again, and then does it. Complexity: O(n log n)
/// moves, span O(n).
template <class Policy, class I, class Order>
void merge_by_rotations(const Policy& policy, const neighbours<I>& all, const Order& order) {
    std::array<neighbours<I>, 128> parts;
    const std::uint64_t least = grain_of(policy) != 0 ? grain_of(policy) : 1024;
    const std::uint64_t most_parts = std::min<std::uint64_t>(parts.size(), (all.size1 + all.size2) / least);
    std::uint64_t count = 1;
    parts[0] = all;
    for (; count * 2 <= most_parts; count *= 2) {
        run_numbers(chunk_policy(policy), count, [&](std::uint64_t c) {
            if (parts[c].is_merged() || parts[c].is_pair()) return;
            const auto halves = detail::cut_by_rotation(parts[c], order);
            parts[c] = halves[0];
            parts[c + count] = halves[1];
        });
    }
    run_numbers(chunk_policy(policy), count, [&](std::uint64_t c) { detail::merge_by_rotations(parts[c], order); });
}

/// The order of two ranges that are seen from the back, where the second one comes first.
template <class Order>
struct mirrored_order {
    Order order;

    template <class A, class B>
    PEL_ALWAYS_INLINE bool is_second_less(const A& a, const B& b) const {
        return order.is_second_less(b, a);
    }
};

template <class I>
inline constexpr bool moves_without_throwing = std::is_same_v<std::iter_reference_t<I>, std::iter_value_t<I>&> &&
                                               std::is_nothrow_move_constructible_v<std::iter_value_t<I>> &&
                                               std::is_nothrow_move_assignable_v<std::iter_value_t<I>>;

/// Returns: false if there is no memory; then nothing has happened.
template <class Policy, class I, class Order>
bool try_merge_through_buffer(const Policy& policy, const neighbours<I>& all, const Order& order) {
    using value = std::iter_value_t<I>;
    const scratch_memory<value> room(std::min(all.size1, all.size2));
    if (room.data() == nullptr) return false;
    if (all.size1 <= all.size2) {
        buffered_merge(policy, order, all.first, all.middle, all.last, room.data()).run();
    } else {
        using backwards = std::reverse_iterator<I>;
        const mirrored_order<Order> mirrored{order};
        buffered_merge(policy, mirrored, backwards(all.last), backwards(all.middle), backwards(all.first),
                       std::reverse_iterator(room.data() + all.size2))
            .run();
    }
    return true;
}

template <class Policy, class I, class Order>
void merge_in_place(const Policy& policy, neighbours<I> all, const Order& order) {
    if (all.is_merged()) return;
    // What is in its place already stays there.
    const std::uint64_t leading =
        detail::count_leading(all.first, all.size1, [&](const I& a) { return !order.is_second_less(a, all.middle); });
    std::ranges::advance(all.first, static_cast<std::iter_difference_t<I>>(leading));
    all.size1 -= leading;
    if (all.is_merged()) return;
    const I greatest = std::ranges::prev(all.middle);
    all.size2 =
        detail::count_leading(all.middle, all.size2, [&](const I& b) { return order.is_second_less(greatest, b); });
    all.last = std::ranges::next(all.middle, static_cast<std::iter_difference_t<I>>(all.size2));
    if constexpr (moves_without_throwing<I>) {
        if (detail::try_merge_through_buffer(policy, all, order)) return;
    }
    if constexpr (is_shared<Policy, I> && is_written_apart<I>)
        detail::merge_by_rotations(policy, all, order);
    else
        detail::merge_by_rotations(all, order);
}

} // namespace detail
PEL_NAMESPACE_END
