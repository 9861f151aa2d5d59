// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The second parallel half: the k-mers of each bin are counted, a task per bin, and the bins' summaries reduced. A bin
// that stands out (repeats, other low complexity) is cut into pieces whose counts are merged, again a reduction.
#pragma once

#include "partitioned_text.hpp"
#include "progress.hpp"
#include "summary.hpp"

#include <cstddef>

namespace kmer_count {

/// Returns: the summary of all k-mers in `text`, with the `top` most frequent ones. Tells `progress` of each bin.
/// Complexity: work linear in the k-mers; span: a piece, and merging the pieces of the largest bin.
summary count_bins(const partitioned_text& text, std::size_t top, progress_line& progress);

} // namespace kmer_count
