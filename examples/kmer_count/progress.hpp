// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One line on stderr that says how far reading is, if stderr is a terminal. Whatever thread calls, one at a time.
#pragma once

#include <chrono>
#include <cstdint>

namespace kmer_count {

class progress_line {
public:
    /// `size` 0: unknown. Shows nothing if `is_wanted` is false or stderr is no terminal.
    progress_line(std::uint64_t size, bool is_wanted);
    ~progress_line();
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    /// Shows the number of bytes read, at most ten times a second.
    void show(std::uint64_t bytes);

private:
    std::uint64_t size_;
    bool is_on_;
    bool is_shown_ = false;
    std::chrono::steady_clock::time_point next_;
};

} // namespace kmer_count
