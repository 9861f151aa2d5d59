// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading a small file of the kernel (/proc, /sys) as text, without iostreams. Any thread.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Larger files are cut here: none that PEL reads is, and a wrong path must not fill the memory.
inline constexpr std::size_t max_file_size = 16U << 20;

/// Replaces `text` by the file's content. Returns: 0, or the errno of the call that failed.
inline int read_file(const char* path, std::string& text) {
    text.clear();
    int file = -1;
    do {
        file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    } while (file < 0 && errno == EINTR);
    if (file < 0) return errno;
    int error = 0;
    char buffer[4096];
    while (text.size() < max_file_size) {
        const ssize_t count = ::read(file, buffer, sizeof buffer);
        if (count == 0) break;
        if (count > 0) {
            text.append(buffer, static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            error = errno;
            break;
        }
    }
    ::close(file);
    return error;
}

// strerror_r returns the text (glibc) or a status (POSIX).
inline const char* error_text_of(const char* text, const char*) noexcept { return text; }
inline const char* error_text_of(int, const char* buffer) noexcept { return buffer; }

/// Returns: what `error` means, as "Permission denied".
inline std::string error_text(int error) {
    char buffer[128] = "unknown error";
    return error_text_of(::strerror_r(error, buffer, sizeof buffer), buffer);
}

} // namespace detail
PEL_NAMESPACE_END
