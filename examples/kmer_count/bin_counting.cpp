// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bin_counting.hpp"

#include "kmer_sorter.hpp"

#include <pel/parallel_reduce.hpp>

#include <atomic>
#include <span>
#include <utility>
#include <vector>

namespace kmer_count {

namespace {

// At most 16 MiB to sort at once, and as much to sort it into.
constexpr std::size_t most_in_piece = 2 << 20;

/// What some blocks hold of one bin.
struct piece {
    std::span<const partitioned_block> blocks;
    std::size_t kmers;
};

std::vector<piece> cut_bin(std::span<const partitioned_block> blocks, std::size_t bin) {
    std::vector<piece> pieces;
    std::size_t begin = 0;
    std::size_t kmers = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const std::size_t more = blocks[i].kmers(bin);
        if (kmers > 0 && kmers + more > most_in_piece) {
            pieces.push_back({blocks.subspan(begin, i - begin), kmers});
            begin = i;
            kmers = 0;
        }
        kmers += more;
    }
    pieces.push_back({blocks.subspan(begin), kmers});
    return pieces;
}

// The sorter belongs to the thread: it is done with before anything else can run on the thread.
kmer_sorter& fill_sorter(const piece& part, std::size_t bin, unsigned k) {
    thread_local kmer_sorter sorter;
    sorter.reset(part.kmers);
    for (const partitioned_block& block : part.blocks) {
        for_each_kmer(block.records(bin), k, [&](kmer value) { sorter.add(value); });
    }
    return sorter;
}

count_list list_piece(const piece& part, std::size_t bin, unsigned k) {
    count_list counts;
    fill_sorter(part, bin, k).count([&](const scrambled_count& entry) { counts.push_back(entry); });
    return counts;
}

count_list list_pieces(std::span<const piece> pieces, std::size_t bin, unsigned k) {
    return pel::parallel_reduce(
        std::size_t{0}, pieces.size(), count_list{}, [&](std::size_t i) { return list_piece(pieces[i], bin, k); },
        [](const count_list& a, const count_list& b) { return merge_counts(a, b); });
}

counted_kmer unscrambled(const scrambled_count& entry) { return {unscramble(entry.value), entry.count}; }

summary count_bin(const partitioned_text& text, std::size_t bin, std::size_t top) {
    const unsigned k = text.plan().k;
    const std::vector<piece> pieces = cut_bin(text.blocks(), bin);
    if (pieces.size() == 1) {
        kmer_sorter& sorter = fill_sorter(pieces.front(), bin, k);
        return summarize(
            [&](auto visit) { sorter.count([&](const scrambled_count& entry) { visit(unscrambled(entry)); }); }, top);
    }
    const count_list counts = list_pieces(pieces, bin, k);
    return summarize(
        [&](auto visit) {
            for (const scrambled_count& entry : counts) visit(unscrambled(entry));
        },
        top);
}

} // namespace

summary count_bins(const partitioned_text& text, std::size_t top, progress_line& progress) {
    const std::size_t bins = text.plan().bins;
    std::atomic<std::size_t> done = 0;
    const auto count = [&](std::size_t bin) {
        summary counted = count_bin(text, bin, top);
        progress.show_counted(done.fetch_add(1, std::memory_order_relaxed) + 1, bins);
        return counted;
    };
    summary totals;
    totals.text = text.totals();
    return pel::parallel_reduce(std::size_t{0}, bins, std::move(totals), count,
                                [&](summary a, const summary& b) { return merge(std::move(a), b, top); });
}

} // namespace kmer_count
