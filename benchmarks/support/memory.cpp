// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory.hpp"

#include "registry.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <malloc.h>

namespace bench {
namespace {

growth largest;

} // namespace

/// The resident size of /proc/self/status is off by some pages per thread; this one is exact.
std::int64_t anonymous_kib() {
    std::ifstream rollup("/proc/self/smaps_rollup");
    std::string word;
    while (rollup >> word) {
        std::int64_t kib = 0;
        if (word == "Anonymous:" && rollup >> kib) return kib;
    }
    return 0;
}

std::int64_t thread_count() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

memory_watch::memory_watch() {
    if (!chosen().is_memory_run) return;
    ::malloc_trim(0);
    at_start_ = {anonymous_kib(), thread_count()};
}

memory_watch::~memory_watch() {
    if (!chosen().is_memory_run) return;
    largest.kib = std::max({largest.kib, std::int64_t{0}, anonymous_kib() - at_start_.kib});
    largest.threads = std::max({largest.threads, std::int64_t{0}, thread_count() - at_start_.threads});
}

growth memory_watch::largest_growth() noexcept { return largest; }

} // namespace bench
