// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "picture.hpp"

#include "colour_map.hpp"
#include "support/errors.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <string_view>
#include <system_error>

namespace heat3d {

namespace {

void append(std::string& bytes, const rgb& colour) {
    for (const std::uint8_t part : {colour.red, colour.green, colour.blue}) bytes += static_cast<char>(part);
}

std::string big_endian(std::size_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
    return bytes;
}

std::string chunk(std::string_view type, std::string_view data) {
    const std::string checked = std::string(type) + std::string(data);
    const uLong checksum =
        ::crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
    return big_endian(data.size()) + checked + big_endian(checksum);
}

std::string compress(std::string_view text) {
    uLongf size = ::compressBound(static_cast<uLong>(text.size()));
    std::string packed(size, '\0');
    if (::compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                    static_cast<uLong>(text.size()), Z_BEST_COMPRESSION) != Z_OK)
        throw std::bad_alloc();
    packed.resize(size);
    return packed;
}

/// 8 bits per pixel, which are indices into the colour map.
std::string to_png(const picture& drawn) {
    std::string palette, rows;
    for (const rgb& colour : make_colour_map()) append(palette, colour);
    for (std::size_t at = 0; at != drawn.shades.size(); ++at) {
        if (at % drawn.width == 0) rows += '\0'; // each row: without a filter
        rows += static_cast<char>(drawn.shades[at]);
    }
    const std::string header = big_endian(drawn.width) + big_endian(drawn.height) + std::string("\x8\x3\0\0\0", 5);
    return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("PLTE", palette) + chunk("IDAT", compress(rows)) +
           chunk("IEND", "");
}

std::string to_ppm(const picture& drawn) {
    const colour_map colours = make_colour_map();
    std::string bytes = "P6\n" + std::to_string(drawn.width) + ' ' + std::to_string(drawn.height) + "\n255\n";
    for (const std::uint8_t shade : drawn.shades) append(bytes, colours[shade]);
    return bytes;
}

} // namespace

picture make_picture(const field& temperatures) {
    const std::size_t n = temperatures.n, z = n / 2;
    picture drawn{n, n, {}, temperatures.row(z, 0)[0], temperatures.row(z, 0)[0]};
    for (std::size_t y = 0; y != n; ++y) {
        const auto [low, high] = std::minmax_element(temperatures.row(z, y), temperatures.row(z, y) + n);
        drawn.coldest = std::min(drawn.coldest, *low);
        drawn.warmest = std::max(drawn.warmest, *high);
    }
    const double range = drawn.warmest - drawn.coldest;
    const double scale = range > 0 ? 255 / range : 0;
    for (std::size_t y = n; y-- != 0;) {
        for (std::size_t x = 0; x != n; ++x)
            drawn.shades.push_back(
                static_cast<std::uint8_t>((temperatures.row(z, y)[x] - drawn.coldest) * scale + 0.5));
    }
    return drawn;
}

picture_file::picture_file(const std::string& path) : path_(path) {
    if (path.empty()) return;
    is_png_ = path.ends_with(".png");
    if (!is_png_ && !path.ends_with(".ppm"))
        throw support::input_error("'" + support::printable(path) +
                                   "' ends neither in .png nor in .ppm, the kinds of picture there are");
    file_.reset(std::fopen(path.c_str(), "wb"));
    if (file_ == nullptr)
        throw support::input_error(support::printable(path) +
                                   " cannot be written: " + std::generic_category().message(errno));
}

void picture_file::write(const picture& drawn) {
    const std::string bytes = is_png_ ? to_png(drawn) : to_ppm(drawn);
    const bool is_written = std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size();
    if (std::fclose(file_.release()) != 0 || !is_written)
        throw std::system_error(errno, std::generic_category(), support::printable(path_));
}

} // namespace heat3d
