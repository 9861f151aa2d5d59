// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory.hpp"

#include "registry.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <malloc.h>

namespace bench {
namespace {

std::int64_t largest = -1;

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

} // namespace

memory_watch::memory_watch() {
    if (!chosen().is_memory_run) return;
    ::malloc_trim(0);
    at_start_ = anonymous_kib();
}

memory_watch::~memory_watch() {
    if (!chosen().is_memory_run) return;
    largest = std::max({largest, std::int64_t{0}, anonymous_kib() - at_start_});
}

std::int64_t memory_watch::largest_growth() noexcept { return largest; }

} // namespace bench
