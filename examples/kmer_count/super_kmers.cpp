// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "super_kmers.hpp"

#include <array>
#include <utility>

namespace kmer_count {

namespace {

constexpr std::size_t tile_size = 2048;   // k-mers; their orders stay in the first-level cache
constexpr unsigned longest_minimizer = 8; // its order is 16 bits wide: 8 to a vector register of any x86-64

using tile = std::array<std::int16_t, tile_size + max_k>;

// Long enough for many evenly filled bins, short enough for several k-mers to share one.
constexpr unsigned minimizer_length(unsigned k) { return k <= 4 ? k : std::clamp(k - 4, 4U, longest_minimizer); }

// A bijection, so equal orders mean equal m-mers. AA…A comes last, or repeats of it would fill one bin.
constexpr std::int16_t order_of(kmer m_mer) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(m_mer * 0x9e3bU) ^ 0x7fffU);
}

void order_m_mers(std::span<const base_code> bases, unsigned m, tile& orders) {
    both_strands window(m);
    for (std::size_t i = 0; i + 1 < m; ++i) window.push(bases[i]);
    for (std::size_t i = m - 1; i < bases.size(); ++i) {
        window.push(bases[i]);
        orders[i + 1 - m] = order_of(window.canonical());
    }
}

void pairwise_minimum(const tile& from, std::size_t distance, std::size_t count, tile& to) {
    for (std::size_t i = 0; i < count; ++i) to[i] = std::min(from[i], from[i + distance]);
}

// Replaces orders[i] by the least of orders[i … i + width − 1], for i < count. Doubles the width in each pass.
void slide_minimum(tile& orders, std::size_t count, std::size_t width) {
    tile other;
    tile* from = &orders;
    tile* to = &other;
    std::size_t done = 1;
    while (done < width) {
        const std::size_t step = std::min(done, width - done);
        done += step;
        pairwise_minimum(*from, step, count + width - done, *to);
        std::swap(from, to);
    }
    if (from != &orders) std::copy_n(from->begin(), count, orders.begin());
}

} // namespace

partitioned_block super_kmer_splitter::split(std::span<const base_code> bases, std::span<const base_run> runs,
                                             unsigned k, std::size_t bins) {
    k_ = k;
    bin_shift_ = 16U - static_cast<unsigned>(std::countr_zero(bins));
    records_.clear();
    for (const base_run run : runs) split_run(bases.subspan(run.begin, run.end - run.begin), run.begin);
    pack(bases);
    std::vector<bin_extent> extents = measure_bins(bins);
    const auto bytes = memory_.allocate(extents.back().begin);
    copy_records(bytes.get(), extents);
    return {bytes, std::move(extents)};
}

void super_kmer_splitter::split_run(std::span<const base_code> run, std::uint32_t begin) {
    const unsigned m = minimizer_length(k_);
    const std::size_t kmers = run.size() - k_ + 1;
    for (std::size_t done = 0; done < kmers; done += tile_size) {
        const std::size_t count = std::min(tile_size, kmers - done);
        tile orders;
        order_m_mers(run.subspan(done, count + k_ - 1), m, orders);
        slide_minimum(orders, count, k_ - m + 1);
        find_records({orders.data(), count}, begin + static_cast<std::uint32_t>(done));
    }
}

void super_kmer_splitter::find_records(std::span<const std::int16_t> minimizers, std::uint32_t begin) {
    std::array<std::uint16_t, tile_size> ends;
    std::size_t count = 0;
    for (std::size_t i = 1; i < minimizers.size(); ++i) {
        ends[count] = static_cast<std::uint16_t>(i); // overwritten unless the minimizer changes: no branch
        count += minimizers[i] != minimizers[i - 1];
    }
    ends[count++] = static_cast<std::uint16_t>(minimizers.size());
    std::uint32_t first = 0;
    for (const std::uint32_t end : std::span(ends).first(count)) {
        const auto minimizer = static_cast<std::uint16_t>(minimizers[first]);
        const auto bin = static_cast<std::uint16_t>((minimizer * 0x9e37U & 0xffffU) >> bin_shift_);
        for (; first < end; first += max_kmers_in_record) {
            const auto kmers = static_cast<std::uint16_t>(std::min(end - first, max_kmers_in_record));
            records_.push_back({begin + first, bin, kmers});
        }
        first = end;
    }
}

void super_kmer_splitter::pack(std::span<const base_code> bases) {
    packed_.resize(bases.size() / 4 + 1 + 2 * record_slack);
    const std::size_t whole = bases.size() / 4;
    for (std::size_t i = 0; i < whole; ++i) {
        const base_code* const four = &bases[4 * i];
        packed_[i] = static_cast<std::uint8_t>(four[0] << 6 | four[1] << 4 | four[2] << 2 | four[3]);
    }
    packed_[whole] = 0;
    for (std::size_t i = 4 * whole; i < bases.size(); ++i) {
        packed_[whole] = static_cast<std::uint8_t>(packed_[whole] | bases[i] << (6 - 2 * (i % 4)));
    }
}

std::size_t super_kmer_splitter::size_of(const record& r) const noexcept {
    return 1 + encoding::bytes_of_bases(r.position % 4, r.kmers, k_);
}

std::vector<bin_extent> super_kmer_splitter::measure_bins(std::size_t bins) const {
    std::vector<bin_extent> extents(bins + 1);
    for (const record& r : records_) {
        extents[r.bin].begin += static_cast<std::uint32_t>(size_of(r));
        extents[r.bin].kmers += r.kmers;
    }
    std::uint32_t begin = 0;
    for (bin_extent& extent : extents)
        begin += std::exchange(extent.begin, begin) + static_cast<std::uint32_t>(record_slack);
    return extents;
}

void super_kmer_splitter::copy_records(std::uint8_t* bytes, std::vector<bin_extent> cursors) const {
    for (const record& r : records_) {
        const std::uint8_t* const from = &packed_[r.position / 4];
        std::uint8_t* const to = bytes + cursors[r.bin].begin;
        const std::size_t size = size_of(r);
        cursors[r.bin].begin += static_cast<std::uint32_t>(size);
        *to = static_cast<std::uint8_t>((r.kmers - 1U) << 2 | r.position % 4);
        std::memcpy(to + 1, from, 16); // what is too much, the next record of the bin overwrites
        if (size > 17) std::memcpy(to + 17, from + 16, 16);
    }
}

} // namespace kmer_count
