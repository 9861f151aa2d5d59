// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory.hpp"

#include "errors.hpp"

#include <unistd.h>

#include <cstdint>

namespace support {

namespace {

std::string gigabytes(double bytes) { return std::to_string(static_cast<std::uint64_t>(bytes / 1e9 + 0.5)) + " GB"; }

} // namespace

void expect_memory(const std::string& what, double bytes) {
    const double there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    if (bytes > there)
        throw input_error(what + " takes " + gigabytes(bytes) + " of memory, and there are " + gigabytes(there));
}

} // namespace support
