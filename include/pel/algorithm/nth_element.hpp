// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parts of a sorted order: nth_element, partial_sort, partial_sort_copy; kth_smallest and top_k, which leave the range as
// it is. Source: [alg.nth.element], [partial.sort], [partial.sort.copy]; R. Floyd, R. Rivest, "Expected Time Bounds for
// Selection", 1975.
#pragma once

#include <pel/algorithm/partition.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/detail/algorithm/bits.hpp>
#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/few_elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/item_numbers.hpp>
#include <pel/detail/algorithm/ordering_overloads.hpp>
#include <pel/detail/algorithm/selection.hpp>
#include <pel/parallel_reduce.hpp>

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <ranges>
#include <stdexcept>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Of a sample of [0, size), about the element that has `rank` smaller ones, or one on that side of it where fewer are.
template <class Base, class Less>
Base sampled_pivot(Base first, std::uint64_t size, std::uint64_t rank, const Less& less) {
    constexpr std::uint64_t samples = 1024, margin = 48; // one and a half times the standard deviation
    std::vector<Base> sample;
    sample.reserve(samples);
    for (std::uint64_t each = 0; each < samples; ++each)
        sample.push_back(nth_of(first, each * (size / samples) + (each * 40503U) % (size / samples)));
    detail::quick_sort(sample.data(), sample.data() + samples,
                       [&](const Base& a, const Base& b) { return less(*a, *b); });
    std::uint64_t chosen = rank / (size / samples);
    chosen = rank < size / 2 ? chosen + margin : chosen - std::min(chosen, margin);
    return sample[std::min(chosen, samples - 1)];
}

template <class Policy, class Base, class Less>
void select_nth(const Policy& policy, Base first, std::uint64_t size, std::uint64_t nth, const Less& less) {
    constexpr std::uint64_t few = 1 << 15;
    // As many rounds as halve it: comparisons that have it otherwise are left to quick_select(), which ends well with any.
    for (auto rounds = std::bit_width(size); size > few && rounds != 0; --rounds) {
        const Base pivot = detail::sampled_pivot(first, size, nth, less);
        const std::uint64_t lower =
            detail::part(policy, first, size, [&](std::uint64_t n) { return less(*nth_of(first, n), *pivot); });
        if (nth < lower) {
            size = lower;
            continue;
        }
        first = nth_of(first, lower);
        size -= lower;
        nth -= lower;
        if (lower > (lower + size) / 16) continue;
        // Hardly any was less: many may be equal to the least.
        const Base least = pel::parallel_reduce(
            policy, std::uint64_t{0}, size, first, [&](std::uint64_t n) { return nth_of(first, n); },
            [&](Base a, Base b) { return less(*b, *a) ? b : a; });
        const std::uint64_t equal =
            detail::part(policy, first, size, [&](std::uint64_t n) { return !less(*least, *nth_of(first, n)); });
        if (nth < equal) return;
        first = nth_of(first, equal);
        size -= equal;
        nth -= equal;
    }
    if (size != 0) detail::quick_select(first, nth_of(first, nth), nth_of(first, size), less);
}

struct nth_element_function {
    using default_compare = std::ranges::less;

    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S,
              class C = std::ranges::less, class P = std::identity>
        requires(rearrangeable<I> && relation_of<C, I, I, P> && relation_of_held<C, I, P>)
    I operator()(const Policy& policy, I first, I nth, S last, C compare = {}, P projection = {}) const {
        const std::uint64_t size = size_of(first, last);
        const projected_less<C, P> less{compare, projection};
        const auto rank = static_cast<std::uint64_t>(nth - first);
        detail::rearrange_apart(policy, first, size, [&](const auto& its_policy, auto base) {
            if (rank < size) detail::select_nth(its_policy, base, size, rank, less);
        });
        return nth_of(first, size);
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class C = std::ranges::less,
              class P = std::identity>
        requires(rearrangeable<iterator_of<R>> && relation_of<C, iterator_of<R>, iterator_of<R>, P> &&
                 relation_of_held<C, iterator_of<R>, P>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, iterator_of<R> nth, C compare = {},
                                   P projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), nth, std::ranges::end(range), std::move(compare),
                       std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::nth_element: takes ([policy], range, nth, [compare], [projection]) or "
                                           "([policy], first, nth, last, [compare], [projection]), random access, of "
                                           "elements that can be moved");
        return {};
    }
};

struct partial_sort_function {
    using default_compare = std::ranges::less;

    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S,
              class C = std::ranges::less, class P = std::identity>
        requires(rearrangeable<I> && relation_of<C, I, I, P> && relation_of_held<C, I, P>)
    I operator()(const Policy& policy, I first, I middle, S last, C compare = {}, P projection = {}) const {
        const std::uint64_t size = size_of(first, last);
        const projected_less<C, P> less{compare, projection};
        const auto wanted = static_cast<std::uint64_t>(middle - first);
        detail::rearrange_apart(policy, first, size, [&](const auto& its_policy, auto base) {
            if (wanted != 0 && wanted < size) detail::select_nth(its_policy, base, size, wanted - 1, less);
            sort_function::arrange(its_policy, base, wanted, less);
        });
        return nth_of(first, size);
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class C = std::ranges::less,
              class P = std::identity>
        requires(rearrangeable<iterator_of<R>> && relation_of<C, iterator_of<R>, iterator_of<R>, P> &&
                 relation_of_held<C, iterator_of<R>, P>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, iterator_of<R> middle, C compare = {},
                                   P projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), middle, std::ranges::end(range), std::move(compare),
                       std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::partial_sort: takes ([policy], range, middle, [compare], [projection]) "
                      "or ([policy], first, middle, last, [compare], [projection]), random access, of "
                      "elements that can be moved");
        return {};
    }
};

/// Numbers of elements, compared as these are; of equal ones the first is less.
template <class Base, class Less>
struct less_place {
    Base first;
    const Less& less;

    bool operator()(std::uint64_t a, std::uint64_t b) const {
        if (less(*nth_of(first, a), *nth_of(first, b))) return true;
        return !less(*nth_of(first, b), *nth_of(first, a)) && a < b;
    }
};
template <class Base, class Less>
less_place(Base, const Less&) -> less_place<Base, Less>;

/// Returns: which the `wanted` least elements are, as a stable sort would have them.
template <class Number, class Policy, class Base, class Less>
std::vector<Number> least_places(const Policy& policy, Base first, std::uint64_t size, std::uint64_t wanted,
                                 const Less& less) {
    const less_place before{first, less};
    std::vector<Number> least;
    if (wanted <= size / 64) { // most elements are compared with the worst of these, and forgotten
        const auto offer = [&](std::vector<Number>& heap, Number place) {
            if (heap.size() < wanted) {
                heap.push_back(place);
                std::push_heap(heap.begin(), heap.end(), before);
            } else if (before(place, heap.front())) {
                std::pop_heap(heap.begin(), heap.end(), before);
                heap.back() = place;
                std::push_heap(heap.begin(), heap.end(), before);
            }
        };
        if (wanted == 0) return least;
        least = parallel_fold(
            any_grouping(policy), std::uint64_t{0}, size, [] { return std::vector<Number>(); },
            [&](std::uint64_t lo, std::uint64_t hi, std::vector<Number> heap) {
                for (; lo != hi; ++lo) offer(heap, static_cast<Number>(lo));
                return heap;
            },
            [&](std::vector<Number> a, const std::vector<Number>& b) {
                for (const Number each : b) offer(a, each);
                return a;
            });
    } else {
        least = all_numbers<Number>(policy, size);
        if (wanted < size && wanted != 0) detail::select_nth(policy, least.data(), size, wanted - 1, before);
        least.resize(std::min(wanted, size));
    }
    sort_function{}(policy, least.begin(), least.end(), before);
    return least;
}

template <std::uint64_t MostShort = most_short_numbers>
struct partial_sort_copy_function {
    using default_compare = std::ranges::less;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::random_access_iterator O,
              std::sentinel_for<O> T, class C = std::ranges::less>
        requires(relation_of<C, I> && output_of<O, std::iter_reference_t<I>>)
    O operator()(const Policy& policy, I first, S last, O out, T out_last, C compare = {}) const {
        std::identity same;
        return run(policy, std::move(first), last, out, out_last, compare, same, same).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::random_access_range T,
              class C = std::ranges::less, class P = std::identity, class Q = std::identity>
        requires(relation_of<C, iterator_of<R>, iterator_of<R>, P> &&
                 output_of<iterator_of<T>, std::ranges::range_reference_t<R>>)
    std::ranges::partial_sort_copy_result<safe_iterator_of<R>, safe_iterator_of<T>>
    operator()(const Policy& policy, R&& range, T&& out, C compare = {}, P projection = {},
               Q out_projection = {}) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::ranges::begin(out),
                   std::ranges::end(out), compare, projection, out_projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::partial_sort_copy: takes ([policy], range, out, [compare], "
                                           "[projections]) or ([policy], first, last, out, out_last, [compare])");
        return {};
    }

private:
    template <class Policy, class I, class S, class O, class T, class C, class P, class Q>
    static std::ranges::partial_sort_copy_result<I, O> run(const Policy& policy, I first, S last, O out, T out_last,
                                                           C& compare, P& projection, Q& out_projection) {
        if constexpr (is_shared<Policy, I, O>) {
            const std::uint64_t size = size_of(first, last);
            const auto from = base_of(first);
            const auto to = base_of(out);
            const projected_less<C, P> less{compare, projection};
            const std::uint64_t wanted = std::min(size, size_of(out, out_last));
            with_item_numbers<MostShort>(size, [&](auto number) {
                const auto places = least_places<decltype(number)>(policy, from, size, wanted, less);
                run_numbers(writing_policy<O>(policy), wanted,
                            [&](std::uint64_t n) { *nth_of(to, n) = *nth_of(from, places[n]); });
            });
            return {nth_of(first, size), nth_of(out, wanted)};
        } else {
            return std::ranges::partial_sort_copy(std::move(first), last, out, out_last, std::ref(compare),
                                                  std::ref(projection), std::ref(out_projection));
        }
    }
};

template <std::uint64_t MostShort = most_short_numbers>
struct kth_smallest_function {
    using default_compare = std::ranges::less;

    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, std::integral N,
              class C = std::ranges::less, class P = std::identity>
        requires relation_of<C, I, I, P>
    I operator()(const Policy& policy, I first, S last, N k, C compare = {}, P projection = {}) const {
        const std::uint64_t size = size_of(first, last);
        const std::uint64_t rank = k < 0 ? size : static_cast<std::uint64_t>(k);
        if (rank >= size)
            throw_error<std::out_of_range>("pel::kth_smallest: there is no element " + std::to_string(k) + " of " +
                                           std::to_string(size));
        const auto from = base_of(first);
        const projected_less<C, P> less{compare, projection};
        if constexpr (number_bytes<I, C, P> != 0 && !std::is_same_v<std::iter_value_t<I>, bool>) {
            return nth_of(first, place_of_number(policy, from, size, rank, less));
        } else {
            const less_place before{from, less};
            return with_item_numbers<MostShort>(size, [&](auto number) {
                auto places = all_numbers<decltype(number)>(policy, size);
                detail::select_nth(policy, places.data(), size, rank, before);
                return nth_of(first, places[rank]);
            });
        }
    }
    template <execution_policy Policy, std::ranges::random_access_range R, std::integral N, class C = std::ranges::less,
              class P = std::identity>
        requires relation_of<C, iterator_of<R>, iterator_of<R>, P>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, N k, C compare = {}, P projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), k, std::move(compare),
                       std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::kth_smallest: takes ([policy], range, k, [compare], [projection]) or "
                                           "([policy], first, last, k, [compare], [projection]), random access");
        return {};
    }

private:
    /// Notes where the wanted one of the selected items is.
    struct noted_place {
        std::uint64_t wanted;
        std::uint64_t* place;

        void put(std::uint64_t n, std::uint64_t rank) const noexcept {
            if (rank == wanted) *place = n;
        }
    };
    /// Numbers are no larger than places: selects copies, and looks for the one that it has found.
    template <class Policy, class Base, class Less>
    static std::uint64_t place_of_number(const Policy& policy, Base from, std::uint64_t size, std::uint64_t rank,
                                         const Less& less) {
        using number = std::iter_value_t<Base>;
        std::vector<number> copies(size);
        run_numbers(policy, size, [&](std::uint64_t n) { copies[n] = *nth_of(from, n); });
        detail::select_nth(policy, copies.data(), size, rank, less);
        const number found = copies[rank];
        copies = std::vector<number>(); // = {} would keep the memory
        const std::uint64_t lower = parallel_reduce(
            policy, std::uint64_t{0}, size, std::uint64_t{0},
            [&](std::uint64_t n) { return static_cast<std::uint64_t>(less(*nth_of(from, n), found)); }, std::plus<>());
        std::uint64_t place = rank;
        detail::select_items(
            policy, size,
            [&](std::uint64_t n) { return !less(*nth_of(from, n), found) && !less(found, *nth_of(from, n)); },
            noted_place{rank - std::min(rank, lower), &place});
        return place;
    }
};

template <std::uint64_t MostShort = most_short_numbers>
struct top_k_function {
    using default_compare = std::ranges::less;

    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, std::integral N,
              class C = std::ranges::less, class P = std::identity>
        requires(copied_out<I> && relation_of<C, I, I, P>)
    std::vector<std::iter_value_t<I>> operator()(const Policy& policy, I first, S last, N k, C compare = {},
                                                 P projection = {}) const {
        const projected_less<C, P> less{compare, projection};
        const auto greater = [&less]<class A, class B>(A&& a, B&& b) {
            return less(std::forward<B>(b), std::forward<A>(a));
        };
        const std::uint64_t size = size_of(first, last);
        return with_item_numbers<MostShort>(size, [&](auto number) {
            std::vector<std::iter_value_t<I>> top;
            const auto places = least_places<decltype(number)>(policy, base_of(first), size, count_of(k), greater);
            top.reserve(places.size());
            for (const auto each : places) top.emplace_back(*nth_of(first, each));
            return top;
        });
    }
    template <execution_policy Policy, std::ranges::random_access_range R, std::integral N, class C = std::ranges::less,
              class P = std::identity>
        requires(copied_out<iterator_of<R>> && relation_of<C, iterator_of<R>, iterator_of<R>, P>)
    std::vector<std::ranges::range_value_t<R>> operator()(const Policy& policy, R&& range, N k, C compare = {},
                                                          P projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), k, std::move(compare),
                       std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::top_k: takes ([policy], range, k, [compare], [projection]) or "
                      "([policy], first, last, k, [compare], [projection]), random access, of elements "
                      "that can be copied");
        return {};
    }
};

} // namespace detail

/// Brings to `nth` the element that a sort would, with none greater before it and none less behind; the same order for any
/// number of threads. Returns: the end. Throws: what compare and projection throw, operation_cancelled: then all elements
/// are there, in some order. Blocks. Complexity: work O(n) comparisons expected. Memory: half a byte to one and a half for
/// each element.
inline constexpr detail::function_object<detail::nth_element_function> nth_element{};

/// Sorts the least elements into [first, middle), the others behind them. Everything else is as for nth_element and sort.
inline constexpr detail::function_object<detail::partial_sort_function> partial_sort{};

/// Copies as many of the least elements as `out` has room for, sorted, equal ones in their order. Returns: as std.
/// Complexity: work O(n log m) comparisons for a short `out` of m elements, span O(m log m log n); else as nth_element
/// and sort. Memory: 4 bytes (8 from 2^32 on) for each of m elements and thread, or, if m is more than n / 64, of n
/// elements, and again for those that are sorted.
inline constexpr detail::function_object<detail::partial_sort_copy_function<>> partial_sort_copy{};

/// Returns: where the element is that a stable sort would bring to place k; the range stays as it is. Throws:
/// std::out_of_range if there are not so many. Complexity: work O(n) comparisons expected. Memory: a copy of each, if they
/// are numbers that operators compare, or else 4 bytes for each (8 from 2^32 on); and as for nth_element.
inline constexpr detail::function_object<detail::kth_smallest_function<>> kth_smallest{};

/// Returns: the k greatest elements, or all, the greatest first, equal ones in their order; the range stays as it is.
/// Complexity: work O(n log k) comparisons. Memory: besides the result as partial_sort_copy.
inline constexpr detail::function_object<detail::top_k_function<>> top_k{};

PEL_NAMESPACE_END
