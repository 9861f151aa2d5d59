// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two ranges as one: an element is one of each, which are read, written and moved together. For sorts that keep pairs
// beside the ranges in memory, but find them in two. Plain values.
#pragma once

#include <pel/detail/algorithm/elements.hpp>

#include <compare>
#include <iterator>

PEL_NAMESPACE_BEGIN
namespace detail {

/// std::pair is not trivially copyable.
template <class First, class Second>
struct paired {
    First first;
    Second second;
};

/// What an element is read as. Copies refer to the same; what is assigned goes there.
template <class First, class Second>
struct paired_reference {
    using value = paired<First, Second>;

    First& first;
    Second& second;

    paired_reference(First& its_first, Second& its_second) noexcept : first(its_first), second(its_second) {}
    paired_reference(const paired_reference&) = default;

    PEL_ALWAYS_INLINE operator value() const { return {first, second}; } // NOLINT(*-explicit-*): as it is read
    PEL_ALWAYS_INLINE const paired_reference& operator=(const value& from) const {
        first = from.first;
        second = from.second;
        return *this;
    }
    PEL_ALWAYS_INLINE const paired_reference& operator=(const paired_reference& from) const {
        return *this = value(from);
    }
    friend void swap(paired_reference a, paired_reference b) {
        const value kept = a;
        a = b;
        b = kept;
    }
};

/// Of iterators that give lvalues. Its category is what namespace std has to take it for, as with a vector<bool>.
template <class First, class Second>
class paired_iterator {
public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = paired<std::iter_value_t<First>, std::iter_value_t<Second>>;
    using difference_type = std::ptrdiff_t;
    using reference = paired_reference<std::iter_value_t<First>, std::iter_value_t<Second>>;
    using pointer = void;

    paired_iterator() = default;
    paired_iterator(First first, Second second) : first_(first), second_(second) {}

    PEL_ALWAYS_INLINE reference operator*() const { return {*first_, *second_}; }
    PEL_ALWAYS_INLINE reference operator[](difference_type n) const { return *(*this + n); }

    PEL_ALWAYS_INLINE paired_iterator& operator+=(difference_type n) {
        first_ += static_cast<std::iter_difference_t<First>>(n);
        second_ += static_cast<std::iter_difference_t<Second>>(n);
        return *this;
    }
    PEL_ALWAYS_INLINE paired_iterator& operator-=(difference_type n) { return *this += -n; }
    PEL_ALWAYS_INLINE paired_iterator& operator++() { return *this += 1; }
    PEL_ALWAYS_INLINE paired_iterator& operator--() { return *this += -1; }
    paired_iterator operator++(int) {
        const paired_iterator before = *this;
        ++*this;
        return before;
    }
    paired_iterator operator--(int) {
        const paired_iterator before = *this;
        --*this;
        return before;
    }
    friend paired_iterator operator+(paired_iterator its, difference_type n) { return its += n; }
    friend paired_iterator operator+(difference_type n, paired_iterator its) { return its += n; }
    friend paired_iterator operator-(paired_iterator its, difference_type n) { return its -= n; }
    friend difference_type operator-(const paired_iterator& a, const paired_iterator& b) { return a.first_ - b.first_; }
    friend bool operator==(const paired_iterator& a, const paired_iterator& b) { return a.first_ == b.first_; }
    friend auto operator<=>(const paired_iterator& a, const paired_iterator& b) { return a - b <=> 0; }

private:
    First first_;
    Second second_;
};

} // namespace detail
PEL_NAMESPACE_END
