// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// integer_sort: by the digits of numbers instead of by comparisons.
#pragma once

#include <pel/algorithm/sort.hpp>
#include <pel/detail/algorithm/bits.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/radix_key.hpp>
#include <pel/detail/algorithm/radix_sort.hpp>

#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The number that the caller's function makes of an element, as an unsigned one. Where an element is made as it is read
/// (a zip), the function is asked with what is read, or, if it knows but values, with one.
template <class Key, class Value>
struct radix_key_of {
    Key& key;

    template <class T>
    PEL_ALWAYS_INLINE auto operator()(const T& element) const {
        using asked = std::conditional_t<std::invocable<Key&, const T&>, T, Value>;
        const asked& its = element;
        return detail::radix_key(
            static_cast<std::remove_cvref_t<std::invoke_result_t<Key&, const asked&>>>(std::invoke(key, its)));
    }
};

template <class Key, class I>
concept radix_key_for = std::invocable<Key&, const std::iter_value_t<I>&> &&
                        radix_number<std::remove_cvref_t<std::invoke_result_t<Key&, const std::iter_value_t<I>&>>>;

struct integer_sort_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class K = std::identity>
        requires(rearrangeable<I> && radix_key_for<K, I>)
    I operator()(const Policy& policy, I first, S last, K key = {}) const {
        const std::uint64_t size = size_of(first, last);
        detail::rearrange_apart(policy, first, size,
                                [&](const auto& its_policy, auto base) { sort(its_policy, base, size, key); });
        return nth_of(first, size);
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class K = std::identity>
        requires(rearrangeable<iterator_of<R>> && radix_key_for<K, iterator_of<R>>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, K key = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(key));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::integer_sort: takes ([policy], range, [key]) or ([policy], first, "
                      "last, [key]), random access, of elements that can be moved; key(element) must be a number");
        return {};
    }

private:
    template <class Policy, class Base, class K>
    static void sort(const Policy& policy, Base first, std::uint64_t size, K& key) {
        using value = std::iter_value_t<Base>;
        const radix_key_of<K, value> number{key};
        const auto less = [&number](const auto& a, const auto& b) { return number(a) < number(b); };
        if constexpr (is_radix_sortable<Base>)
            detail::sort_by_digits(policy, first, size, number, less);
        else
            stable_sort_function{}(policy, first, nth_of(first, size), less);
    }
};

} // namespace detail

/// Sorts by key(element), an integer or floating-point number, long double and __int128 too; elements of equal keys
/// keep their order. NaNs are at the ends, by their sign. Returns: the end. Throws: what key throws,
/// operation_cancelled: the range then holds all its elements, in some order. Blocks. Complexity: work O(n) if the
/// first bits in which keys differ tell most elements apart, O(n) more for each 8 to 11 bits in which nearly all agree,
/// and O(n log n) at most where keys are alike in more bits than elements of a bucket would need; span O(n / 128).
/// Memory: n elements and O(n / 100) words; for elements that are not trivially copyable, or without that memory, it
/// is stable_sort.
inline constexpr detail::function_object<detail::integer_sort_function> integer_sort{};

PEL_NAMESPACE_END
