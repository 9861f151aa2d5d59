// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text_source.hpp"

#include <algorithm>
#include <new>
#include <string_view>

namespace support {

namespace {

constexpr std::size_t input_size = 128 << 10;
constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr int window_of_gzip = 15 + 16; // zlib: the largest window, gzip header and checksum required

constexpr std::uint64_t usual_ratio = 4; // DNA in gzip
constexpr std::uint64_t length_of_pipe = 64ULL << 20;

} // namespace

gzip_reader::gzip_reader(input_file& file, std::span<const char> first)
    : file_(file), input_(std::make_unique_for_overwrite<char[]>(input_size)) {
    if (::inflateInit2(&stream_, window_of_gzip) != Z_OK) throw std::bad_alloc();
    std::copy(first.begin(), first.end(), input_.get());
    stream_.next_in = reinterpret_cast<Bytef*>(input_.get());
    stream_.avail_in = static_cast<uInt>(first.size());
    bytes_read_ = first.size();
}

gzip_reader::~gzip_reader() { ::inflateEnd(&stream_); }

std::size_t gzip_reader::read(std::span<char> into) {
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(into.size());
    while (stream_.avail_out > 0) {
        if (!is_inside_ && !is_next_member()) break;
        inflate_some();
    }
    return into.size() - stream_.avail_out;
}

void gzip_reader::inflate_some() {
    if (!has_input()) file_.fail("truncated gzip data: the file ends inside a compressed stream");
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
        is_inside_ = false;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        fail(status);
    }
}

bool gzip_reader::has_input() {
    if (stream_.avail_in > 0) return true;
    const std::size_t count = file_.read({input_.get(), input_size});
    stream_.next_in = reinterpret_cast<Bytef*>(input_.get());
    stream_.avail_in = static_cast<uInt>(count);
    bytes_read_ += count;
    return count > 0;
}

bool gzip_reader::is_next_member() {
    skip_padding();
    if (!has_input()) return false;
    if (*stream_.next_in != static_cast<unsigned char>(gzip_magic[0])) {
        file_.fail("something that is not gzip follows the compressed data");
    }
    ::inflateReset(&stream_);
    is_inside_ = true;
    return true;
}

// Tapes and block devices leave zeros behind a file; gzip ignores them as well.
void gzip_reader::skip_padding() {
    while (has_input() && *stream_.next_in == 0) {
        ++stream_.next_in;
        --stream_.avail_in;
    }
}

void gzip_reader::fail(int status) const {
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    file_.fail(std::string("damaged gzip data: ") + (stream_.msg != nullptr ? stream_.msg : "invalid stream"));
}

text_source::text_source(const std::string& path) : file_(path), first_(gzip_magic.size(), '\0') {
    first_.resize(file_.read(first_));
    if (first_.empty()) file_.fail("the file is empty");
    if (first_ == gzip_magic) {
        gzip_ = std::make_unique<gzip_reader>(file_, first_);
        first_.clear();
    }
}

std::size_t text_source::read(std::span<char> into) { return gzip_ ? gzip_->read(into) : read_plain(into); }

std::size_t text_source::read_plain(std::span<char> into) {
    const std::size_t early = std::min(first_.size(), into.size());
    std::copy_n(first_.begin(), early, into.begin());
    first_.erase(0, early);
    const std::size_t count = early + file_.read(into.subspan(early));
    bytes_taken_ += count;
    return count;
}

std::uint64_t text_source::expected_length() const noexcept {
    if (!file_.is_regular()) return length_of_pipe;
    return gzip_ ? file_.size() * usual_ratio : file_.size();
}

} // namespace support
