// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The first parallel half: blocks of text become super-k-mers by bin, a task per block, each into memory of its own.
#pragma once

#include "block_reader.hpp"
#include "seams.hpp"
#include "super_kmers.hpp"
#include "support/input_file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kmer_count {

/// How a text is cut.
struct partition_plan {
    unsigned k;
    std::size_t block_size; // of text: tasks of the first half
    std::size_t bins;       // tasks of the second half; a power of two

    /// `block_size` 0: chosen from the text's expected length.
    static partition_plan choose(unsigned k, std::size_t block_size, std::uint64_t expected_length);
};

class partitioned_text {
public:
    explicit partitioned_text(const partition_plan& plan) : plan_(plan), seams_(plan.k) {}

    /// Adds the next blocks of the text, in parallel.
    /// Throws: input_error if `file`, where they come from, turns out not to be text.
    /// Complexity: work linear in the text, span linear in a block.
    void add(std::span<const text_block> blocks, const support::input_file& file);

    /// Adds what lies across the borders of blocks. To be called behind the last one.
    void finish();

    const partition_plan& plan() const noexcept { return plan_; }
    const text_totals& totals() const noexcept { return totals_; }

    /// The super-k-mers. Their order says nothing.
    std::span<const partitioned_block> blocks() const noexcept { return blocks_; }

private:
    // What partitioning a block has found out besides the super-k-mers.
    struct outcome {
        block_edges edges;
        text_totals totals;
        std::optional<std::uint64_t> bad_byte;
    };

    partitioned_block partition(const text_block& block, outcome& found) const;

    partition_plan plan_;
    seam_joiner seams_;
    text_totals totals_;
    std::vector<partitioned_block> blocks_;
};

} // namespace kmer_count
