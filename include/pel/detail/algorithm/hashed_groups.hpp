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

/// Spreads what a hash function leaves in few bits, as std::hash of integers does, over all of them.
constexpr std::uint64_t spread_hash(std::size_t hash) noexcept {
    std::uint64_t bits = hash;
    bits = (bits ^ (bits >> 32)) * 0xd6e8feb86659fd93U;
    bits = (bits ^ (bits >> 32)) * 0xd6e8feb86659fd93U;
    return bits ^ (bits >> 32);
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
/// hash of item n; items.is_equal(a, b).
template <class Number, class Items>
class group_table {
    static constexpr Number none = static_cast<Number>(-1);

public:
    explicit group_table(const Items& items) : items_(items), slots_(32, slot{0, none}) {}

    /// Returns: the number of the item's group, which is a new one perhaps.
    Number find_or_add(Number item) {
        const std::uint64_t hash = items_(item);
        const std::size_t mask = slots_.size() - 1;
        std::size_t place = hash & mask;
        for (; slots_[place].group != none; place = (place + 1) & mask) {
            if (slots_[place].hash == hash && items_.is_equal(firsts_[slots_[place].group], item))
                return slots_[place].group;
        }
        const auto group = static_cast<Number>(firsts_.size());
        firsts_.push_back(item);
        slots_[place] = {hash, group};
        if (2 * firsts_.size() > slots_.size()) grow();
        return group;
    }
    /// The first item of each group, rising.
    const std::vector<Number>& firsts() const noexcept { return firsts_; }

private:
    struct slot {
        std::uint64_t hash;
        Number group;
    };
    void grow() {
        std::vector<slot> larger(2 * slots_.size(), slot{0, none});
        const std::size_t mask = larger.size() - 1;
        for (const slot& each : slots_) {
            if (each.group == none) continue;
            std::size_t place = each.hash & mask;
            while (larger[place].group != none) place = (place + 1) & mask;
            larger[place] = each;
        }
        slots_ = std::move(larger);
    }

    const Items& items_;
    std::vector<slot> slots_;
    std::vector<Number> firsts_;
};

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
