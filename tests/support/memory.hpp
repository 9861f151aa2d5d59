// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the kernel says about this process.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

namespace pel_test {

/// Returns: bytes of physical memory in use.
inline std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Returns: bytes that can be had without anybody else losing some, by the kernel's estimate and the container's limit.
inline std::uint64_t available_bytes() {
    std::uint64_t available = 0, limit = 0, used = 0;
    std::ifstream machine("/proc/meminfo");
    for (std::string name; machine >> name;) {
        if (name == "MemAvailable:" && machine >> available) break;
    }
    available *= 1024;
    if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && std::ifstream("/sys/fs/cgroup/memory.current") >> used)
        available = std::min(available, limit - std::min(limit, used));
    return available;
}

inline std::size_t live_threads() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}));
}

} // namespace pel_test
