// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The whole way from text to counts: while the next blocks are read, the ones before them are partitioned; then the bins
// are counted. Tasks share nothing but what is read only, so there is no lock.
#pragma once

#include "partitioned_text.hpp"
#include "progress.hpp"
#include "summary.hpp"
#include "support/text_source.hpp"

#include <cstddef>

namespace kmer_count {

/// Counts the k-mers of `source` with the workers of the calling thread's pool.
/// Returns: their summary, with the `top` most frequent ones.
/// Throws: input_error if the text is not FASTA or cannot be read.
/// Complexity: work linear in the text; span: reading it, a block of each batch, and that of count_bins().
summary count_kmers(support::text_source& source, const partition_plan& plan, std::size_t top, progress_line& progress);

} // namespace kmer_count
