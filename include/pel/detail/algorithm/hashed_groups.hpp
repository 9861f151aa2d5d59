// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Items in groups of equal keys. Their numbers are distributed into buckets by the keys' hashes; then each bucket, which
// holds all items of its keys in their order, finds its groups with a hash table of its own.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/distribution.hpp>
#include <pel/detail/algorithm/scratch.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
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

/// The groups of some items, each by the number of its first item. Open addressing, linear probing. Items: items(n) is the
/// hash of item n; items.look_at(n) what is kept of its key, a mark, which is its hash or the key itself; items.hash(mark);
/// items.is_same(mark, mark, first, n) whether item n has the key of item first().
template <class Number, class Items>
class group_table {
    using mark = typename Items::mark;

public:
    static constexpr Number none = static_cast<Number>(-1);

    explicit group_table(const Items& items) : items_(items) {}

    /// Returns: the number of the item's group, or `none`: then add_last() adds it.
    PEL_ALWAYS_INLINE Number find(Number item) {
        const mark its = items_.look_at(item);
        const slot* const slots = slots_.data();
        std::size_t place = items_.hash(its) & mask_;
        for (; slots[place].group != none; place = (place + 1) & mask_) {
            const Number group = slots[place].group;
            if (items_.is_same(slots[place].its, its, [&] { return firsts_[group]; }, item)) return group;
        }
        last_place_ = place;
        return none;
    }
    /// A new group, of the item that find() has not found. Returns: its number, one more than the last.
    PEL_NOINLINE Number add_last(Number item) {
        const auto group = static_cast<Number>(firsts_.size());
        firsts_.push_back(item);
        slots_[last_place_] = {items_.look_at(item), group};
        if (2 * firsts_.size() > slots_.size()) grow();
        return group;
    }
    PEL_ALWAYS_INLINE Number find_or_add(Number item) {
        const Number group = find(item);
        return group != none ? group : add_last(item);
    }
    /// The first item of each group, rising.
    const std::vector<Number>& firsts() const noexcept { return firsts_; }

private:
    struct slot {
        mark its{};
        Number group = none;
    };
    void grow() {
        std::vector<slot> larger(2 * slots_.size());
        mask_ = larger.size() - 1;
        for (const slot& each : slots_) {
            if (each.group == none) continue;
            std::size_t place = items_.hash(each.its) & mask_;
            while (larger[place].group != none) place = (place + 1) & mask_;
            larger[place] = each;
        }
        slots_ = std::move(larger);
    }

    const Items items_;
    std::vector<slot> slots_ = std::vector<slot>(32);
    std::size_t mask_ = 31;
    std::size_t last_place_ = 0;
    std::vector<Number> firsts_;
};

/// Returns: whether groups seem to be few beside the items: found out of some of these, from all over their range.
template <class Number, class Items>
bool groups_are_few(std::uint64_t size, const Items& items) {
    constexpr std::uint64_t sample = 1 << 14, items_of_group = 4;
    if (size < sample) return true;
    group_table<Number, Items> table(items);
    for (std::uint64_t each = 0; each < sample; ++each) {
        table.find_or_add(static_cast<Number>(each * (size / sample)));
        if (table.firsts().size() > sample / items_of_group) return false;
    }
    return true;
}

/// Calls work(bucket, items, n) for each bucket, with the numbers of its items, rising. Number: an unsigned type that can
/// count them. Throws: std::bad_alloc, what work and hash_of throw, operation_cancelled. Returns: how many buckets.
template <class Number, class Policy, class HashOf, class Work>
void for_hash_buckets(const Policy& policy, std::uint64_t size, unsigned buckets, const HashOf& hash_of,
                      const Work& work) {
    std::vector<Number> items(size);
    run_numbers(policy, size, [to = items.data()](std::uint64_t n) { to[n] = static_cast<Number>(n); });
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
