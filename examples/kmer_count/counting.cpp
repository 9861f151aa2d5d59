// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "counting.hpp"

#include "bin_counting.hpp"
#include "block_reader.hpp"

#include <pel/parallel_invoke.hpp>

#include <algorithm>
#include <utility>

namespace kmer_count {

namespace {

constexpr std::size_t blocks_at_once = 32;
constexpr std::size_t text_at_once = 1 << 20; // if 32 blocks are less

partitioned_text partition_all(text_source& source, const partition_plan& plan, const progress_function& progress) {
    const std::size_t most_at_once = std::max(blocks_at_once, text_at_once / plan.block_size);
    block_reader reader(source, plan.block_size);
    partitioned_text text(plan);
    text_batch current;
    text_batch next;
    std::size_t at_once = 1; // reading the first batch overlaps with nothing, so it is short
    reader.read(current, at_once);
    while (!current.blocks().empty()) {
        at_once = std::min(2 * at_once, most_at_once);
        pel::parallel_invoke([&] { reader.read(next, at_once); }, [&] { text.add(current.blocks(), source.file()); });
        std::swap(current, next);
        progress(source.bytes_taken());
    }
    return text;
}

} // namespace

summary count_kmers(text_source& source, const partition_plan& plan, std::size_t top,
                    const progress_function& progress) {
    return count_bins(partition_all(source, plan, progress), top);
}

} // namespace kmer_count
