// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "counting.hpp"

#include "bin_counting.hpp"
#include "block_reader.hpp"

#include <pel/parallel_invoke.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace kmer_count {

namespace {

constexpr std::size_t blocks_at_once = 32;    // more than one thread can read in the time that one of them takes
constexpr std::size_t text_at_once = 1 << 20; // if the blocks are tiny

partitioned_text partition_all(support::text_source& source, const partition_plan& plan, progress_line& progress) {
    const std::size_t most = std::max(blocks_at_once, text_at_once / plan.block_size);
    text_batch current(plan.block_size, most);
    text_batch next(plan.block_size, most);
    block_reader reader(source);
    partitioned_text text(plan);
    reader.read(current, [] { return true; });
    while (!current.is_empty()) {
        // A hint for how much to read, so that neither side waits for the other; staleness costs a block more.
        std::atomic<bool> is_done = false;
        const auto partition = [&] {
            text.add(current.blocks(), source.file());
            is_done.store(true, std::memory_order_relaxed);
        };
        const auto read = [&] { reader.read(next, [&] { return is_done.load(std::memory_order_relaxed); }); };
        pel::parallel_invoke(partition, read);
        std::swap(current, next);
        progress.show_read(source.bytes_taken());
    }
    text.finish();
    return text;
}

} // namespace

summary count_kmers(support::text_source& source, const partition_plan& plan, std::size_t top,
                    progress_line& progress) {
    return count_bins(partition_all(source, plan, progress), top, progress);
}

} // namespace kmer_count
