// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts k-mers by sorting them: equal ones become neighbours. Each k-mer is multiplied by an odd constant first, which
// loses nothing and spreads k-mers evenly, so that a radix sort by a few of the highest bits separates nearly all of them;
// groups that agree in those bits are sorted by comparison. Sequential memory, hardly a branch that cannot be predicted:
// half the time of a hash table even when that fits the cache, and no slower when it would not.
#pragma once

#include "kmer.hpp"
#include "large_memory.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace kmer_count {

/// A k-mer as it is sorted.
using scrambled_kmer = std::uint64_t;

inline constexpr std::uint64_t scrambling_factor = 0x9e3779b97f4a7c15U;

/// Returns: the number that undoes the multiplication by `odd`, modulo 2^64.
constexpr std::uint64_t inverse_of(std::uint64_t odd) noexcept {
    std::uint64_t inverse = odd; // right in the lowest 3 bits; each round doubles them
    for (int round = 0; round < 5; ++round) inverse *= 2 - odd * inverse;
    return inverse;
}

constexpr scrambled_kmer scramble(kmer value) noexcept { return value * scrambling_factor; }
constexpr kmer unscramble(scrambled_kmer value) noexcept { return value * inverse_of(scrambling_factor); }
static_assert(unscramble(scramble(0x0123456789abcdefU)) == 0x0123456789abcdefU);

struct scrambled_count {
    scrambled_kmer value;
    std::uint64_t count;
};

/// What several sorters have counted, in ascending order.
using count_list = std::vector<scrambled_count>;

/// Complexity: linear.
count_list merge_counts(const count_list& a, const count_list& b);

/// Collects k-mers and counts them. One thread at a time; the memory is kept for the next use.
class kmer_sorter {
public:
    /// Forgets what was added, and makes room for `most` k-mers.
    void reset(std::size_t most);

    void add(kmer value) noexcept { keys_[size_++] = scramble(value); }

    /// Calls visit(scrambled_count) for each different k-mer, in ascending order.
    /// Complexity: linear, if the scrambling works.
    template <class Visit>
    void count(Visit visit) {
        sort_by_high_bits();
        scrambled_kmer* const keys = keys_.data();
        const std::size_t size = size_;
        const unsigned low_bits = low_bits_;
        for (std::size_t begin = 0, end = 0; begin < size; begin = end) {
            do ++end;
            while (end < size && ((keys[begin] ^ keys[end]) >> low_bits) == 0);
            if (end - begin == 1) {
                visit(scrambled_count{keys[begin], 1});
            } else {
                sort_group({keys + begin, end - begin});
                count_sorted({keys + begin, end - begin}, visit);
            }
        }
    }

private:
    static void sort_group(std::span<scrambled_kmer> group) {
        if (group.size() == 2) { // almost all of them
            if (group[0] > group[1]) std::swap(group[0], group[1]);
        } else {
            sort_group_slow(group);
        }
    }

    template <class Visit>
    static void count_sorted(std::span<const scrambled_kmer> sorted, Visit& visit) {
        for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
            do ++end;
            while (end < sorted.size() && sorted[end] == sorted[begin]);
            visit(scrambled_count{sorted[begin], end - begin});
        }
    }

    static constexpr unsigned digit_bits = 8;
    static constexpr std::size_t digits = 1 << digit_bits;
    static constexpr unsigned most_passes = 64 / digit_bits;
    using cursors = std::array<std::size_t, digits>;

    static unsigned passes_for(std::size_t count);
    static void sort_group_slow(std::span<scrambled_kmer> group);
    void sort_by_high_bits();
    void count_digits(std::span<cursors> passes) const;
    void sort_by_digit(unsigned shift, cursors& positions);

    large_vector<scrambled_kmer> keys_;
    large_vector<scrambled_kmer> other_;
    std::size_t size_ = 0;
    unsigned low_bits_ = 0; // that the radix sort has left alone
};

} // namespace kmer_count
