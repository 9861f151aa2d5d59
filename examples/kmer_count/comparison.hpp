// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts a file with all workers and, to see what they are good for, with one.
#pragma once

#include "command_line.hpp"
#include "summary.hpp"

#include <stdexcept>

namespace kmer_count {

/// Two ways to count the same file disagree: a defect of this program or of PEL, never of the input.
class count_mismatch : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Counts the file of `chosen` with all its workers; unless quiet, then also with one, compares the two results and
/// prints both throughputs on stderr. Small files are counted several times, and the best time is printed.
/// Throws: input_error; count_mismatch.
summary count_and_compare(const settings& chosen);

} // namespace kmer_count
