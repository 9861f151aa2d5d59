// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Partitions k-mers without writing them out one by one. Neighbouring k-mers share k − 1 bases and mostly the same
// minimizer (the least of their canonical m-mers in a scrambled order), so they go together as one super-k-mer: about
// 1 byte per k-mer where the k-mers themselves take 8. A k-mer and its reverse complement have the same minimizer, so all
// occurrences of a canonical k-mer meet in one bin, and bins can be counted independently.
// Literature: Li et al., "MSPKmerCounter" (2015); Deorowicz et al., "KMC 2" (2015).
#pragma once

#include "fasta.hpp"
#include "kmer.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace kmer_count {

/// A super-k-mer in memory: one byte {k-mers − 1: 6 bits, phase: 2 bits}, then the bytes with its bases, 4 to a byte, the
/// first base highest. Its own first base is the one number `phase` of the first byte: records are cut out of a packed
/// sequence by copying bytes, never by shifting.
inline constexpr unsigned max_kmers_in_record = 64;

/// Reading and copying records may touch this many bytes behind them.
inline constexpr std::size_t record_slack = 16;

/// Where a bin's records are, and how many k-mers they hold.
struct bin_extent {
    std::uint32_t begin;
    std::uint32_t kmers;
};

/// One block's super-k-mers, sorted by bin. Immutable.
class partitioned_block {
public:
    partitioned_block() = default;

    /// `extents` has one entry more than there are bins: the end.
    partitioned_block(std::shared_ptr<const std::uint8_t[]> bytes, std::vector<bin_extent> extents)
        : bytes_(std::move(bytes)), extents_(std::move(extents)) {}

    std::span<const std::uint8_t> records(std::size_t bin) const noexcept {
        return {bytes_.get() + extents_[bin].begin, extents_[bin + 1].begin - extents_[bin].begin - record_slack};
    }

    std::size_t kmers(std::size_t bin) const noexcept { return extents_[bin].kmers; }

private:
    std::shared_ptr<const std::uint8_t[]> bytes_;
    std::vector<bin_extent> extents_;
};

/// Cuts runs of bases into super-k-mers. One thread at a time; the memory is reused.
class super_kmer_splitter {
public:
    /// `bins` is a power of two, at most 2^16.
    partitioned_block split(std::span<const base_code> bases, std::span<const base_run> runs, unsigned k,
                            std::size_t bins);

private:
    struct record {
        std::uint32_t position;
        std::uint16_t bin;
        std::uint16_t kmers;
    };

    void split_run(std::span<const base_code> run, std::uint32_t begin);
    void find_records(std::span<const std::int16_t> minimizers, std::uint32_t begin);
    void pack(std::span<const base_code> bases);
    std::vector<bin_extent> measure_bins(std::size_t bins) const;
    void copy_records(std::uint8_t* bytes, std::vector<bin_extent> cursors) const;
    std::size_t size_of(const record& r) const noexcept;

    unsigned k_ = 0;
    unsigned bin_shift_ = 0;
    large_vector<record> records_;
    large_vector<std::uint8_t> packed_;
    chunk_allocator memory_;
};

namespace encoding {

inline constexpr unsigned bases_per_load = 29; // 32 less the largest phase

/// Returns: the bases from number `index` on, at least bases_per_load, the first one highest.
inline kmer load_bases(const std::uint8_t* bytes, unsigned index) noexcept {
    kmer bases = 0;
    for (unsigned i = 0; i < 8; ++i) bases = (bases << 8) | bytes[index / 4 + i];
    return bases << (2 * (index % 4));
}

/// Returns: the k bases that begin at number `phase` of the first byte.
inline kmer first_bases(const std::uint8_t* bytes, unsigned phase, unsigned k) noexcept {
    const kmer ninth_byte = bytes[8];
    return (load_bases(bytes, phase) | (ninth_byte >> (8 - 2 * phase))) >> (64 - 2 * k);
}

constexpr std::size_t bytes_of_bases(std::size_t phase, std::size_t kmers, std::size_t k) noexcept {
    return (phase + kmers + k - 1 + 3) / 4;
}

} // namespace encoding

/// Calls visit(kmer) with each canonical k-mer of `records`.
template <class Visit>
void for_each_kmer(std::span<const std::uint8_t> records, unsigned k, Visit visit) {
    const std::uint8_t* next = records.data();
    const std::uint8_t* const end = next + records.size();
    while (next != end) {
        unsigned rest = *next >> 2; // k-mers after the first
        const unsigned phase = *next & 3U;
        const std::uint8_t* const bases = next + 1;
        next = bases + encoding::bytes_of_bases(phase, rest + 1, k);
        both_strands window(k, encoding::first_bases(bases, phase, k));
        visit(window.canonical());
        for (unsigned index = phase + k; rest > 0;) {
            const unsigned loaded = std::min(rest, encoding::bases_per_load);
            kmer following = encoding::load_bases(bases, index);
            for (unsigned i = 0; i < loaded; ++i, following <<= 2) {
                window.push(following >> 62);
                visit(window.canonical());
            }
            index += loaded;
            rest -= loaded;
        }
    }
}

} // namespace kmer_count
