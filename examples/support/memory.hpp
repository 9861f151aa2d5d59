// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether there is room for what the user wants, known before it is too late.
#pragma once

#include <string>

namespace support {

/// Throws: input_error that says so, if `what` takes more bytes of memory than the machine has.
void expect_memory(const std::string& what, double bytes);

} // namespace support
