// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Items in groups of equal keys. Their numbers are distributed into buckets by the keys' hashes; then each bucket, which
// holds all items of its keys in their order, finds its groups with a hash table of its own.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/distribution.hpp>
#include <pel/detail/algorithm/item_numbers.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/detail/platform/opaque.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Spreads what a hash function leaves in few bits, as std::hash of integers does, over all of them: both halves of the
/// product with 2^64 / phi. Source: Wang Yi, wyhash.
constexpr std::uint64_t spread_hash(std::size_t hash) noexcept {
    __extension__ using wide = unsigned __int128;
    const wide product = static_cast<wide>(hash) * 0x9e3779b97f4a7c15U;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// The hash's highest bits choose the bucket. HashOf: hash_of(n) -> 64 bits, of item n.
template <class HashOf>
class hash_buckets {
public:
    static constexpr bool uses_elements = false;

    hash_buckets(const HashOf& hash_of, unsigned buckets) noexcept
        : hash_of_(hash_of), shift_(64 - static_cast<unsigned>(std::countr_zero(buckets))), buckets_(buckets) {}

    unsigned buckets() const noexcept { return buckets_; }
    template <class Number>
    void classify(const Number* item, std::uint64_t, std::uint64_t n, unsigned char* bucket) const {
        for (std::uint64_t each = 0; each < n; ++each)
            bucket[each] = static_cast<unsigned char>(hash_of_(item[each]) >> shift_);
    }

private:
    const HashOf& hash_of_;
    unsigned shift_, buckets_;
};

/// The groups of some items, each by the number of its first item. Open addressing; slots lie in pairs, which are probed one
/// after the other: both slots of a pair are looked at without a branch, so that where a key lies there costs no
/// misprediction, of which each costs as much as all else. Items: items(n) is the hash of item n; items.look_at(n) what is
/// kept of its key, a mark, which is its hash or the key itself; items.hash(mark); items.is_like(mark, mark);
/// items.is_same(first, n) whether two items whose marks are alike have the same key.
template <class Number, class Items>
class group_table {
    using mark = typename Items::mark;

public:
    static constexpr Number none = static_cast<Number>(-1);

    /// `expected` groups need no growth.
    explicit group_table(const Items& items, std::uint64_t expected = 0) : items_(items) {
        std::size_t pairs = 16;
        while (must_grow(expected, 2 * pairs)) pairs *= 2;
        slots_.resize(2 * pairs);
        mask_ = pairs - 1;
    }

    /// Returns: the number of the item's group, which is one more than the last if it is new.
    Number find_or_add(Number item) {
        Number found = none;
        find_or_add_all(
            1, [item](std::uint64_t) { return item; }, [&found](std::uint64_t, Number group) { found = group; },
            [&found](std::uint64_t, Number group) { found = group; });
        return found;
    }
    /// Calls, for each n < count, one after the other: know(n, group) if the group of item_at(n) is there, else
    /// add(n, group), when it is. What is asked for all items is in variables here: the compiler knows that know() does not
    /// write them.
    template <class ItemAt, class Know, class Add>
    PEL_ALWAYS_INLINE void find_or_add_all(std::uint64_t count, const ItemAt& item_at, const Know& know,
                                           const Add& add) {
        const Items items = items_;
        const slot* slots = slots_.data();
        std::size_t mask = mask_;
        for (std::uint64_t n = 0; n != count; ++n) {
            const Number item = item_at(n);
            std::size_t place = 0;
            const Number group = find(items, slots, mask, item, place);
            if (group != none) [[likely]] {
                know(n, group);
            } else {
                add(n, add_at(place, item));
                slots = slots_.data();
                mask = mask_;
            }
        }
    }
    /// The first item of each group, rising.
    const std::vector<Number>& firsts() const noexcept { return firsts_; }
    std::vector<Number> take_firsts() noexcept { return std::move(firsts_); }
    /// Gives back the memory of all but firsts(): nothing is looked up any more.
    void close() noexcept { slots_ = std::vector<slot>(); }

private:
    struct slot {
        mark its{};
        Number group = none;
    };
    /// Returns: the number of the item's group, or `none` and where its slot is to be.
    PEL_ALWAYS_INLINE Number find(const Items& items, const slot* slots, std::size_t mask, Number item,
                                  std::size_t& place) const {
        const mark its = items.look_at(item);
        for (std::size_t pair = items.hash(its);; ++pair) {
            const slot* const two = slots + 2 * (pair & mask);
            std::size_t which = items.is_like(two[0].its, its) ? 0 : 1;
            make_opaque(which); // or there are branches
            if (items.is_like(two[which].its, its)) [[likely]] {
                const Number group = two[which].group; // none: an empty one
                if (group != none && items.is_same(firsts_.data() + group, item)) [[likely]]
                    return group;
                if (which == 0 && two[1].group != none && items.is_like(two[1].its, its) &&
                    items.is_same(firsts_.data() + two[1].group, item))
                    return two[1].group;
            }
            if (two[1].group != none) continue;
            place = 2 * (pair & mask) + (two[0].group != none);
            return none;
        }
    }
    /// A new group, of the item that find() has not found.
    PEL_NOINLINE Number add_at(std::size_t place, Number item) {
        const auto group = static_cast<Number>(firsts_.size());
        firsts_.push_back(item);
        slots_[place] = {items_.look_at(item), group};
        if (must_grow(firsts_.size(), slots_.size())) grow();
        return group;
    }
    /// Half full; small tables, of which memory is no matter, a quarter.
    static constexpr bool must_grow(std::uint64_t groups, std::size_t slots) noexcept {
        return (slots <= (1U << 14) ? 4 : 2) * groups > slots;
    }
    void grow() {
        std::vector<slot> larger(2 * slots_.size());
        mask_ = larger.size() / 2 - 1;
        for (const slot& each : slots_) {
            if (each.group == none) continue;
            std::size_t pair = items_.hash(each.its) & mask_;
            while (larger[2 * pair + 1].group != none) pair = (pair + 1) & mask_;
            larger[2 * pair + (larger[2 * pair].group != none)] = each;
        }
        slots_ = std::move(larger);
    }

    const Items items_;
    std::vector<slot> slots_;
    std::size_t mask_; // of numbers of pairs
    std::vector<Number> firsts_;
};

inline constexpr std::uint64_t many_groups = ~std::uint64_t{0};
/// A table of that many groups takes about 8 bytes for each of the items.
constexpr std::uint64_t few_groups(std::uint64_t items) noexcept { return items / 16; }
/// Returns: how many groups some of the items have, from all over their range; many_groups: nearly as many as there are of
/// these, or all items seem to have more than `most`: what occurs there once, and twice, tells how much does not at all.
/// Source: A. Chao, "Nonparametric Estimation of the Number of Classes in a Population", 1984.
template <class Number, class Items>
std::uint64_t guess_groups(std::uint64_t size, const Items& items, std::uint64_t most) {
    constexpr std::uint64_t sample = 1 << 14, items_of_group = 2;
    if (size < sample) return 0;
    const std::uint64_t stride = size / sample;
    group_table<Number, Items> table(items);
    std::vector<std::uint32_t> times;
    for (std::uint64_t each = 0; each < sample; ++each) {
        const std::uint64_t item = each * stride + spread_hash(each) % stride; // in step with nothing periodic
        const Number group = table.find_or_add(static_cast<Number>(item));
        if (group == times.size()) times.push_back(0);
        ++times[group];
        if (times.size() > sample / items_of_group) return many_groups;
    }
    const auto ones = static_cast<std::uint64_t>(std::count(times.begin(), times.end(), 1U));
    const auto twos = static_cast<std::uint64_t>(std::count(times.begin(), times.end(), 2U));
    const std::uint64_t missed = std::min(ones * ones / (2 * std::max<std::uint64_t>(twos, 1)), ones * stride);
    return times.size() + missed > most ? many_groups : times.size();
}

/// Calls work(bucket, items, n) for each bucket, with the numbers of its items, rising. Number: an unsigned type that can
/// count them. Throws: std::bad_alloc, what work and hash_of throw, operation_cancelled.
template <class Number, class Policy, class HashOf, class Work>
void for_hash_buckets(const Policy& policy, std::uint64_t size, unsigned buckets, const HashOf& hash_of,
                      const Work& work) {
    auto items = detail::all_numbers<Number>(policy, size);
    if (buckets == 1) return work(0, items.data(), size);
    const scratch_memory<Number> scratch(size);
    if (scratch.data() == nullptr) throw_error<std::bad_alloc>();
    const hash_buckets<HashOf> choose(hash_of, buckets);
    distribution<Number*, hash_buckets<HashOf>> distribute(items.data(), size, scratch.data(), choose);
    distribute.run(policy, never_late, [&](unsigned bucket, std::uint64_t begin, std::uint64_t end) {
        work(bucket, items.data() + begin, end - begin);
    });
}
constexpr unsigned hash_buckets_for(std::uint64_t size) noexcept {
    return size < (1U << 13)
               ? 1
               : static_cast<unsigned>(std::min<std::uint64_t>(std::bit_floor(size / 1024), most_buckets));
}

} // namespace detail
PEL_NAMESPACE_END
