// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace kmer_count {

namespace {

constexpr std::chrono::steady_clock::duration interval = std::chrono::milliseconds(100);

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }
double percent(std::uint64_t part, std::uint64_t whole) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

} // namespace

progress_line::progress_line(std::uint64_t file_size, bool is_wanted)
    : file_size_(file_size), is_on_(is_wanted && ::isatty(STDERR_FILENO) == 1),
      next_((clock::now() + interval).time_since_epoch().count()) {}

progress_line::~progress_line() {
    if (is_shown_) std::fputs("\r\x1b[K", stderr);
}

// Of several threads, the one that moves the time of the next line writes this one.
bool progress_line::is_due() {
    if (!is_on_) return false;
    const clock::rep now = clock::now().time_since_epoch().count();
    clock::rep next = next_.load(std::memory_order_relaxed);
    if (now < next) return false;
    if (!next_.compare_exchange_strong(next, now + interval.count(), std::memory_order_relaxed)) return false;
    is_shown_ = true;
    return true;
}

void progress_line::show_read(std::uint64_t bytes) {
    if (!is_due()) return;
    std::fprintf(stderr, "\rreading: %.0f MB", megabytes(bytes));
    if (file_size_ > 0) std::fprintf(stderr, " of %.0f (%.0f %%)", megabytes(file_size_), percent(bytes, file_size_));
    std::fputs("\x1b[K", stderr);
}

void progress_line::show_counted(std::size_t bins, std::size_t all_bins) {
    if (is_due()) std::fprintf(stderr, "\rcounting: %.0f %%\x1b[K", percent(bins, all_bins));
}

} // namespace kmer_count
