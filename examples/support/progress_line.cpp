// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "progress_line.hpp"

#include <unistd.h>

#include <cstdio>

namespace support {

namespace {

constexpr std::chrono::steady_clock::duration interval = std::chrono::milliseconds(100);

} // namespace

progress_line::progress_line(bool is_wanted)
    : is_on_(is_wanted && ::isatty(STDERR_FILENO) == 1), next_((clock::now() + interval).time_since_epoch().count()) {}

progress_line::~progress_line() {
    if (is_shown_) std::fputs("\r\x1b[K", stderr);
}

// Of several threads, the one that moves the time of the next line writes this one.
bool progress_line::is_due() {
    const clock::rep now = clock::now().time_since_epoch().count();
    clock::rep next = next_.load(std::memory_order_relaxed);
    return now >= next && next_.compare_exchange_strong(next, now + interval.count(), std::memory_order_relaxed);
}

void progress_line::write(const std::string& text) {
    is_shown_ = true;
    std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
}

} // namespace support
