// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// sort_by_key: sorts one range, and another in the same way.
#pragma once

#include <pel/algorithm/sort.hpp>
#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/item_numbers.hpp>
#include <pel/detail/algorithm/paired.hpp>
#include <pel/detail/algorithm/radix_key.hpp>
#include <pel/detail/algorithm/radix_sort.hpp>
#include <pel/detail/algorithm/scratch.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <new>
#include <ranges>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Room for an object of one type or of another.
template <class A, class B>
struct alignas(std::max(alignof(A), alignof(B))) either_room {
    unsigned char bytes[std::max(sizeof(A), sizeof(B))];
};

/// Brings to each place n the element that was at place order(n). Requires: moves do not throw; scratch has room for all.
template <class Policy, class Base, class Order>
void permute(complete_phases& phases, const Policy& policy, Base first, std::uint64_t size, void* scratch,
             const Order& order) {
    constexpr std::uint64_t chunk = 1 << 12;
    const std::uint64_t chunks = (size + chunk - 1) / chunk;
    auto* const moved = static_cast<std::iter_value_t<Base>*>(scratch);
    phases.run(policy, chunks, chunk, [&](std::uint64_t each) {
        for (std::uint64_t n = each * chunk; n < std::min(size, (each + 1) * chunk); ++n)
            std::construct_at(moved + n, std::ranges::iter_move(nth_of(first, order(n))));
    });
    phases.run(policy, chunks, chunk, [&](std::uint64_t each) {
        std::iter_value_t<Base>* const from = moved + each * chunk;
        std::iter_value_t<Base>* const end = moved + std::min(size, (each + 1) * chunk);
        std::move(from, end, nth_of(first, each * chunk));
        std::destroy(from, end);
    });
}

/// The same, by one thread and without room. Makes order(n) n.
template <class Base, class Number>
void permute_in_place(Base first, std::vector<Number>& order) {
    const auto number = [](std::uint64_t n) { return static_cast<Number>(n); };
    for (std::uint64_t begin = 0; begin < order.size(); ++begin) {
        if (order[begin] == begin) continue;
        std::iter_value_t<Base> moved = std::ranges::iter_move(nth_of(first, begin));
        std::uint64_t gap = begin;
        for (std::uint64_t next = order[gap]; next != begin; next = order[gap]) {
            *nth_of(first, gap) = std::ranges::iter_move(nth_of(first, next));
            order[gap] = number(gap);
            gap = next;
        }
        *nth_of(first, gap) = std::move(moved);
        order[gap] = number(gap);
    }
}

template <class I>
inline constexpr bool is_lvalue = std::is_lvalue_reference_v<std::iter_reference_t<I>>;

template <class K, class V, class C>
concept sorts_by_key = rearrangeable<K> && rearrangeable<V> && moves_safely<K> && moves_safely<V> && relation_of<C, K>;

template <std::uint64_t MostShort = most_short_numbers>
struct sort_by_key_function {
    using default_compare = std::ranges::less;

    template <execution_policy Policy, std::random_access_iterator K, std::sentinel_for<K> S,
              std::random_access_iterator V, class C = std::ranges::less>
        requires sorts_by_key<K, V, C>
    V operator()(const Policy& policy, K first, S last, V values, C compare = {}) const {
        const std::uint64_t size = size_of(first, last);
        with_item_numbers<MostShort>(
            size, [&](auto number) { sort<decltype(number)>(policy, base_of(first), size, base_of(values), compare); });
        return nth_of(values, size);
    }
    template <execution_policy Policy, std::ranges::random_access_range K, std::ranges::random_access_range V,
              class C = std::ranges::less>
        requires sorts_by_key<iterator_of<K>, iterator_of<V>, C>
    safe_iterator_of<V> operator()(const Policy& policy, K&& keys, V&& values, C compare = {}) const {
        const std::uint64_t size = size_of(std::ranges::begin(keys), std::ranges::end(keys));
        const std::uint64_t n_values = size_of(std::ranges::begin(values), std::ranges::end(values));
        if (size != n_values)
            throw_error<std::invalid_argument>("pel::sort_by_key: " + std::to_string(size) + " keys, but " +
                                               std::to_string(n_values) + " values");
        return (*this)(policy, std::ranges::begin(keys), std::ranges::end(keys), std::ranges::begin(values),
                       std::move(compare));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::sort_by_key: takes ([policy], keys, values, [compare]) or ([policy], "
                      "first, last, values, [compare]), random access; keys and values must be movable "
                      "without exceptions");
        return {};
    }

private:
    /// Pairs of at most so many bytes move as they are; of larger ones the keys, with numbers.
    static constexpr std::size_t most_moved = 16;

    template <class Number>
    static auto place_in(const std::vector<Number>& order) {
        return [&order](std::uint64_t n) { return order[n]; };
    }
    template <class C, class Policy, class K, class V>
    static void sort_numbers(const Policy& policy, K keys, V values, std::uint64_t size) {
        const auto number = [](const auto& each) { return number_order<C, std::iter_value_t<K>>()(each.first); };
        detail::sort_by_digits(policy, paired_iterator<K, V>(keys, values), size, number,
                               [&number](const auto& a, const auto& b) { return number(a) < number(b); });
    }

    template <class Number, class Policy, class K, class V, class C>
    static void sort(const Policy& policy, K keys, std::uint64_t size, V values, C& compare) {
        using key = std::iter_value_t<K>;
        using value = std::iter_value_t<V>;
        constexpr bool is_by_digits = has_number_order<C, std::identity, K> && is_lvalue<K>;
        if constexpr (is_by_digits && is_lvalue<V> && is_radix_sortable<V> &&
                      sizeof(paired<key, value>) <= most_moved) {
            sort_numbers<C>(policy, keys, values, size);
        } else if constexpr (is_by_digits) {
            std::vector<Number> order = all_numbers<Number>(policy, size);
            complete_phases phases;
            phases.attempt([&] { sort_numbers<C>(policy, keys, order.data(), size); });
            const scratch_memory<value> room(size);
            if (room.data() == nullptr)
                detail::permute_in_place(values, order);
            else
                detail::permute(phases, writing_policy<V>(policy), values, size, room.data(), place_in(order));
            phases.rethrow();
        } else {
            std::vector<Number> order = all_numbers<Number>(policy, size);
            stable_sort_function{}(policy, order.begin(), order.end(), [&compare, keys](Number a, Number b) {
                return static_cast<bool>(std::invoke(compare, *nth_of(keys, a), *nth_of(keys, b)));
            });
            const scratch_memory<either_room<key, value>> room(size); // for keys, then for values
            if (room.data() == nullptr) throw_error<std::bad_alloc>();
            complete_phases phases;
            detail::permute(phases, writing_policy<K>(policy), keys, size, room.data(), place_in(order));
            detail::permute(phases, writing_policy<V>(policy), values, size, room.data(), place_in(order));
            phases.rethrow();
        }
    }
};

} // namespace detail

/// Sorts the keys, stably, and brings each value to the place of its key. Returns: the end of the values. Requires: as
/// many values as keys; both are moved without exceptions. Throws: std::invalid_argument for ranges of different sizes;
/// std::bad_alloc, what compare throws, operation_cancelled: then nothing has moved, or all; where keys are numbers in
/// their own order, each value is where its key is. Blocks. Complexity: O(n log n) comparisons; numbers in their own
/// order are sorted by their digits, and values of a few bytes move with them; span as that of stable_sort, where there
/// is memory. Memory, for each: where these move together, a pair of both. Else a number of 4 bytes (8 from 2^32 on),
/// and besides the largest of: such a number, paired with the key if keys are numbers in their own order; a key, if
/// they are not; a value.
inline constexpr detail::function_object<detail::sort_by_key_function<>> sort_by_key{};

PEL_NAMESPACE_END
