// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two arrays as one range of pairs, as the zips of range-v3 and C++23 are to an algorithm: an element is made as it is
// read, and refers to one of each array. Copies of it refer to the same two, assignments go there, const or not.
// C++17 calls such iterators input iterators; std::ranges takes them for all that is done to arrays.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

namespace pel_test {

/// What an element is read as; with rvalue references, what it is moved from as. Value: two members, or a std::pair.
template <class A, class B, class Value>
struct zipped_reference {
    A first;
    B second;

    zipped_reference(A a, B b) noexcept : first(static_cast<A>(a)), second(static_cast<B>(b)) {}
    zipped_reference(const zipped_reference&) = default;
    zipped_reference(zipped_reference&&) = default;
    /// Constants may be the elements of other references, or values.
    template <class C, class D>
        requires(std::convertible_to<C, A> && std::convertible_to<D, B>)
    zipped_reference(const zipped_reference<C, D, Value>& other) noexcept : first(other.first), second(other.second) {}
    zipped_reference(const Value& value) noexcept
        requires(std::is_const_v<std::remove_reference_t<A>> && std::is_const_v<std::remove_reference_t<B>>)
        : first(part<0>(value)), second(part<1>(value)) {}

    operator Value() const { return Value{static_cast<A>(first), static_cast<B>(second)}; }

    zipped_reference& operator=(const zipped_reference& other) {
        std::as_const(*this) = other;
        return *this;
    }
    const zipped_reference& operator=(const zipped_reference& other) const {
        return assign(static_cast<A>(other.first), static_cast<B>(other.second));
    }
    template <class C, class D>
        requires(std::is_assignable_v<A, C> && std::is_assignable_v<B, D>)
    const zipped_reference& operator=(const zipped_reference<C, D, Value>& other) const {
        return assign(static_cast<C>(other.first), static_cast<D>(other.second));
    }
    const zipped_reference& operator=(Value&& value) const {
        return assign(std::move(part<0>(value)), std::move(part<1>(value)));
    }
    const zipped_reference& operator=(const Value& value) const
        requires std::copyable<Value>
    {
        return assign(part<0>(value), part<1>(value));
    }

    friend bool operator==(const zipped_reference& a, const zipped_reference& b) {
        return a.first == b.first && a.second == b.second;
    }
    friend bool operator==(const zipped_reference& a, const Value& b) {
        return a.first == part<0>(b) && a.second == part<1>(b);
    }
    friend std::strong_ordering operator<=>(const zipped_reference& a, const zipped_reference& b) {
        return a.compared(b.first, b.second);
    }
    friend std::strong_ordering operator<=>(const zipped_reference& a, const Value& b) {
        return a.compared(part<0>(b), part<1>(b));
    }

private:
    template <std::size_t N, class Pair>
    static auto& part(Pair& pair) noexcept {
        auto& [a, b] = pair;
        if constexpr (N == 0)
            return a;
        else
            return b;
    }
    template <class C, class D>
    const zipped_reference& assign(C&& c, D&& d) const {
        first = std::forward<C>(c);
        second = std::forward<D>(d);
        return *this;
    }
    template <class C, class D>
    std::strong_ordering compared(const C& c, const D& d) const {
        const std::strong_ordering by_first = first <=> c;
        return by_first != 0 ? by_first : second <=> d;
    }
};

/// Requires: random access iterators.
template <class I, class J, class Value = std::pair<std::iter_value_t<I>, std::iter_value_t<J>>>
class zipped_iterator {
public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using reference = zipped_reference<std::iter_reference_t<I>, std::iter_reference_t<J>, Value>;
    using rvalue_reference = zipped_reference<std::iter_rvalue_reference_t<I>, std::iter_rvalue_reference_t<J>, Value>;
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::random_access_iterator_tag;

    zipped_iterator() = default;
    zipped_iterator(I first, J second) : first_(first), second_(second) {}

    reference operator*() const { return {*first_, *second_}; }
    reference operator[](difference_type n) const { return *(*this + n); }

    zipped_iterator& operator+=(difference_type n) {
        first_ += n;
        second_ += n;
        return *this;
    }
    zipped_iterator& operator-=(difference_type n) { return *this += -n; }
    zipped_iterator& operator++() { return *this += 1; }
    zipped_iterator& operator--() { return *this += -1; }
    zipped_iterator operator++(int) { return std::exchange(*this, *this + 1); }
    zipped_iterator operator--(int) { return std::exchange(*this, *this - 1); }

    friend zipped_iterator operator+(zipped_iterator from, difference_type n) { return from += n; }
    friend zipped_iterator operator+(difference_type n, zipped_iterator from) { return from += n; }
    friend zipped_iterator operator-(zipped_iterator from, difference_type n) { return from -= n; }
    friend difference_type operator-(const zipped_iterator& a, const zipped_iterator& b) { return a.first_ - b.first_; }
    friend bool operator==(const zipped_iterator& a, const zipped_iterator& b) { return a.first_ == b.first_; }
    friend auto operator<=>(const zipped_iterator& a, const zipped_iterator& b) { return a.first_ <=> b.first_; }

    friend rvalue_reference iter_move(const zipped_iterator& from) {
        return {std::ranges::iter_move(from.first_), std::ranges::iter_move(from.second_)};
    }
    friend void iter_swap(const zipped_iterator& a, const zipped_iterator& b) {
        std::ranges::iter_swap(a.first_, b.first_);
        std::ranges::iter_swap(a.second_, b.second_);
    }

private:
    I first_{};
    J second_{};
};

/// Returns: the elements of two ranges in pairs, or as values with two members. Requires: both are as long.
template <class Value = void, class R, class T>
auto zipped(R& firsts, T& seconds) {
    using I = std::ranges::iterator_t<R>;
    using J = std::ranges::iterator_t<T>;
    using pair = std::pair<std::iter_value_t<I>, std::iter_value_t<J>>;
    const zipped_iterator<I, J, std::conditional_t<std::is_void_v<Value>, pair, Value>> first(
        std::ranges::begin(firsts), std::ranges::begin(seconds));
    return std::ranges::subrange(first, first + std::ranges::ssize(firsts));
}

} // namespace pel_test

// Iterators whose values cannot be copied need this: what is common to references and values refers to constants.
template <class A, class B, class C, class D, class Value, template <class> class P, template <class> class Q>
struct std::basic_common_reference<pel_test::zipped_reference<A, B, Value>, pel_test::zipped_reference<C, D, Value>, P,
                                   Q> {
    using type =
        pel_test::zipped_reference<const std::remove_reference_t<A>&, const std::remove_reference_t<B>&, Value>;
};
template <class A, class B, class Value, template <class> class P, template <class> class Q>
struct std::basic_common_reference<pel_test::zipped_reference<A, B, Value>, Value, P, Q>
    : std::basic_common_reference<pel_test::zipped_reference<A, B, Value>, pel_test::zipped_reference<A, B, Value>, P,
                                  Q> {};
template <class A, class B, class Value, template <class> class P, template <class> class Q>
struct std::basic_common_reference<Value, pel_test::zipped_reference<A, B, Value>, P, Q>
    : std::basic_common_reference<pel_test::zipped_reference<A, B, Value>, Value, P, Q> {};
