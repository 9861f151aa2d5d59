// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The elements that an algorithm works on, reached by their number; and what it may do with them.
#pragma once

#include <pel/detail/algorithm/function_object.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Elements that can be reached by their number. All others are worked on in order, by the calling thread.
template <class Policy, class... Iterators>
inline constexpr bool is_shared =
    !std::is_same_v<Policy, sequenced_policy> && (std::random_access_iterator<Iterators> && ...);

/// A bit of a vector<bool>, or a pair or tuple with one, as a zip has them.
template <class Element>
inline constexpr bool holds_bit = std::is_same_v<Element, std::vector<bool>::reference>;
template <class Element>
    requires requires(Element& its) {
        its.first;
        its.second;
    }
inline constexpr bool holds_bit<Element> = holds_bit<std::remove_cvref_t<decltype(std::declval<Element&>().first)>> ||
                                           holds_bit<std::remove_cvref_t<decltype(std::declval<Element&>().second)>>;
template <class... Elements>
inline constexpr bool holds_bit<std::tuple<Elements...>> = (holds_bit<std::remove_cvref_t<Elements>> || ...);

/// Elements that are memory locations of their own: the bits of a vector<bool> are not.
template <class Iterator>
inline constexpr bool is_written_apart = !holds_bit<std::remove_cvref_t<std::iter_reference_t<Iterator>>>;

/// What writes elements that are not is given this policy in place of the caller's.
template <class Iterator, class Policy>
constexpr decltype(auto) writing_policy(const Policy& policy) noexcept {
    if constexpr (is_written_apart<Iterator>)
        return (policy);
    else
        return (seq);
}

// These three are objects, and other functions are called as detail::, lest templates of the same names be found that stand
// beside the elements.

/// What is used in place of an iterator: a pointer if it is as good as one, so that less is compiled, and into less.
inline constexpr struct base_of_function {
    template <class Iterator>
    constexpr auto operator()(const Iterator& first) const {
        if constexpr (std::contiguous_iterator<Iterator>)
            return std::to_address(first);
        else
            return first;
    }
} base_of{};
template <class Iterator>
using base_t = decltype(base_of(std::declval<const Iterator&>()));

inline constexpr struct nth_of_function {
    template <class Iterator>
    constexpr Iterator operator()(const Iterator& first, std::uint64_t n) const {
        return first + static_cast<std::iter_difference_t<Iterator>>(n);
    }
} nth_of{};
inline constexpr struct size_of_function {
    template <class Iterator, class Sentinel>
    constexpr std::uint64_t operator()(const Iterator& first, const Sentinel& last) const {
        return static_cast<std::uint64_t>(std::ranges::distance(first, last));
    }
} size_of{};
/// Returns: how many elements both ranges have, one of which may be without an end. What does not know its size is walked
/// through, no further than the other reaches.
template <class I, class S, class J, class T>
constexpr std::uint64_t common_size(const I& first1, const S& last1, const J& first2, const T& last2) {
    constexpr bool is_sized1 = std::sized_sentinel_for<S, I>, is_sized2 = std::sized_sentinel_for<T, J>;
    if constexpr (std::is_same_v<T, std::unreachable_sentinel_t>) {
        return size_of(first1, last1);
    } else if constexpr (std::is_same_v<S, std::unreachable_sentinel_t>) {
        return size_of(first2, last2);
    } else if constexpr (is_sized1 && is_sized2) {
        return std::min(size_of(first1, last1), size_of(first2, last2));
    } else if constexpr (is_sized2) {
        return detail::common_size(first2, last2, first1, last1);
    } else {
        I each1 = first1;
        J each2 = first2;
        std::uint64_t size = 0;
        std::uint64_t most = ~std::uint64_t{0};
        if constexpr (is_sized1) most = size_of(first1, last1);
        for (; size != most && (is_sized1 || each1 != last1) && each2 != last2; ++size, (void)++each2) {
            if constexpr (!is_sized1) ++each1;
        }
        return size;
    }
}
/// Returns: n, 0 if it is negative, as in std::for_each_n.
template <std::integral Size>
constexpr std::uint64_t count_of(Size n) noexcept {
    return n > 0 ? static_cast<std::uint64_t>(n) : 0;
}

template <class Iterator, class Projection>
using projected_t = std::invoke_result_t<Projection&, std::iter_reference_t<Iterator>>;
/// What is kept of a value: of a bit of a vector<bool> whether it is set, not where it is.
template <class Value>
using kept_value_t = std::conditional_t<std::is_same_v<std::remove_cvref_t<Value>, std::vector<bool>::reference>, bool,
                                        std::remove_cvref_t<Value>>;
template <class Iterator, class Projection>
using projected_value_t = kept_value_t<projected_t<Iterator, Projection>>;
template <class Projection, class Iterator>
concept projection_of = std::invocable<Projection&, std::iter_reference_t<Iterator>>;

template <class F, class... Iterators>
concept function_of = std::invocable<F&, std::iter_reference_t<Iterators>...>;
template <class Predicate, class Iterator, class Projection = std::identity>
concept predicate_of =
    projection_of<Projection, Iterator> && std::predicate<Predicate&, projected_t<Iterator, Projection>>;
/// Compares an element of one range with one of another, or of the same.
template <class Relation, class I, class J = I, class ProjectionI = std::identity, class ProjectionJ = ProjectionI>
concept relation_of = projection_of<ProjectionI, I> && projection_of<ProjectionJ, J> &&
                      std::predicate<Relation&, projected_t<I, ProjectionI>, projected_t<J, ProjectionJ>>;

/// Compares an element with a value, of any type.
template <class T, class I, class Projection = std::identity>
concept equal_to_value = projection_of<Projection, I> && requires(projected_t<I, Projection> element, const T& value) {
    { std::forward<projected_t<I, Projection>>(element) == value } -> std::convertible_to<bool>;
};

/// What `*out = value` may be said of.
template <class Out, class T>
concept output_of = std::weakly_incrementable<Out> && requires(Out out, T&& value) { *out = std::forward<T>(value); };

/// How a value is held that is compared with every element: one of a few words as a copy, so that it stays in registers and
/// cannot be one of the elements that are written.
template <class T>
using held_value = std::conditional_t<std::is_trivially_copyable_v<T> && std::is_trivially_copy_constructible_v<T> &&
                                          !std::is_array_v<T> && sizeof(T) <= 64,
                                      const T, const T&>;

/// Whether elements that a value is written to cannot refer to it: they are of its type, or both are numbers.
template <class Out, class T>
inline constexpr bool takes_copies = std::is_same_v<T, std::iter_value_t<Out>> ||
                                     (std::is_arithmetic_v<T> && std::is_arithmetic_v<std::iter_value_t<Out>>);

/// How a value is held that is written to elements: as above, but where these may refer to it, the caller's own.
template <class Out, class T>
using written_value = std::conditional_t<takes_copies<Out, T>, held_value<T>, const T&>;

/// Elements of which a copy is one of the bytes, from an array to one of the same type.
template <class From, class To>
inline constexpr bool is_copied_by_bytes = false;
template <class From, class T>
    requires std::is_convertible_v<From, const T*>
inline constexpr bool is_copied_by_bytes<From, T*> =
    std::is_same_v<std::iter_value_t<From>, T> && std::is_trivially_copyable_v<T> &&
    std::is_trivially_copy_constructible_v<T> && std::is_trivially_copy_assignable_v<T>;

/// The same of small ones, of which copies may be made that nobody wants.
template <class T>
inline constexpr bool is_copied_freely = is_copied_by_bytes<const T*, T*> && sizeof(T) <= 16;

/// Assigns; numbers are converted as assignment would, but explicitly: no warning of the caller's compiler is about
/// here.
template <class Out, class T>
PEL_ALWAYS_INLINE void assign_value(Out&& out, const T& value) {
    using element = std::remove_reference_t<Out>;
    if constexpr (std::is_arithmetic_v<element> && std::is_arithmetic_v<T>)
        out = static_cast<element>(value);
    else
        std::forward<Out>(out) = value;
}

/// As std::fill, which writes numbers from a copy that is gone when it returns: also to elements that refer to it.
template <class O, class T>
void fill_elements(O first, const O& last, const T& value) {
    if constexpr (takes_copies<O, T>) {
        std::fill(std::move(first), last, value);
    } else {
        for (; first != last; ++first) detail::assign_value(*first, value);
    }
}

/// Swaps what two iterators refer to; as std::iter_swap where std::ranges::iter_swap does not: bits of a vector<bool>.
template <class I, class J>
PEL_ALWAYS_INLINE void swap_elements(const I& a, const J& b) {
    if constexpr (requires { std::ranges::iter_swap(a, b); })
        std::ranges::iter_swap(a, b);
    else
        std::iter_swap(a, b);
}

/// Iterators that rearranging algorithms of namespace std take. Those whose elements are made as they are read, as of a
/// zip, are less than forward iterators there, but std::ranges takes them; with a vector<bool> it is the other way round.
template <class Iterator>
concept rearranged_by_std =
    std::derived_from<typename std::iterator_traits<Iterator>::iterator_category, std::forward_iterator_tag>;

/// Elements that are rearranged by their numbers: with a policy that shares them, or with any where std does not take them.
/// The policy to do so with: writing_policy().
template <class Policy, class Iterator>
inline constexpr bool is_rearranged_here = (is_shared<Policy, Iterator> && is_written_apart<Iterator>) ||
                                           (std::random_access_iterator<Iterator> && !rearranged_by_std<Iterator>);

/// As std::rotate. Returns: where what was at `first` is now.
template <class Iterator>
Iterator rotate_elements(Iterator first, Iterator middle, Iterator last) {
    if constexpr (rearranged_by_std<Iterator>)
        return std::rotate(first, middle, last);
    else
        return std::ranges::rotate(first, middle, last).begin();
}

/// Whether std::move(*i) is what is moved out of there: of a zip it would be a copy.
template <class Iterator>
inline constexpr bool is_moved_by_std =
    std::is_reference_v<std::iter_reference_t<Iterator>> ||
    std::is_same_v<std::iter_reference_t<Iterator>, std::iter_rvalue_reference_t<Iterator>>;

/// As std::move and std::move_backward. Return: the end of what was written, or its begin.
template <class Iterator, class Out>
Out move_elements(Iterator first, Iterator last, Out out) {
    if constexpr (is_moved_by_std<Iterator>) {
        return std::move(first, last, out);
    } else {
        for (; first != last; ++first, (void)++out) *out = std::ranges::iter_move(first);
        return out;
    }
}
template <class Iterator, class Out>
Out move_elements_backward(Iterator first, Iterator last, Out out) {
    if constexpr (is_moved_by_std<Iterator>) {
        return std::move_backward(first, last, out);
    } else {
        while (first != last) *--out = std::ranges::iter_move(--last);
        return out;
    }
}

template <class I, class J>
concept swapped_with = requires(const I& a, const J& b) {
    std::ranges::iter_swap(a, b);
} || requires(const I& a, const J& b) { swap(*a, *b); } || requires(const I& a, const J& b) { std::swap(*a, *b); };

/// Elements that are moved out of their places, and into others.
template <class I>
concept rearrangeable = std::is_move_constructible_v<std::iter_value_t<I>> &&
                        std::is_assignable_v<std::iter_reference_t<I>, std::iter_value_t<I>>;

/// Elements of which a new vector takes copies.
template <class I>
concept copied_out = std::move_constructible<std::iter_value_t<I>> &&
                     std::convertible_to<std::iter_reference_t<I>, std::iter_value_t<I>>;

template <class Range>
using iterator_of = std::ranges::iterator_t<Range>;
template <class Range>
using safe_iterator_of = std::ranges::borrowed_iterator_t<Range>;

} // namespace detail
PEL_NAMESPACE_END
