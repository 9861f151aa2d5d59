// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An alignment: what stands beside what.
#pragma once

#include "problem.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace wavefront {

/// Columns of an alignment, by the letters that SAM files have for them.
enum class edit : char {
    match = '=',
    mismatch = 'X',
    only_first = 'I', // a base of the first sequence beside a gap
    only_second = 'D',
};

struct edit_run {
    edit kind;
    std::size_t length;
};

struct alignment {
    stretch first{0, 0}, second{0, 0}; // what is aligned, within the slices
    std::vector<edit_run> edits;       // no two neighbours are of one kind

    std::size_t columns() const;
    std::size_t count(edit kind) const;
    std::size_t gaps() const;

    /// Returns: runs as "812=1X40=", as in SAM files.
    std::string text() const;
};

/// Returns: what the alignment is worth, counted from its columns. Throws: wrong_result if they are not what stands in
/// the sequences.
score worth_of(const alignment& aligned, const problem& of);

} // namespace wavefront
