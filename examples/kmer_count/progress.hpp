// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run says of itself on the way, to a terminal. Any thread.
#pragma once

#include "support/progress_line.hpp"

#include <cstddef>
#include <cstdint>

namespace kmer_count {

class progress_line {
public:
    /// `file_size` 0: unknown. Shows nothing if `is_wanted` is false.
    progress_line(std::uint64_t file_size, bool is_wanted) : file_size_(file_size), line_(is_wanted) {}

    void show_read(std::uint64_t bytes);
    void show_counted(std::size_t bins, std::size_t all_bins);

private:
    std::uint64_t file_size_;
    support::progress_line line_;
};

} // namespace kmer_count
