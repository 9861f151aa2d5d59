// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cuts a FASTA text into blocks of equal size, wherever that falls. All that a block must be told about the text before
// it is the kind of line it begins in, and this takes one look back to the last line break, so that reading stays cheap.
#pragma once

#include "large_memory.hpp"
#include "text_source.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace kmer_count {

/// Where in a line a block begins.
enum class line_state : std::uint8_t { start, header, sequence };

struct text_block {
    std::string_view text;
    std::uint64_t offset; // of its first byte in the whole text
    line_state begins;
};

/// Some blocks that follow each other, and their text.
class text_batch {
public:
    std::span<const text_block> blocks() const noexcept { return blocks_; }

private:
    friend class block_reader;
    large_vector<char> memory_;
    std::vector<text_block> blocks_;
};

class block_reader {
public:
    block_reader(text_source& source, std::size_t block_size) : source_(source), block_size_(block_size) {}

    /// Replaces `batch` by the next `count` blocks, fewer at the text's end, none after it.
    /// Throws: input_error if the text does not begin as FASTA, or cannot be read.
    void read(text_batch& batch, std::size_t count);

private:
    text_block next_block(std::span<char> memory);
    void expect_record(std::string_view text);

    text_source& source_;
    std::size_t block_size_;
    std::uint64_t offset_ = 0;
    line_state state_ = line_state::start;
    bool has_record_ = false;
    bool is_at_end_ = false;
};

} // namespace kmer_count
