// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements with keys, as hash tables see them; and groups of them, found in any order, in that of their first elements.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/hashed_groups.hpp>
#include <pel/detail/algorithm/radix_sort.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class I, class K, class H, class E>
concept groups_by = projection_of<K, I> && std::copy_constructible<projected_value_t<I, K>> &&
                    std::invocable<H&, const projected_value_t<I, K>&> && relation_of<E, I, I, K>;
template <class I, class K>
using hash_of_key = std::hash<projected_value_t<I, K>>;

/// Hashes and compares items by the keys of their elements. What group_table wants.
template <class Base, class K, class H, class E>
class keyed_items {
public:
    using key = projected_value_t<Base, K>;

    keyed_items(Base first, K& key_of, H& hash, E& equal)
        : first_(first), key_of_(key_of), hash_(hash), equal_(equal) {}

    // An element that is made as it is read is gone when the expression ends, and with it a key that refers to it.
    key key_at(std::uint64_t n) const { return key(std::invoke(key_of_, *nth_of(first_, n))); }
    std::uint64_t operator()(std::uint64_t n) const { return hash_key(std::invoke(key_of_, *nth_of(first_, n))); }

    /// A key that costs no more than a hash to keep, and to compare, is not looked up again.
    static constexpr bool keeps_keys =
        std::is_scalar_v<key> && (std::is_same_v<E, std::equal_to<>> || std::is_same_v<E, std::equal_to<key>>);
    using mark = std::conditional_t<keeps_keys, key, std::uint64_t>;

    mark look_at(std::uint64_t n) const {
        if constexpr (keeps_keys)
            return key_at(n);
        else
            return (*this)(n);
    }
    std::uint64_t hash(const mark& its) const {
        if constexpr (keeps_keys)
            return hash_key(its);
        else
            return its;
    }
    bool is_like(const mark& a, const mark& b) const {
        if constexpr (keeps_keys)
            return equal_(a, b);
        else
            return a == b;
    }
    template <class Number>
    bool is_same(const Number* first, std::uint64_t n) const {
        if constexpr (keeps_keys)
            return true;
        else
            return static_cast<bool>(std::invoke(equal_, std::invoke(key_of_, *nth_of(first_, *first)),
                                                 std::invoke(key_of_, *nth_of(first_, n))));
    }

private:
    std::uint64_t hash_key(const key& its) const {
        return spread_hash(static_cast<std::size_t>(std::invoke(hash_, its)));
    }

    Base first_;
    held_callable<K, std::iter_reference_t<Base>> key_of_;
    held_callable<H, const key&> hash_;
    held_callable<E, projected_t<Base, K>, projected_t<Base, K>> equal_;
};

/// A group, and the number of its first item.
template <class Key, class Value>
struct found_group {
    std::uint64_t first;
    std::pair<Key, Value> group;
};

/// Returns: the groups of all buckets, rising by their first items.
template <class Policy, class Key, class Value>
std::vector<std::pair<Key, Value>> in_order_of_first(const Policy& policy,
                                                     std::vector<std::vector<found_group<Key, Value>>>& found_in) {
    struct place {
        std::uint64_t first;
        found_group<Key, Value>* its;
    };
    std::uint64_t size = 0;
    for (const auto& groups : found_in) size += groups.size();
    std::vector<place> all;
    all.reserve(size);
    for (auto& groups : found_in) {
        for (auto& each : groups) all.push_back({each.first, &each});
    }
    const auto first_of = [](const place& each) { return each.first; };
    detail::sort_by_digits(policy, all.data(), size, first_of,
                           [](const place& a, const place& b) { return a.first < b.first; });
    std::vector<std::pair<Key, Value>> groups;
    if constexpr (std::default_initializable<Key> && std::default_initializable<Value> &&
                  std::is_move_assignable_v<Key> && std::is_move_assignable_v<Value>) {
        groups.resize(size);
        run_numbers(policy, size, [&](std::uint64_t n) { groups[n] = std::move(all[n].its->group); });
    } else {
        groups.reserve(size);
        for (const place& each : all) groups.push_back(std::move(each.its->group));
    }
    return groups;
}

} // namespace detail
PEL_NAMESPACE_END
