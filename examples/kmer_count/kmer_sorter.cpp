// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "kmer_sorter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <utility>

namespace kmer_count {

namespace {

// Radix bits beyond log2 of the number of k-mers: at most one in 2^3 of them then shares its bits with another one.
constexpr unsigned spare_bits = 3;

} // namespace

count_list merge_counts(const count_list& a, const count_list& b) {
    count_list both;
    both.reserve(std::max(a.size(), b.size()));
    auto x = a.begin();
    auto y = b.begin();
    while (x != a.end() && y != b.end()) {
        const scrambled_kmer value = std::min(x->value, y->value);
        std::uint64_t count = 0;
        if (x->value == value) count += (x++)->count;
        if (y->value == value) count += (y++)->count;
        both.push_back({value, count});
    }
    both.insert(both.end(), x, a.end());
    both.insert(both.end(), y, b.end());
    return both;
}

unsigned kmer_sorter::passes_for(std::size_t count) {
    const auto bits = static_cast<unsigned>(std::bit_width(count)) + spare_bits;
    return std::min((bits + digit_bits - 1) / digit_bits, most_passes);
}

void kmer_sorter::reset(std::size_t most) {
    size_ = 0;
    if (most <= keys_.size()) return;
    keys_ = large_vector<scrambled_kmer>(most);
    other_ = large_vector<scrambled_kmer>(most);
}

void kmer_sorter::sort_by_high_bits() {
    const unsigned passes = passes_for(size_);
    low_bits_ = 64 - passes * digit_bits;
    std::array<cursors, most_passes> positions;
    count_digits(std::span(positions).first(passes));
    for (unsigned pass = 0; pass < passes; ++pass) sort_by_digit(low_bits_ + pass * digit_bits, positions[pass]);
}

// Makes of each pass the positions where its digits begin.
void kmer_sorter::count_digits(std::span<cursors> passes) const {
    for (cursors& digit : passes) digit.fill(0);
    for (const scrambled_kmer key : std::span(keys_).first(size_)) {
        scrambled_kmer rest = key >> low_bits_;
        for (cursors& digit : passes) {
            ++digit[rest % digits];
            rest >>= digit_bits;
        }
    }
    for (cursors& digit : passes) std::exclusive_scan(digit.begin(), digit.end(), digit.begin(), std::size_t{0});
}

void kmer_sorter::sort_by_digit(unsigned shift, cursors& positions) {
    scrambled_kmer* const to = other_.data();
    for (const scrambled_kmer key : std::span(keys_).first(size_)) to[positions[(key >> shift) % digits]++] = key;
    std::swap(keys_, other_);
}

// Sorted already if it is one k-mer, many times.
void kmer_sorter::sort_group_slow(std::span<scrambled_kmer> group) {
    if (!std::is_sorted(group.begin(), group.end())) std::sort(group.begin(), group.end());
}

} // namespace kmer_count
