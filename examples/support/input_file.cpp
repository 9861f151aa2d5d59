// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input_file.hpp"

#include "errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace support {

namespace {

std::string reason(int error) { return std::generic_category().message(error); }

} // namespace

input_file::input_file(const std::string& path)
    : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {
    if (file_ < 0) fail(reason(errno));
    try {
        look_at_kind();
    } catch (...) {
        ::close(file_);
        throw;
    }
}

input_file::~input_file() { ::close(file_); }

void input_file::look_at_kind() {
    struct stat status{};
    if (::fstat(file_, &status) != 0) fail(reason(errno));
    if (S_ISDIR(status.st_mode)) fail(reason(EISDIR));
    is_regular_ = S_ISREG(status.st_mode);
    if (!is_regular_) return;
    size_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
}

std::size_t input_file::read(std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        const std::size_t count = read_some(into.subspan(filled));
        if (count == 0) break;
        filled += count;
    }
    return filled;
}

std::size_t input_file::read_some(std::span<char> into) {
    for (;;) {
        const ssize_t count = ::read(file_, into.data(), into.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) fail("cannot be read: " + reason(errno));
    }
}

void input_file::fail(const std::string& problem) const { throw input_error(printable(path_) + ": " + problem); }

} // namespace support
