// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pieces of what applications print.
#pragma once

#include <cstdint>
#include <string>

namespace support {

/// Returns: what printf would print, of at most 255 characters, and the end of the line.
[[gnu::format(printf, 1, 2)]] std::string line(const char* format, ...);

/// Returns: the ending of a word that `count` stands before.
constexpr const char* plural(std::uint64_t count) { return count == 1 ? "" : "s"; }

} // namespace support
