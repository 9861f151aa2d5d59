// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// partition, stable_partition. Source: [alg.partitions].
#pragma once

#include <pel/algorithm/copy_if.hpp>
#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/insertion_sort.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/detail/algorithm/selection.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

/// All elements to scratch memory, the selected ones to its front.
template <class Base>
struct move_parted {
    Base from;
    std::iter_value_t<Base>*to, *others;

    PEL_ALWAYS_INLINE void put(std::uint64_t n, std::uint64_t rank) const {
        std::construct_at(to + rank, std::ranges::iter_move(nth_of(from, n)));
    }
    PEL_ALWAYS_INLINE void skip(std::uint64_t n, std::uint64_t rank) const {
        std::construct_at(others + rank, std::ranges::iter_move(nth_of(from, n)));
    }
};

/// Brings the selected elements among those that judgements [lo, hi) are about to the front of these, by rotations.
/// Returns: how many are selected.
template <class Base>
std::uint64_t part_in_place(Base first, const std::vector<judged_items>& judged, std::size_t lo, std::size_t hi) {
    const std::uint64_t begin = judged[lo].begin;
    std::uint64_t selected = 0;
    if (hi - lo == 1) {
        for (std::uint64_t left = judged[lo].bits; left != 0; left &= left - 1) {
            const Base from = nth_of(first, begin + static_cast<unsigned>(std::countr_zero(left)));
            detail::rotate_elements(nth_of(first, begin + selected++), from, from + 1);
        }
        return selected;
    }
    const std::size_t middle = lo + (hi - lo) / 2;
    selected = detail::part_in_place(first, judged, lo, middle);
    const std::uint64_t more = detail::part_in_place(first, judged, middle, hi);
    const std::uint64_t border = judged[middle].begin;
    detail::rotate_elements(nth_of(first, begin + selected), nth_of(first, border), nth_of(first, border + more));
    return selected + more;
}

/// Brings the selected elements to the front, all in their order. Returns: how many are selected.
template <class Policy, class Base, class Judge>
std::uint64_t part_stably(const Policy& policy, Base first, std::uint64_t size, const Judge& judge) {
    constexpr std::uint64_t chunk = 1 << 12;
    using value = std::iter_value_t<Base>;
    const std::vector<judged_items> judged = detail::judge_all(policy, size, judge);
    const std::uint64_t selected = detail::selected_in(judged);
    if (selected == 0 || selected == size) return selected;
    if constexpr (moves_safely<Base>) {
        const scratch_memory<value> scratch(size);
        if (scratch.data() != nullptr) {
            const move_parted<Base> move{first, scratch.data(), scratch.data() + selected};
            complete_phases phases;
            phases.run(policy, judged.size(), 64, [&](std::uint64_t each) { detail::put_items(move, judged[each]); });
            phases.run(policy, (size + chunk - 1) / chunk, chunk, [&](std::uint64_t each) {
                value* const from = scratch.data() + each * chunk;
                value* const end = scratch.data() + std::min(size, (each + 1) * chunk);
                std::move(from, end, nth_of(first, each * chunk));
                std::destroy(from, end);
            });
            phases.rethrow();
            return selected;
        }
    }
    detail::part_in_place(first, judged, 0, judged.size());
    return selected;
}

/// The elements that are on the wrong side of the border, by their rank among those of their side.
class misplaced_items {
public:
    /// The `wrong` ones among the judged items in [lo, hi).
    misplaced_items(const std::vector<judged_items>& judged, std::uint64_t lo, std::uint64_t hi, bool wrong) {
        std::uint64_t before = 0;
        const auto first = std::ranges::upper_bound(judged, lo, {}, &judged_items::begin);
        const auto last = std::ranges::lower_bound(judged, hi, {}, &judged_items::begin);
        if (lo == hi) return;
        items_.reserve(static_cast<std::size_t>(last - first) + 1);
        for (const judged_items& items : std::ranges::subrange(first - 1, last)) {
            const std::uint64_t end = items.begin + items.count;
            std::uint64_t bits = wrong ? items.bits : ~items.bits;
            if (items.count != 64) bits &= (std::uint64_t{1} << items.count) - 1;
            if (items.begin < lo) bits &= ~std::uint64_t{0} << (lo - items.begin);
            if (end > hi) bits &= (std::uint64_t{1} << (hi - items.begin)) - 1;
            if (bits == 0) continue;
            items_.push_back({items.begin, before, bits, items.count});
            before += static_cast<unsigned>(std::popcount(bits));
        }
        count_ = before;
    }
    std::uint64_t count() const noexcept { return count_; }

    /// Goes through them from one rank on.
    class cursor {
    public:
        cursor(const misplaced_items& all, std::uint64_t rank)
            : items_(std::upper_bound(all.items_.begin(), all.items_.end(), rank,
                                      [](std::uint64_t r, const judged_items& items) { return r < items.before; }) -
                     1),
              left_(items_->bits) {
            for (std::uint64_t skip = rank - items_->before; skip != 0; --skip) left_ &= left_ - 1;
        }
        std::uint64_t next() {
            if (left_ == 0) left_ = (++items_)->bits;
            const std::uint64_t n = items_->begin + static_cast<unsigned>(std::countr_zero(left_));
            left_ &= left_ - 1;
            return n;
        }

    private:
        std::vector<judged_items>::const_iterator items_;
        std::uint64_t left_;
    };

private:
    std::vector<judged_items> items_;
    std::uint64_t count_ = 0;
};

/// Brings the selected elements to the front: those on the wrong side change places. Returns: how many are selected.
template <class Policy, class Base, class Judge>
std::uint64_t part(const Policy& policy, Base first, std::uint64_t size, const Judge& judge) {
    constexpr std::uint64_t chunk = 1 << 10;
    const std::vector<judged_items> judged = detail::judge_all(policy, size, judge);
    const std::uint64_t selected = detail::selected_in(judged);
    const misplaced_items left(judged, 0, selected, false);
    const misplaced_items right(judged, selected, size, true);
    run_numbers(block_policy(policy, chunk), (left.count() + chunk - 1) / chunk, [&](std::uint64_t each) {
        const std::uint64_t end = std::min(left.count(), (each + 1) * chunk);
        misplaced_items::cursor from_left(left, each * chunk);
        misplaced_items::cursor from_right(right, each * chunk);
        for (std::uint64_t rank = each * chunk; rank < end; ++rank)
            std::ranges::iter_swap(nth_of(first, from_left.next()), nth_of(first, from_right.next()));
    });
    return selected;
}

/// The same for elements without numbers. Returns: where those begin that are not wanted. Work: O(n log n) swaps.
template <class Iterator, class IsWanted>
Iterator part_by_rotations(Iterator first, Iterator last, std::iter_difference_t<Iterator> size,
                           const IsWanted& is_wanted) {
    if (size == 0) return first;
    if (size == 1) return is_wanted(first) ? last : first;
    const Iterator middle = std::ranges::next(first, size / 2);
    const Iterator left = detail::part_by_rotations(first, middle, size / 2, is_wanted);
    const Iterator right = detail::part_by_rotations(middle, last, size - size / 2, is_wanted);
    return detail::rotate_elements(left, middle, right);
}

struct partition_function : by_predicate_in_place<partition_function> {
    template <class I>
    static constexpr bool can_rearrange = swapped_with<I, I>;

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::partition: takes ([policy], range, predicate, [projection]) or "
                                           "([policy], first, last, predicate), of elements that can be swapped");
        return {};
    }

    template <class Policy, class I, class S, class F, class P>
    static I run(const Policy& policy, I first, S last, F& predicate, P projection) {
        const element_test<true, F, P, I> test{predicate, projection};
        if constexpr (is_rearranged_here<Policy, I>) {
            const std::uint64_t size = size_of(first, last);
            const auto base = base_of(first);
            const element_judge judge{base, test};
            return nth_of(first, detail::part(writing_policy<I>(policy), base, size, judge));
        } else {
            const I end = std::ranges::next(first, last);
            return std::partition(std::move(first), end, test);
        }
    }
};

struct stable_partition_function : by_predicate_in_place<stable_partition_function> {
    template <class I>
    static constexpr bool can_rearrange = rearrangeable<I>;

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::stable_partition: takes ([policy], range, predicate, [projection]) or "
                                           "([policy], first, last, predicate), of elements that can be moved");
        return {};
    }

    template <class Policy, class I, class S, class F, class P>
    static I run(const Policy& policy, I first, S last, F& predicate, P projection) {
        const element_test<true, F, P, I> test{predicate, projection};
        if constexpr (std::random_access_iterator<I> && is_written_apart<I>) {
            const std::uint64_t size = size_of(first, last);
            const auto base = base_of(first);
            const element_judge judge{base, test};
            return nth_of(first, detail::part_stably(policy, base, size, judge));
        } else {
            const auto is_wanted = [&test](const I& place) { return test(*place); };
            return detail::part_by_rotations(first, std::ranges::next(first, last), std::ranges::distance(first, last),
                                             is_wanted);
        }
    }
};

} // namespace detail

/// Brings the elements for which predicate(element) holds to the front; the same order for any number of threads.
/// Returns: as std. Throws: std::bad_alloc: then nothing has moved; what predicate throws: likewise, or some have if
/// they are looked at in order, with pel::seq, in a list, or as bits; operation_cancelled: then all elements are there,
/// in some order. Blocks. Complexity: work n calls of predicate, n / 2 swaps at most, span O(n / 64). Memory: half a
/// byte to one and a half for each element.
inline constexpr detail::function_object<detail::partition_function> partition{};

/// The same, and both parts keep their order. Memory: n elements besides, where they can be had and moves do not throw;
/// else it moves elements on one thread.
inline constexpr detail::function_object<detail::stable_partition_function> stable_partition{};

PEL_NAMESPACE_END
