// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "progress.hpp"

#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <utility>

namespace heat3d {

namespace {

constexpr std::chrono::milliseconds interval(100);

} // namespace

progress_line::progress_line() : is_on_(::isatty(STDERR_FILENO) == 1), next_(clock::now() + interval) {}

progress_line::~progress_line() {
    if (is_shown_) std::fputs("\r\x1b[K", stderr);
}

void progress_line::begin(std::string who, std::uint64_t steps) {
    who_ = std::move(who);
    steps_ = steps;
}

void progress_line::show_slow(std::uint64_t step) {
    const clock::time_point now = clock::now();
    if (now < next_) return;
    next_ = now + interval;
    is_shown_ = true;
    std::fprintf(stderr, "\r%s: step %" PRIu64 " of %" PRIu64 "\x1b[K", who_.c_str(), step, steps_);
}

} // namespace heat3d
