// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the items of each chunk go in the order of all, when chunks are counted by several threads, in any order: that is
// known as soon as all chunks before it are counted, and nobody waits for it. A chunk is one unit, or several at once.
// Source: D. Merrill, M. Garland, "Single-pass parallel prefix scan with decoupled look-back", 2016, where a chunk looks
// back for its rank; here ranks are handed on.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// R1  The word of a chunk's first unit gets two additions, to bits of their own: what the chunk holds, and its rank. They
///     are RMWs of one word, so one of them sees the other: who makes that one knows the rank of the chunk behind it, and
///     nobody else does.
/// R2  So each rank that can be known is handed on once, by somebody who never waits; by induction from the first chunk
///     on, all are when all chunks are counted.
/// No other memory is read by what a word says: all orders are relaxed.
class rank_chain {
    static constexpr unsigned count_width = 13, length_width = 6;
    static constexpr unsigned rank_shift = count_width + length_width + 1;
    static constexpr std::uint64_t has_rank = std::uint64_t{1} << (rank_shift - 1);

public:
    static constexpr std::uint64_t most_items = (1 << count_width) - 1;
    static constexpr std::uint64_t most_units = (1 << length_width) - 1;

    /// Throws: std::bad_alloc.
    explicit rank_chain(std::uint64_t units) : words_(units + 1) { words_[0].store(has_rank, relaxed); }

    std::uint64_t units() const noexcept { return words_.size() - 1; }

    /// The chunk of the units [begin, end), most_units or fewer, has so many items, most_items or fewer. Requires: each
    /// unit is in one chunk only. Any thread.
    void count(std::uint64_t begin, std::uint64_t end, std::uint64_t items) noexcept {
        const std::uint64_t counted = (end - begin) << count_width | items;
        std::uint64_t word = words_[begin].fetch_add(counted, relaxed);
        if ((word & has_rank) == 0) return; // who hands it its rank will see the count
        for (word += counted; length_of(word) != 0;) {
            begin += length_of(word);
            const std::uint64_t handed = ((word >> rank_shift) + (word & most_items)) << rank_shift | has_rank;
            word = words_[begin].fetch_add(handed, relaxed) + handed;
        }
    }
    /// Whether rank(unit) is known. Any thread.
    bool is_known(std::uint64_t unit) const noexcept { return (words_[unit].load(relaxed) & has_rank) != 0; }
    /// Returns: how many items are before the chunk that begins with this unit; behind the last one, how many there are.
    /// Requires: that is known.
    std::uint64_t rank(std::uint64_t unit) const noexcept { return words_[unit].load(relaxed) >> rank_shift; }

private:
    static std::uint64_t length_of(std::uint64_t word) noexcept { return word >> count_width & most_units; }

    // {rank:44, has_rank:1, length:6, items:13}; length is 0 until the chunk is counted, and behind the last unit.
    std::vector<atomic<std::uint64_t>> words_;
};

} // namespace detail
PEL_NAMESPACE_END
