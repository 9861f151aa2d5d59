// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From text to bases: one block of a FASTA file becomes a row of base codes, cut into runs that no k-mer may leave.
// Blocks are parsed independently; what lies across their borders is left to seams.hpp.
#pragma once

#include "block_reader.hpp"
#include "kmer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kmer_count {

/// Bases that follow each other without a break, as positions in parsed_text::codes.
struct base_run {
    std::uint32_t begin;
    std::uint32_t end;
};

/// Up to k − 1 bases at an end of a block.
class edge {
public:
    edge() = default;
    explicit edge(std::span<const base_code> bases);

    std::span<const base_code> bases() const noexcept { return {bases_.data(), size_}; }

private:
    std::array<base_code, max_k - 1> bases_{};
    std::uint8_t size_ = 0;
};

/// What the neighbours of a block must know of it.
struct block_edges {
    edge head;               // the first k − 1 bases, fewer if a break comes earlier
    edge tail;               // the last k − 1 bases, fewer if a break comes later
    bool is_unbroken = true; // head and tail belong to one run, or there are no bases at all
};

struct text_totals {
    std::uint64_t records = 0;
    std::uint64_t bases = 0;         // A, C, G, T
    std::uint64_t other_letters = 0; // anything else in a sequence

    text_totals& operator+=(const text_totals& other) noexcept;
    bool operator==(const text_totals&) const = default;
};

struct parsed_text {
    large_vector<base_code> codes;
    std::size_t size = 0;       // codes in use
    std::vector<base_run> runs; // of at least k bases each
    block_edges edges;
    text_totals totals;
    std::optional<std::uint64_t> bad_byte; // offset in the text of the first byte that no text file has

    std::span<const base_code> bases() const noexcept { return {codes.data(), size}; }
};

/// Parses `block` into `parsed`, whose memory is reused.
/// Complexity: work and span linear in the block.
void parse_fasta(const text_block& block, unsigned k, parsed_text& parsed);

} // namespace kmer_count
