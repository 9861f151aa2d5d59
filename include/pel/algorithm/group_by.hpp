// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// group_by, remove_duplicates: by hashes of keys. Groups, and what is kept, are in the order of first occurrence.
#pragma once

#include <pel/detail/algorithm/chunk_groups.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/hashed_groups.hpp>
#include <pel/detail/algorithm/item_numbers.hpp>
#include <pel/detail/algorithm/keyed_items.hpp>
#include <pel/detail/algorithm/selection.hpp>

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <ranges>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <std::uint64_t MostShort = most_short_numbers>
struct group_by_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class K,
              class H = hash_of_key<I, K>, class E = std::equal_to<>>
        requires(copied_out<I> && groups_by<I, K, H, E>)
    auto operator()(const Policy& policy, I first, S last, K key, H hash = {}, E equal = {}) const {
        const std::uint64_t size = size_of(first, last);
        const auto from = base_of(first);
        const keyed_items<std::remove_const_t<decltype(from)>, K, H, E> items(from, key, hash, equal);
        return with_item_numbers<MostShort>(size, [&](auto number) {
            return group<decltype(number), std::iter_value_t<I>>(policy, from, size, items);
        });
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class K,
              class H = hash_of_key<iterator_of<R>, K>, class E = std::equal_to<>>
        requires(copied_out<iterator_of<R>> && groups_by<iterator_of<R>, K, H, E>)
    auto operator()(const Policy& policy, R&& range, K key, H hash = {}, E equal = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(key), std::move(hash),
                       std::move(equal));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::group_by: takes ([policy], range, key, [hash], [equal]) or ([policy], "
                      "first, last, key, [hash], [equal]), random access; keys and elements that can "
                      "be copied");
        return {};
    }

private:
    /// Elements that may be made first and assigned then: nobody can tell.
    template <class T>
    static constexpr bool is_copied_late = std::is_trivially_copyable_v<T> && std::default_initializable<T> &&
                                           std::copyable<T> && !std::is_same_v<T, bool>; // whose vector has no places

    template <class Number, class T, class Policy, class Base, class Items>
    static auto group(const Policy& policy, Base from, std::uint64_t size, const Items& items) {
        using key = typename Items::key;
        if constexpr (is_copied_late<T>) {
            chunk_groups<Number, Items> groups(size, items, size / 4); // the tables are smaller than the result
            if (groups.are_few()) {
                groups.find_all(policy);
                return copied<T>(policy, from, items, groups);
            }
        }
        const unsigned buckets = hash_buckets_for(size);
        std::vector<std::vector<found_group<key, std::vector<T>>>> found_in(buckets);
        const auto group_items = [&](unsigned bucket, const Number* item, std::uint64_t n) {
            group_table<Number, Items> table(items);
            std::vector<Number> group_of(n);
            for (std::uint64_t each = 0; each < n; ++each) group_of[each] = table.find_or_add(item[each]);
            std::vector<std::size_t> count(table.firsts().size());
            for (const Number group : group_of) ++count[group];
            auto& groups = found_in[bucket];
            groups.reserve(count.size());
            for (std::size_t each = 0; each < count.size(); ++each) {
                groups.push_back({table.firsts()[each], {items.key_at(table.firsts()[each]), {}}});
                groups.back().group.second.reserve(count[each]);
            }
            for (std::uint64_t each = 0; each < n; ++each)
                groups[group_of[each]].group.second.push_back(*nth_of(from, item[each]));
        };
        detail::for_hash_buckets<Number>(policy, size, buckets, items, group_items);
        return detail::in_order_of_first(policy, found_in);
    }
    template <class T, class Policy, class Base, class Number, class Items>
    static std::vector<std::pair<typename Items::key, std::vector<T>>>
    copied(const Policy& policy, Base from, const Items& items, const chunk_groups<Number, Items>& groups) {
        std::vector<std::pair<typename Items::key, std::vector<T>>> result;
        result.reserve(groups.sizes().size());
        for (const Number first : groups.firsts()) result.push_back({items.key_at(first), {}});
        const std::uint64_t of_group = groups.size() / std::max<std::uint64_t>(result.size(), 1);
        run_numbers(block_policy(policy, of_group), result.size(),
                    [&](std::uint64_t n) { result[n].second.resize(groups.sizes()[n]); });
        run_numbers(block_policy(policy, groups.chunk_size), groups.chunks(), [&](std::uint64_t number) {
            const auto& chunk = groups[number];
            std::vector<T*> next(chunk.group.size());
            for (std::size_t each = 0; each < next.size(); ++each)
                next[each] = result[chunk.group[each]].second.data() + chunk.before[each];
            groups.for_items(number, [&](std::uint64_t item, unsigned group) { *next[group]++ = *nth_of(from, item); });
        });
        return result;
    }
};

template <std::uint64_t MostShort = most_short_numbers>
struct remove_duplicates_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S,
              class H = hash_of_key<I, std::identity>, class E = std::equal_to<>>
        requires(copied_out<I> && groups_by<I, std::identity, H, E>)
    std::vector<std::iter_value_t<I>> operator()(const Policy& policy, I first, S last, H hash = {},
                                                 E equal = {}) const {
        const std::uint64_t size = size_of(first, last);
        const auto from = base_of(first);
        std::identity same;
        const keyed_items<std::remove_const_t<decltype(from)>, std::identity, H, E> items(from, same, hash, equal);
        return with_item_numbers<MostShort>(size, [&](auto number) {
            return first_ones<decltype(number), std::iter_value_t<I>>(policy, from, size, items);
        });
    }
    template <execution_policy Policy, std::ranges::random_access_range R,
              class H = hash_of_key<iterator_of<R>, std::identity>, class E = std::equal_to<>>
        requires(copied_out<iterator_of<R>> && groups_by<iterator_of<R>, std::identity, H, E>)
    std::vector<std::ranges::range_value_t<R>> operator()(const Policy& policy, R&& range, H hash = {},
                                                          E equal = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(hash), std::move(equal));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::remove_duplicates: takes ([policy], range, [hash], [equal]) or "
                      "([policy], first, last, [hash], [equal]), random access, of elements that can be "
                      "copied");
        return {};
    }

private:
    template <class Number, class T, class Policy, class Base, class Items>
    static std::vector<T> first_ones(const Policy& policy, Base from, std::uint64_t size, const Items& items) {
        std::vector<T> kept;
        {
            chunk_groups<Number, Items> groups(size, items, few_groups(size));
            if (groups.are_few()) {
                groups.find_all(policy);
                kept.reserve(groups.firsts().size());
                for (const Number first : groups.firsts()) kept.push_back(*nth_of(from, first));
                return kept;
            }
        }
        std::vector<unsigned char> is_first(size); // written by the item's bucket
        const auto note_firsts = [&](unsigned, const Number* item, std::uint64_t n) {
            group_table<Number, Items> table(items);
            for (std::uint64_t each = 0; each < n; ++each) table.find_or_add(item[each]);
            for (const Number first : table.firsts()) is_first[first] = 1;
        };
        detail::for_hash_buckets<Number>(policy, size, hash_buckets_for(size), items, note_firsts);
        const auto judged = detail::judge_all(policy, size, [&](std::uint64_t n) { return is_first[n] != 0; });
        kept.reserve(detail::selected_in(judged));
        for (const judged_items& some : judged) {
            for (std::uint64_t left = some.bits; left != 0; left &= left - 1)
                kept.push_back(*nth_of(from, some.begin + static_cast<unsigned>(std::countr_zero(left))));
        }
        return kept;
    }
};

} // namespace detail

/// Returns: a std::vector of pairs of a key, key(element), and the elements that have it, copied, in their order. Groups
/// are in the order of their first elements: the same for any number of threads. hash: std::hash of the key. Throws,
/// blocks: as parallel_for. Complexity: work O(n) expected, with up to five calls of key and hash for each element, and about
/// one of equal; elements with different keys of one hash are compared with each other, so that many of these, or of NaNs,
/// take O(n²). Span O(n / 64 + groups · log groups), the groups of each 2^16 elements where groups are few, and the largest
/// group: its elements' places are zeroed by one thread; where groups are many, or elements not trivially copyable, one does
/// all of its work. Memory: besides the result 8 bytes for each element (16 from 2^32 on), half of it again for the
/// largest groups, and a table for each thread; where groups are many, about 80 bytes and a key for each of them at last.
inline constexpr detail::function_object<detail::group_by_function<>> group_by{};

/// Returns: a std::vector of the elements, each value once, where it was first. Memory: 9 bytes for each element (17
/// from 2^32 on), and a table for each thread. Everything else is as for group_by; the calling thread makes all copies.
inline constexpr detail::function_object<detail::remove_duplicates_function<>> remove_duplicates{};

PEL_NAMESPACE_END
