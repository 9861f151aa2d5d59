// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace kmer_count {

namespace {

constexpr auto interval = std::chrono::milliseconds(100);

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

} // namespace

progress_line::progress_line(std::uint64_t size, bool is_wanted)
    : size_(size), is_on_(is_wanted && ::isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() + interval) {}

progress_line::~progress_line() {
    if (is_shown_) std::fputs("\r\x1b[K", stderr);
}

void progress_line::show(std::uint64_t bytes) {
    if (!is_on_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + interval;
    is_shown_ = true;
    if (size_ > 0) {
        std::fprintf(stderr, "\rread %.0f of %.0f MB (%.0f %%)\x1b[K", megabytes(bytes), megabytes(size_),
                     100.0 * static_cast<double>(bytes) / static_cast<double>(size_));
    } else {
        std::fprintf(stderr, "\rread %.0f MB\x1b[K", megabytes(bytes));
    }
}

} // namespace kmer_count
