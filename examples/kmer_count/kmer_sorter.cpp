// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "kmer_sorter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace kmer_count {

namespace {

constexpr unsigned digit_bits = 8;
constexpr std::size_t digits = 1 << digit_bits;

// Radix bits beyond log2 of the number of k-mers: at most one in 2^3 of them then shares its bits with another one.
constexpr unsigned spare_bits = 3;

constexpr unsigned passes_for(std::size_t count) {
    const auto bits = static_cast<unsigned>(std::bit_width(count)) + spare_bits;
    return std::min((bits + digit_bits - 1) / digit_bits, 64 / digit_bits);
}

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

void kmer_sorter::reset(std::size_t most) {
    size_ = 0;
    if (most <= keys_.size()) return;
    keys_ = large_vector<scrambled_kmer>(most);
    other_ = large_vector<scrambled_kmer>(most);
}

std::span<const scrambled_kmer> kmer_sorter::sort_by_high_bits() {
    done_ = 0;
    low_bits_ = 64 - passes_for(size_) * digit_bits;
    for (unsigned shift = low_bits_; shift < 64; shift += digit_bits) sort_by_digit(shift);
    return std::span(keys_).first(size_);
}

void kmer_sorter::sort_by_digit(unsigned shift) {
    const scrambled_kmer* const from = keys_.data();
    scrambled_kmer* const to = other_.data();
    const std::size_t size = size_;
    std::array<std::size_t, digits> cursors{};
    for (std::size_t i = 0; i < size; ++i) ++cursors[(from[i] >> shift) % digits];
    std::size_t begin = 0;
    for (std::size_t& cursor : cursors) begin += std::exchange(cursor, begin);
    for (std::size_t i = 0; i < size; ++i) to[cursors[(from[i] >> shift) % digits]++] = from[i];
    std::swap(keys_, other_);
}

// Sorts the k-mers from done_ on that agree in the high bits. Returns: how many there are.
std::size_t kmer_sorter::sort_group() {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(done_);
    const auto limit = keys_.begin() + static_cast<std::ptrdiff_t>(size_);
    const auto end = std::find_if(begin, limit, [&](scrambled_kmer key) { return differ(key, *begin); });
    if (!std::is_sorted(begin, end)) std::sort(begin, end); // sorted already if it is one k-mer, many times
    return static_cast<std::size_t>(end - begin);
}

} // namespace kmer_count
