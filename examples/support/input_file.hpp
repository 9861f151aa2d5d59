// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of a file or pipe, in order. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace support {

class input_file {
public:
    /// Throws: input_error if there is no such file, it may not be read, or it is a directory.
    explicit input_file(const std::string& path);
    ~input_file();
    input_file(const input_file&) = delete;
    input_file& operator=(const input_file&) = delete;

    /// Fills `into` from the file. Returns: the bytes read, fewer than `into` holds only at the file's end.
    std::size_t read(std::span<char> into);

    /// A pipe can be read only once, and its size is unknown: 0.
    bool is_regular() const noexcept { return is_regular_; }
    std::uint64_t size() const noexcept { return size_; }

    /// Throws: input_error "FILE: problem".
    [[noreturn]] void fail(const std::string& problem) const;

private:
    void look_at_kind();
    std::size_t read_some(std::span<char> into);

    std::string path_;
    int file_ = -1;
    bool is_regular_ = false;
    std::uint64_t size_ = 0;
};

} // namespace support
