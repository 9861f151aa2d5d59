// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One line on stderr that says how far a run is, if stderr is a terminal. Any thread; the line is rewritten at most ten
// times a second, by whoever comes first.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kmer_count {

class progress_line {
public:
    /// `file_size` 0: unknown. Shows nothing if `is_wanted` is false or stderr is no terminal.
    progress_line(std::uint64_t file_size, bool is_wanted);
    ~progress_line();
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    void show_read(std::uint64_t bytes);
    void show_counted(std::size_t bins, std::size_t all_bins);

private:
    using clock = std::chrono::steady_clock;

    bool is_due();

    std::uint64_t file_size_;
    bool is_on_;
    std::atomic<bool> is_shown_ = false;
    std::atomic<clock::rep> next_;
};

} // namespace kmer_count
