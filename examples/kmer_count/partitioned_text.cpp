// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "partitioned_text.hpp"

#include <pel/parallel_for.hpp>

#include <algorithm>
#include <bit>
#include <string>

namespace kmer_count {

namespace {

constexpr std::size_t least_block = 64 << 10;
constexpr std::size_t most_block = 1 << 20;
constexpr std::size_t enough_blocks = 64; // so that large machines have work, in a text that is long enough
constexpr std::size_t text_per_bin = 128; // of a block: a bin's records in it fill more than a cache line
constexpr std::size_t least_bins = 16;
constexpr std::size_t most_bins = 4096;

// Scratch of the thread that runs the task: fresh memory for each block would cost more than the work.
struct scratch {
    parsed_text parsed;
    super_kmer_splitter splitter;
};

scratch& local_scratch() {
    thread_local scratch memory;
    return memory;
}

} // namespace

partition_plan partition_plan::choose(unsigned k, std::size_t block_size, std::uint64_t expected_length) {
    if (block_size == 0) {
        block_size =
            std::bit_floor(std::clamp<std::uint64_t>(expected_length / enough_blocks, least_block, most_block));
    }
    return {k, block_size, std::bit_floor(std::clamp(block_size / text_per_bin, least_bins, most_bins))};
}

void partitioned_text::add(std::span<const text_block> blocks, const support::input_file& file) {
    std::vector<outcome> outcomes(blocks.size());
    const std::size_t before = blocks_.size();
    blocks_.resize(before + blocks.size());
    pel::parallel_for(std::size_t{0}, blocks.size(),
                      [&](std::size_t i) { blocks_[before + i] = partition(blocks[i], outcomes[i]); });
    for (const outcome& found : outcomes) {
        if (found.bad_byte) {
            file.fail("not a FASTA file: a sequence holds a byte that is not text, at offset " +
                      std::to_string(*found.bad_byte));
        }
        totals_ += found.totals;
        seams_.add(found.edges);
    }
}

void partitioned_text::finish() {
    if (seams_.runs().empty()) return;
    blocks_.push_back(local_scratch().splitter.split(seams_.bases(), seams_.runs(), plan_.k, plan_.bins));
}

partitioned_block partitioned_text::partition(const text_block& block, outcome& found) const {
    auto& [parsed, splitter] = local_scratch();
    parse_fasta(block, plan_.k, parsed);
    found = {parsed.edges, parsed.totals, parsed.bad_byte};
    return splitter.split(parsed.bases(), parsed.runs, plan_.k, plan_.bins);
}

} // namespace kmer_count
