// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cuts a FASTA text into blocks of equal size, wherever that falls. All that a block must be told about the text before
// it is the kind of line it begins in, and this takes one look back to the last line break, so that reading stays cheap.
#pragma once

#include "large_memory.hpp"
#include "support/text_source.hpp"

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
    /// Has room for `most` blocks.
    text_batch(std::size_t block_size, std::size_t most) : block_size_(block_size), memory_(block_size * most) {}

    std::span<const text_block> blocks() const noexcept { return blocks_; }
    bool is_empty() const noexcept { return blocks_.empty(); }
    bool is_full() const noexcept { return blocks_.size() * block_size_ == memory_.size(); }

private:
    friend class block_reader;

    std::span<char> free_memory() noexcept {
        return std::span(memory_).subspan(blocks_.size() * block_size_, block_size_);
    }

    std::size_t block_size_;
    large_vector<char> memory_;
    std::vector<text_block> blocks_;
};

class block_reader {
public:
    explicit block_reader(support::text_source& source) : source_(source) {}

    /// Replaces `batch` by the next blocks: one, and more until it is full or is_enough() says so. None at the text's end.
    /// Throws: input_error if the text does not begin as FASTA, or cannot be read.
    template <class IsEnough>
    void read(text_batch& batch, IsEnough is_enough) {
        batch.blocks_.clear();
        do read_block(batch);
        while (!is_at_end_ && !batch.is_full() && !is_enough());
    }

private:
    void read_block(text_batch& batch);
    void expect_record(std::string_view text);

    support::text_source& source_;
    std::uint64_t offset_ = 0;
    line_state state_ = line_state::start;
    bool has_record_ = false;
    bool is_at_end_ = false;
};

} // namespace kmer_count
