// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text of a file, plain or gzip; which of the two, its first bytes say. One thread at a time: a gzip stream can
// only be inflated from its beginning, so this is the serial part of a program, to be overlapped with the rest.
#pragma once

#include "input_file.hpp"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace support {

/// Inflates gzip members one after the other, as `gzip -d` does for concatenated files.
class gzip_reader {
public:
    /// `first` is what has been read from `file` already.
    gzip_reader(input_file& file, std::span<const char> first);
    ~gzip_reader();
    gzip_reader(const gzip_reader&) = delete;
    gzip_reader& operator=(const gzip_reader&) = delete;

    /// Fills `into` with text. Returns: the bytes written, fewer than `into` holds only at the end.
    /// Throws: input_error if the stream is truncated or damaged.
    std::size_t read(std::span<char> into);

    std::uint64_t bytes_taken() const noexcept { return bytes_read_ - stream_.avail_in; }

private:
    bool has_input();
    bool is_next_member();
    void inflate_some();
    void skip_padding();
    [[noreturn]] void fail(int status) const;

    input_file& file_;
    std::unique_ptr<char[]> input_;
    z_stream stream_{};
    std::uint64_t bytes_read_ = 0;
    bool is_inside_ = true; // a member
};

class text_source {
public:
    /// Throws: input_error if the file cannot be read or is empty.
    explicit text_source(const std::string& path);

    /// Fills `into`. Returns: the bytes written, fewer than `into` holds only at the text's end.
    std::size_t read(std::span<char> into);

    /// Bytes of the file used so far, compressed ones if it is compressed.
    std::uint64_t bytes_taken() const noexcept { return gzip_ ? gzip_->bytes_taken() : bytes_taken_; }

    /// Returns: a guess of the text's length, good to a factor of 2.
    std::uint64_t expected_length() const noexcept;

    const input_file& file() const noexcept { return file_; }

private:
    std::size_t read_plain(std::span<char> into);

    input_file file_;
    std::string first_; // bytes that were read to tell the format, and not handed out yet
    std::unique_ptr<gzip_reader> gzip_;
    std::uint64_t bytes_taken_ = 0;
};

} // namespace support
