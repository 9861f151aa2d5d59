// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The k-mers across block borders. No block contains them; each lies in the last k − 1 bases before a border and the
// first k − 1 after it, however many line breaks, headers or whole blocks are in between.
#pragma once

#include "fasta.hpp"

#include <span>
#include <vector>

namespace kmer_count {

class seam_joiner {
public:
    explicit seam_joiner(unsigned k) : k_(k) {}

    /// Adds the next block of the text.
    void add(const block_edges& block);

    /// The runs across all borders: every window of k bases in them crosses one.
    std::span<const base_code> bases() const noexcept { return bases_; }
    std::span<const base_run> runs() const noexcept { return runs_; }

private:
    void keep_last(const edge& tail);

    unsigned k_;
    std::vector<base_code> before_; // up to k − 1 bases that lead to the next border
    std::vector<base_code> bases_;
    std::vector<base_run> runs_;
};

} // namespace kmer_count
