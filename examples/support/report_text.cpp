// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report_text.hpp"

#include <cstdarg>
#include <cstdio>

namespace support {

std::string line(const char* format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return std::string(text) + '\n';
}

} // namespace support
