// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// reduce_groups, histogram_by_key: what the elements of each key come to, wherever in the range they are; how many there
// are.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/hashed_groups.hpp>
#include <pel/detail/algorithm/item_numbers.hpp>
#include <pel/detail/algorithm/keyed_items.hpp>
#include <pel/detail/algorithm/line_scatter.hpp>
#include <pel/detail/algorithm/radix_sort.hpp>
#include <pel/detail/algorithm/scratch.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class I, class V, class Op, class T>
concept reduces_groups =
    projection_of<V, I> && std::move_constructible<T> && accumulates<Op, T, projected_t<I, V>> && accumulates<Op, T, T>;

template <std::uint64_t MostShort = most_short_numbers>
struct reduce_groups_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class K, class V,
              class Op = std::plus<>, class H = hash_of_key<I, K>, class E = std::equal_to<>,
              class T = projected_value_t<I, V>>
        requires(groups_by<I, K, H, E> && reduces_groups<I, V, Op, T>)
    auto operator()(const Policy& policy, I first, S last, K key, V value, Op op = {}, H hash = {},
                    E equal = {}) const {
        const std::uint64_t size = size_of(first, last);
        return with_item_numbers<MostShort>(size, [&](auto number) {
            return reduce<decltype(number), T>(policy, base_of(first), size, key, value, op, hash, equal);
        });
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class K, class V, class Op = std::plus<>,
              class H = hash_of_key<iterator_of<R>, K>, class E = std::equal_to<>,
              class T = projected_value_t<iterator_of<R>, V>>
        requires(groups_by<iterator_of<R>, K, H, E> && reduces_groups<iterator_of<R>, V, Op, T>)
    auto operator()(const Policy& policy, R&& range, K key, V value, Op op = {}, H hash = {}, E equal = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(key), std::move(value),
                       std::move(op), std::move(hash), std::move(equal));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::reduce_groups: takes ([policy], range, key, value, [op], [hash], [equal]) or ([policy], "
                      "first, last, key, ...), random access; op(T, value) and op(T, T) must return T, value's type");
        return {};
    }

private:
    static constexpr std::uint64_t chunk_size = 1 << 16;

    /// The groups of some items, in the order of their first ones, and what each comes to.
    template <class Number, class T, class Items>
    class sums {
    public:
        explicit sums(const Items& items, std::uint64_t expected = 0) : table_(items, expected) {}

        /// item_at(n), for each n < count, with the value that give_value(n, use) gives to use(value): that may be part of an
        /// element which is made as it is read.
        template <class ItemAt, class GiveValue, class Op>
        PEL_ALWAYS_INLINE void add(std::uint64_t count, const ItemAt& item_at, const GiveValue& give_value, Op& op) {
            place* places = sums_.data();
            table_.find_or_add_all(
                count, item_at,
                [&](std::uint64_t n, Number group) {
                    T& sum = places[group].its;
                    give_value(n, [&]<class Value>(Value&& value) {
                        sum = static_cast<T>(std::invoke(op, std::move(sum), std::forward<Value>(value)));
                    });
                },
                [&](std::uint64_t n, Number) {
                    give_value(n,
                               [&]<class Value>(Value&& value) { sums_.push_back({T(std::forward<Value>(value))}); });
                    places = sums_.data();
                });
        }
        std::uint64_t size() const noexcept { return sums_.size(); }
        /// Nothing is added any more.
        void close() noexcept { table_.close(); }
        Number first(std::uint64_t group) const noexcept { return table_.firsts()[group]; }
        T& sum(std::uint64_t group) noexcept { return sums_[group].its; }
        /// Moves all of them out of here.
        template <class Key>
        std::vector<std::pair<Key, T>> all(const Items& items) {
            std::vector<std::pair<Key, T>> groups;
            groups.reserve(size());
            for (std::uint64_t each = 0; each < size(); ++each)
                groups.emplace_back(items.key_at(first(each)), std::move(sum(each)));
            return groups;
        }

    private:
        struct place { // a vector<bool> would have none
            T its;
        };
        group_table<Number, Items> table_;
        std::vector<place> sums_;
    };

    /// What is distributed where groups are many: an element's key and value, if they may be copied freely.
    template <class Key, class T>
    struct entry {
        Key key;
        T value;
    };
    template <class Key, class T>
    static constexpr bool is_distributed =
        std::is_trivially_copyable_v<entry<Key, T>> && std::is_copy_constructible_v<entry<Key, T>> &&
        std::is_copy_assignable_v<entry<Key, T>> && sizeof(entry<Key, T>) <= 32;

    template <class Number, class T, class Policy, class Base, class K, class V, class Op, class H, class E>
    static auto reduce(const Policy& policy, Base from, std::uint64_t size, K& key, V& value, Op& op, H& hash,
                       E& equal) {
        using items_of = keyed_items<Base, K, H, E>;
        using key_type = typename items_of::key;
        const items_of items(from, key, hash, equal);
        const std::uint64_t chunks = (size + chunk_size - 1) / chunk_size;
        const std::uint64_t expected = chunks < 2 ? 0 : detail::guess_groups<Number>(size, items, few_groups(size));
        if (expected != many_groups) {
            std::vector<std::optional<sums<Number, T, items_of>>> found(chunks);
            run_numbers(block_policy(policy, chunk_size), chunks, [&](std::uint64_t chunk) {
                auto& mine = found[chunk].emplace(items, expected);
                const std::uint64_t begin = chunk * chunk_size;
                mine.add(
                    std::min(size - begin, chunk_size),
                    [begin](std::uint64_t n) { return static_cast<Number>(begin + n); },
                    [&](std::uint64_t n, const auto& use) { use(std::invoke(value, *nth_of(from, begin + n))); }, op);
                if (chunks != 1) mine.close();
            });
            if (chunks == 1) return found.front()->template all<key_type>(items);
            sums<Number, T, items_of> together(items, expected);
            for (auto& chunk : found) {
                together.add(
                    chunk->size(), [&](std::uint64_t n) { return chunk->first(n); },
                    [&](std::uint64_t n, const auto& use) { use(std::move(chunk->sum(n))); }, op);
            }
            return together.template all<key_type>(items);
        }
        std::vector<std::vector<std::pair<key_type, T>>> found_in;
        if constexpr (is_distributed<key_type, T>)
            found_in = reduce_entries<Number, T>(policy, from, size, items, value, op, hash, equal);
        if (found_in.empty()) {
            found_in.resize(hash_buckets_for(size));
            const auto reduce_bucket = [&](unsigned bucket, const Number* item, std::uint64_t n) {
                sums<Number, T, items_of> found(items);
                found.add(
                    n, [item](std::uint64_t each) { return item[each]; },
                    [&](std::uint64_t each, const auto& use) { use(std::invoke(value, *nth_of(from, item[each]))); },
                    op);
                found_in[bucket] = found.template all<key_type>(items);
            };
            detail::for_hash_buckets<Number>(policy, size, static_cast<unsigned>(found_in.size()), items,
                                             reduce_bucket);
        }
        return joined(policy, found_in);
    }
    /// Returns: the groups of each bucket of entries; no bucket, if there is no memory for these.
    template <class Number, class T, class Policy, class Base, class Items, class V, class Op, class H, class E,
              class Key = typename Items::key>
    static std::vector<std::vector<std::pair<Key, T>>> reduce_entries(const Policy& policy, Base from,
                                                                      std::uint64_t size, const Items& items, V& value,
                                                                      Op& op, H& hash, E& equal) {
        using kept = entry<Key, T>;
        const scratch_memory<kept> entries(size);
        if (entries.data() == nullptr) return {};
        const auto entry_at = [&](std::uint64_t n) {
            return kept{items.key_at(n), T(std::invoke(value, *nth_of(from, n)))};
        };
        const auto begins = distribute(policy, size, items, entry_at, entries.data());
        auto its_key = &kept::key;
        const keyed_items<const kept*, decltype(its_key), H, E> its_items(entries.data(), its_key, hash, equal);
        std::vector<std::vector<std::pair<Key, T>>> found_in(begins.size() - 1);
        run_numbers(block_policy(policy, size / found_in.size()), found_in.size(), [&](std::uint64_t bucket) {
            sums<Number, T, std::remove_const_t<decltype(its_items)>> found(its_items);
            const std::uint64_t begin = begins[bucket];
            found.add(
                begins[bucket + 1] - begin, [begin](std::uint64_t n) { return static_cast<Number>(begin + n); },
                [its = entries.data() + begin](std::uint64_t n, const auto& use) { use(its[n].value); }, op);
            found_in[bucket] = found.template all<Key>(its_items);
        });
        return found_in;
    }
    /// Writes the entries of all items, ordered by the highest bits of their keys' hashes, those alike in the order of
    /// items. Returns: where each bucket begins, and the end.
    template <class Policy, class Items, class EntryAt, class Entry>
    static std::vector<std::uint64_t> distribute(const Policy& policy, std::uint64_t size, const Items& items,
                                                 const EntryAt& entry_at, Entry* entries) {
        constexpr std::uint64_t wanted_in_cache = std::max<std::uint64_t>(1, (std::uint64_t{1} << 18) / sizeof(Entry));
        const unsigned bits = std::clamp(static_cast<unsigned>(std::bit_width(size / wanted_in_cache)), 6U, 11U);
        digit_table table(size, bits);
        const auto for_block = [&](std::uint64_t block, const auto& visit) {
            const std::uint64_t end = std::min(size, (block + 1) * table.block_size());
            for (std::uint64_t n = block * table.block_size(); n != end; ++n) visit(n, items(n) >> (64 - bits));
        };
        run_numbers(block_policy(policy, table.block_size()), table.blocks(), [&](std::uint64_t block) {
            std::uint64_t* const count = table.row(block);
            std::fill_n(count, table.digits(), std::uint64_t{0});
            for_block(block, [&](std::uint64_t, std::uint64_t bucket) { ++count[bucket]; });
        });
        std::vector<std::uint64_t> begins = table.place(0);
        run_numbers(block_policy(policy, table.block_size()), table.blocks(), [&](std::uint64_t block) {
            if constexpr (line_scatter<Entry>::is_possible) {
                line_scatter<Entry> lines(entries, table.row(block), table.digits());
                if (lines.is_ready()) {
                    for_block(block, [&](std::uint64_t n, std::uint64_t bucket) { lines.put(bucket, entry_at(n)); });
                    return lines.finish();
                }
            }
            std::uint64_t* const next = table.row(block);
            for_block(block, [&](std::uint64_t n, std::uint64_t bucket) {
                std::construct_at(entries + next[bucket]++, entry_at(n));
            });
        });
        return begins;
    }
    /// Returns: all of them, one behind the other.
    template <class Policy, class Group>
    static std::vector<Group> joined(const Policy& policy, std::vector<std::vector<Group>>& parts) {
        std::vector<std::uint64_t> begins(parts.size() + 1);
        for (std::size_t part = 0; part < parts.size(); ++part) begins[part + 1] = begins[part] + parts[part].size();
        std::vector<Group> all;
        if constexpr (std::default_initializable<Group> && std::is_move_assignable_v<Group>) {
            all.resize(begins.back());
            run_numbers(block_policy(policy, begins.back() / parts.size()), parts.size(), [&](std::uint64_t part) {
                std::move(parts[part].begin(), parts[part].end(), nth_of(all.begin(), begins[part]));
            });
        } else {
            all.reserve(begins.back());
            for (auto& part : parts) {
                for (Group& each : part) all.push_back(std::move(each)); // insert() would assign them
            }
        }
        return all;
    }
};

struct histogram_by_key_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class K = std::identity,
              class H = hash_of_key<I, K>, class E = std::equal_to<>>
        requires groups_by<I, K, H, E>
    std::vector<std::pair<projected_value_t<I, K>, std::uint64_t>>
    operator()(const Policy& policy, I first, S last, K key = {}, H hash = {}, E equal = {}) const {
        const auto one = [](const auto&) { return std::uint64_t{1}; };
        return reduce_groups_function<>{}(policy, std::move(first), std::move(last), std::move(key), one, std::plus<>(),
                                          std::move(hash), std::move(equal));
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class K = std::identity,
              class H = hash_of_key<iterator_of<R>, K>, class E = std::equal_to<>>
        requires groups_by<iterator_of<R>, K, H, E>
    std::vector<std::pair<projected_value_t<iterator_of<R>, K>, std::uint64_t>>
    operator()(const Policy& policy, R&& range, K key = {}, H hash = {}, E equal = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(key), std::move(hash),
                       std::move(equal));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::histogram_by_key: takes ([policy], range, [key], [hash], [equal]) or ([policy], first, "
                      "last, [key], [hash], [equal]), random access; keys that can be copied");
        return {};
    }
};

} // namespace detail

/// Returns: a std::vector of pairs of a key, key(element), and of what value(element) of all elements that have it come to
/// by op, in their order. T is value's type. In which order keys are, and how values are grouped, depends on the elements
/// alone, and on whether there is memory for these: the result is the same for any number of threads. Requires: op is
/// associative; it need not be commutative, and is called by several threads. hash: std::hash of the key. Throws, blocks: as
/// parallel_for. Complexity: work O(n) expected, n calls of value, fewer of op, others as in group_by; span O(n / 128), where
/// keys are few these for each 2^16 elements, else the largest group. Memory, besides the result: where keys are few, these
/// with their sums for each 2^16 elements; else a key and a value for each element, or 8 bytes (16 from 2^32 on) if these
/// cannot be copied freely, and at last a copy of the result; and a table for each thread.
inline constexpr detail::function_object<detail::reduce_groups_function<>> reduce_groups{};

/// Returns: a std::vector of pairs of a key, key(element), and of how many elements have it. Everything else is as for
/// reduce_groups.
inline constexpr detail::function_object<detail::histogram_by_key_function> histogram_by_key{};

PEL_NAMESPACE_END
