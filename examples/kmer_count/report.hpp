// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The report as text. The same counts give the same bytes.
#pragma once

#include "command_line.hpp"
#include "summary.hpp"

#include <string>

namespace kmer_count {

/// Lines "multiplicity distinct_kmers".
std::string histogram_text(const summary& counted);

/// The totals as lines that begin with '#', then lines "kmer count".
std::string top_text(const summary& counted, unsigned k);

/// What goes to stdout.
std::string report_text(const summary& counted, const settings& chosen);

} // namespace kmer_count
