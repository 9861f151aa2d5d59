// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "progress.hpp"

#include <string>

namespace kmer_count {

namespace {

std::uint64_t percent(std::uint64_t part, std::uint64_t whole) { return (200 * part + whole) / (2 * whole); }
std::string megabytes(std::uint64_t bytes) { return std::to_string((bytes + 500'000) / 1'000'000); }

} // namespace

void progress_line::show_read(std::uint64_t bytes) {
    line_.show([&] {
        std::string text = "reading: " + megabytes(bytes) + " MB";
        if (file_size_ > 0)
            text += " of " + megabytes(file_size_) + " (" + std::to_string(percent(bytes, file_size_)) + " %)";
        return text;
    });
}

void progress_line::show_counted(std::size_t bins, std::size_t all_bins) {
    line_.show([&] { return "counting: " + std::to_string(percent(bins, all_bins)) + " %"; });
}

} // namespace kmer_count
