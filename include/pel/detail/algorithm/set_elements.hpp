// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a set operation takes of the elements on its way (set_path.hpp), one after the other; or, of numbers and other small
// elements, without a branch: which one is less is as good as random, and a jump that nobody can foresee costs more than a
// step. Without it, each step waits for the comparison before it: so two parts of the way are gone in turns.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/foreseen.hpp>
#include <pel/detail/algorithm/gathering.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/detail/algorithm/set_path.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class I, class J, class O, bool TakesSecond>
concept set_output = output_of<O, std::iter_reference_t<I>> && (!TakesSecond || output_of<O, std::iter_reference_t<J>>);

/// Elements that are gathered, as copies of which some are in vain.
template <class I, class J, class O>
inline constexpr bool is_set_gathered =
    is_copied_by_bytes<I, O> && is_copied_by_bytes<J, O> && is_copied_freely<std::iter_value_t<I>>;

/// One step on the way, of which the processor has to foresee nothing.
struct set_step {
    std::uintptr_t is_first, is_second; // 1: that one is less; neither: past one of each. Words, since bytes are packed

    template <class I, class J, class Order>
    PEL_ALWAYS_INLINE static set_step take(I& first1, J& first2, const Order& order) {
        const bool is_first = order.is_first_less(first1, first2), is_second = order.is_second_less(first1, first2);
        first1 += static_cast<std::iter_difference_t<I>>(is_first | !is_second); // both, if it is no order: this one
        first2 += static_cast<std::iter_difference_t<J>>(!is_first);
        return {is_first, is_second};
    }
};

template <class I, class J, class Order>
bool begins_foreseen(const set_part<I, J, Order>& part) {
    I first1 = part.first1;
    J first2 = part.first2;
    const std::uint64_t size1 = size_of(first1, part.last1), size2 = size_of(first2, part.last2);
    return detail::begins_foreseen(size1, size2, size1 + size2, [&] {
        const set_step step = set_step::take(first1, first2, part.order);
        return static_cast<unsigned>(step.is_first + 2 * step.is_second);
    });
}

/// Which elements a set operation takes: see set_operation.
template <bool TakesFirst, bool TakesSecond, bool TakesBoth>
struct set_elements {
    /// Goes all of the way, and writes what is taken.
    template <class I, class S, class J, class T, class O, class Order>
    PEL_ALWAYS_INLINE static void write(I& first1, const S& last1, J& first2, const T& last2, O& out, Order order) {
        while (first1 != last1 && first2 != last2) {
            if (order.is_first_less(first1, first2)) {
                copy_if<TakesFirst>(out, first1);
                ++first1;
            } else if (order.is_second_less(first1, first2)) {
                copy_if<TakesSecond>(out, first2);
                ++first2;
            } else {
                copy_if<TakesBoth>(out, first1);
                ++first1;
                ++first2;
            }
        }
        if constexpr (TakesFirst) copy_all(first1, last1, out);
        if constexpr (TakesSecond) copy_all(first2, last2, out);
    }

    /// The same in a part. Returns: the end of what is written.
    template <class I, class J, class Order, class O>
    static O write_part(const set_part<I, J, Order>& part, O out) {
        I first1 = part.first1;
        J first2 = part.first2;
        write(first1, part.last1, first2, part.last2, out, part.order);
        return out;
    }

    /// The same from a place on, until k elements are behind. Returns: the place there.
    template <class I, class J, class Order, class O>
    static set_place write_until(const set_path<I, J, Order>& path, set_place from, std::uint64_t k, O& out) {
        if constexpr (is_set_gathered<I, J, O>) {
            constexpr std::uint64_t most = 1024;
            scratch_array<std::iter_value_t<I>, most + gathering_spare> copies;
            while (k - from.behind() > most) {
                const set_place to = path.after(from, from.behind() + most);
                const set_part part = path.part(from, to);
                if (detail::begins_foreseen(part))
                    out = write_part(part, std::move(out));
                else
                    out = std::copy_n(copies.data(), gather(path, from, to, copies.data()), std::move(out));
                from = to;
            }
        }
        const set_place to = path.after(from, k);
        out = write_part(path.part(from, to), std::move(out));
        return to;
    }

    /// The same between two places, without jumps. Requires: there is room for all elements between them. Returns: how many
    /// are written.
    template <class I, class J, class Order>
    static std::uint64_t gather(const set_path<I, J, Order>& path, const set_place& from, const set_place& to,
                                std::iter_value_t<I>* copies) {
        const set_place middle = path.between(from, to, from.behind() + (to.behind() - from.behind()) / 2);
        std::iter_value_t<I>* const second = copies + (middle.behind() - from.behind());
        std::iter_value_t<I>*end = copies, *second_end = second;
        write_both(path.part(from, middle), end, path.part(middle, to), second_end);
        end = end == second ? second_end : std::copy(second, second_end, end);
        return size_of(copies, end);
    }

    /// Returns: how many there are in a part.
    template <class I, class J, class Order>
    static std::uint64_t count(const set_part<I, J, Order>& part) {
        const std::uint64_t both = count_pairs(part);
        const std::uint64_t only1 = size_of(part.first1, part.last1) - both;
        const std::uint64_t only2 = size_of(part.first2, part.last2) - both;
        return (TakesFirst ? only1 : 0) + (TakesSecond ? only2 : 0) + (TakesBoth ? both : 0);
    }

    /// Returns: no fewer than may be taken of the elements behind a place. Of ranges that are in order there are no more before
    /// it in the output. Of others, parts that were counted apart need not fit together: the output has no more for all that.
    static constexpr std::uint64_t most(const set_place& place) noexcept {
        if constexpr (TakesFirst)
            return TakesSecond ? place.behind() : place.first;
        else
            return std::min(place.first, place.second);
    }

private:
    /// Goes through two parts in turns, so that a step in one is made while one in the other waits. Copies in vain are no
    /// further than as many as there are elements behind, of which there are fewer than all.
    template <class I, class J, class Order>
    static void write_both(const set_part<I, J, Order>& a, std::iter_value_t<I>*& out_a, const set_part<I, J, Order>& b,
                           std::iter_value_t<I>*& out_b) {
        const Order order = a.order; // in registers, as all that follows
        I a1 = a.first1, b1 = b.first1;
        J a2 = a.first2, b2 = b.first2;
        std::iter_value_t<I>*to_a = out_a, *to_b = out_b;
        for (;;) {
            std::uint64_t sure = std::min({size_of(a1, a.last1), size_of(a2, a.last2), // none runs out before
                                           size_of(b1, b.last1), size_of(b2, b.last2)});
            if (sure == 0) break;
            for (; sure != 0; --sure) {
                copy_one(a1, a2, to_a, order);
                copy_one(b1, b2, to_b, order);
            }
        }
        out_a = write_part<I, J, Order>({a1, a.last1, a2, a.last2, order}, to_a);
        out_b = write_part<I, J, Order>({b1, b.last1, b2, b.last2, order}, to_b);
    }
    /// One step. The copy is made in any case, and counted if it is to be taken.
    template <class I, class J, class Order>
    PEL_ALWAYS_INLINE static void copy_one(I& first1, J& first2, std::iter_value_t<I>*& out, const Order& order) {
        const std::iter_value_t<I>*const one = first1, *const other = first2;
        const set_step step = set_step::take(first1, first2, order);
        *out =
            *(TakesSecond && step.is_second != 0 ? other : one); // addresses are chosen without a branch, numbers not
        out += (TakesFirst & step.is_first) | (TakesSecond & step.is_second) |
               (TakesBoth & (1 ^ (step.is_first | step.is_second)));
    }

    template <bool Takes, class O, class I>
    PEL_ALWAYS_INLINE static void copy_if(O& out, const I& from) {
        if constexpr (Takes) {
            *out = *from;
            ++out;
        }
    }
    template <class I, class S, class O>
    static void copy_all(I& first, const S& last, O& out) {
        if constexpr (std::is_same_v<I, S> && std::contiguous_iterator<I> && std::copyable<O>) {
            out = std::copy(first, last, out);
            first = last;
        } else {
            for (; first != last; ++first, (void)++out) *out = *first;
        }
    }
    template <class I, class J, class Order>
    static std::uint64_t count_pairs(const set_part<I, J, Order>& part) {
        std::uint64_t pairs = 0;
        I first1 = part.first1;
        J first2 = part.first2;
        const Order order = part.order; // in registers
        while (first1 != part.last1 && first2 != part.last2) {
            if (order.is_first_less(first1, first2)) {
                ++first1;
            } else if (order.is_second_less(first1, first2)) {
                ++first2;
            } else {
                ++first1;
                ++first2;
                ++pairs;
            }
        }
        return pairs;
    }
};

/// The copies of what a set operation takes, as gathering has them; an item is an element of either range, in the order of
/// the way.
template <class Kept, class I, class J, class Order, class O>
class set_copies {
public:
    using gathered = std::iter_value_t<I>;
    class items {
    public:
        items(const set_copies& all, const set_place& from, const set_place& to)
            : all_(all), from_(from), to_(to), is_foreseen_(detail::begins_foreseen(part())) {}

        bool is_put_at_once() const noexcept { return is_foreseen_; }
        std::uint64_t put(std::uint64_t rank) const {
            const O begin = nth_of(all_.out_, std::min(rank, Kept::most(from_)));
            return size_of(begin, Kept::write_part(part(), begin));
        }
        std::uint64_t gather(gathered* copies) const {
            if (!is_foreseen_) return Kept::gather(all_.path_, from_, to_, copies);
            return size_of(copies, Kept::write_part(part(), copies));
        }

    private:
        set_part<I, J, Order> part() const { return all_.path_.part(from_, to_); }

        const set_copies& all_;
        const set_place from_, to_;
        const bool is_foreseen_;
    };

    /// Throws: std::bad_alloc.
    set_copies(const set_path<I, J, Order>& path, const O& out)
        : path_(path), out_(out), unit_(gathering_unit(path.ranges.size())), places_(path.ranges.size() / unit_ + 1) {}

    items part(std::uint64_t begin, std::uint64_t end) {
        const set_place from = place_at(begin), to = path_.after(from, end);
        if (end % unit_ == 0) places_[end / unit_].store(word_of(end, to), relaxed);
        return {*this, from, to};
    }
    void put_all(const gathered* copies, std::uint64_t count, std::uint64_t rank) const {
        const set_place end{path_.ranges.size1, path_.ranges.size2};
        std::copy_n(copies, count, nth_of(out_, std::min(rank, Kept::most(end) - count)));
    }

private:
    /// Who took the chunk before this one has looked for its end, as a rule.
    set_place place_at(std::uint64_t k) const {
        const std::uint64_t word = places_[k / unit_].load(relaxed);
        if (word == 0) return path_.at(k);
        const std::uint64_t first = word / 4;
        return {first, k - first - word % 2};
    }
    static std::uint64_t word_of(std::uint64_t k, const set_place& place) noexcept {
        return place.first * 4 + 2 + (k - place.behind());
    }

    const set_path<I, J, Order>& path_;
    const O& out_;
    const std::uint64_t unit_;
    // Where units begin: {elements of the first range that are behind:62, is known:1, one less than k is behind:1}. All that
    // a word says is in it.
    std::vector<atomic<std::uint64_t>> places_;
};

} // namespace detail
PEL_NAMESPACE_END
