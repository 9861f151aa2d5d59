// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Items in groups of equal keys, where the groups are few beside the items: each chunk of the items finds its own groups,
// and numbers them; then the groups of all chunks are made one list, in the order of first occurrence. The items are read
// in their order, and a key that most of them have costs nobody more than its share.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/hashed_groups.hpp>
#include <pel/detail/algorithm/scratch.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Items: as for group_table. Number: an unsigned type that can count them.
template <class Number, class Items>
class chunk_groups {
public:
    static constexpr std::uint64_t chunk_size = 1 << 16; // groups are numbered by 16 bits

    struct chunk {
        std::vector<Number> first;  // of each of its groups: the first item here
        std::vector<Number> before; // how many items of that group other chunks have before
        std::vector<Number> group;  // which one of all it is
    };

    /// No more than `most` groups are few.
    chunk_groups(std::uint64_t size, const Items& items, std::uint64_t most)
        : size_(size), items_(items), chunks_((size + chunk_size - 1) / chunk_size), group_in_chunk_(size),
          expected_(size < 2 * chunk_size || group_in_chunk_.data() == nullptr
                        ? many_groups
                        : detail::guess_groups<Number>(size, items, most)) {}

    /// Whether it is worth going on: groups seem to be few, and there are many items, and memory for their numbers.
    bool are_few() const noexcept { return expected_ != many_groups; }
    /// Requires: are_few() has found so.
    template <class Policy>
    void find_all(const Policy& policy) {
        run_numbers(block_policy(policy, chunk_size), chunks_.size(), [this](std::uint64_t number) { find(number); });
        group_table<Number, Items> all(items_, expected_);
        for (chunk& one : chunks_) {
            one.group.reserve(one.first.size());
            for (std::size_t each = 0; each < one.first.size(); ++each) {
                const Number group = all.find_or_add(one.first[each]);
                if (group == sizes_.size()) sizes_.push_back(0);
                one.group.push_back(group);
                const Number count = one.before[each];
                one.before[each] = sizes_[group];
                sizes_[group] = static_cast<Number>(sizes_[group] + count);
            }
        }
        firsts_ = all.take_firsts();
    }

    /// The first item of each group, rising.
    const std::vector<Number>& firsts() const noexcept { return firsts_; }
    /// How many items each group has.
    const std::vector<Number>& sizes() const noexcept { return sizes_; }

    std::uint64_t size() const noexcept { return size_; }
    std::uint64_t chunks() const noexcept { return chunks_.size(); }
    const chunk& operator[](std::uint64_t number) const noexcept { return chunks_[number]; }
    /// Calls visit(item, group in the chunk) for each item of a chunk, in their order.
    template <class Visit>
    void for_items(std::uint64_t number, const Visit& visit) const {
        const std::uint64_t end = std::min(size_, (number + 1) * chunk_size);
        for (std::uint64_t item = number * chunk_size; item != end; ++item) visit(item, group_in_chunk_.data()[item]);
    }

private:
    void find(std::uint64_t number) {
        const std::uint64_t begin = number * chunk_size;
        const std::uint64_t end = std::min(size_, begin + chunk_size);
        group_table<Number, Items> table(items_, expected_);
        std::vector<Number>& count = chunks_[number].before;
        count.reserve(expected_);
        Number* counts = count.data();
        std::uint16_t* const group_of = group_in_chunk_.data() + begin;
        table.find_or_add_all(
            end - begin, [begin](std::uint64_t n) { return static_cast<Number>(begin + n); },
            [&](std::uint64_t n, Number group) {
                group_of[n] = static_cast<std::uint16_t>(group);
                ++counts[group];
            },
            [&](std::uint64_t n, Number group) {
                group_of[n] = static_cast<std::uint16_t>(group);
                count.push_back(1);
                counts = count.data();
            });
        chunks_[number].first = table.take_firsts();
    }

    const std::uint64_t size_;
    const Items& items_;
    std::vector<chunk> chunks_;
    const scratch_memory<std::uint16_t> group_in_chunk_; // of each item
    const std::uint64_t expected_;                       // groups, or many_groups
    std::vector<Number> firsts_, sizes_;
};

} // namespace detail
PEL_NAMESPACE_END
