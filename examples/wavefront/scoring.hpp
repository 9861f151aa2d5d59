// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an alignment is worth: matches count, mismatches and gaps cost. A gap of n bases costs gap_open + n *
// gap_extend.
#pragma once

#include <cstdint>

namespace wavefront {

/// Scores of whole problems. 32 bits hold them: see most_length and most_score in command_line.cpp.
using score = std::int32_t;

struct scoring {
    score match = 2; // the defaults are those of blastn
    score mismatch = 3;
    score gap_open = 5;
    score gap_extend = 2;

    score gap_of_one() const noexcept { return gap_open + gap_extend; }
    /// Neighbouring cells differ by no more: an alignment that ends in a match can end in a gap instead.
    score steepest() const noexcept { return match + mismatch + gap_of_one(); }
};

} // namespace wavefront
