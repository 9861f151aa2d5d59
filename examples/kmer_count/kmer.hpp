// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A k-mer is a number: 2 bits per base, A C G T = 0 1 2 3, the first base highest. So the numeric order of k-mers of one
// length is their lexicographic order, and a base's complement is 3 minus the base.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace kmer_count {

using kmer = std::uint64_t;
using base_code = std::uint8_t;

inline constexpr unsigned max_k = 32;

constexpr kmer low_bases(unsigned count) noexcept { return count == 0 ? 0 : ~kmer{0} >> (64 - 2 * count); }

constexpr kmer reverse_complement(kmer forward, unsigned k) noexcept {
    kmer x = ~forward;
    x = ((x >> 2) & 0x3333333333333333U) | ((x & 0x3333333333333333U) << 2);
    x = ((x >> 4) & 0x0f0f0f0f0f0f0f0fU) | ((x & 0x0f0f0f0f0f0f0f0fU) << 4);
    x = ((x >> 8) & 0x00ff00ff00ff00ffU) | ((x & 0x00ff00ff00ff00ffU) << 8);
    x = ((x >> 16) & 0x0000ffff0000ffffU) | ((x & 0x0000ffff0000ffffU) << 16);
    x = (x >> 32) | (x << 32);
    return x >> (64 - 2 * k);
}

/// Both strands of a window of `k` bases that slides along a sequence.
class both_strands {
public:
    explicit both_strands(unsigned k, kmer forward = 0) noexcept
        : mask_(low_bases(k)), top_(2 * k - 2), forward_(forward), reverse_(reverse_complement(forward, k)) {}

    void push(kmer base) noexcept {
        forward_ = ((forward_ << 2) | base) & mask_;
        reverse_ = (reverse_ >> 2) | ((base ^ 3U) << top_);
    }

    kmer canonical() const noexcept { return std::min(forward_, reverse_); }

private:
    kmer mask_;
    unsigned top_;
    kmer forward_;
    kmer reverse_;
};

inline std::string to_text(kmer value, unsigned k) {
    std::string text(k, 'A');
    for (unsigned i = k; i-- > 0; value >>= 2) text[i] = std::string_view("ACGT")[value & 3U];
    return text;
}

} // namespace kmer_count
