// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "block_reader.hpp"

#include <cstring>

namespace kmer_count {

namespace {

/// Returns: the state behind `text`, which begins in `state`.
line_state state_after(std::string_view text, line_state state) {
    if (const void* line_break = ::memrchr(text.data(), '\n', text.size())) {
        text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(line_break) - text.data()) + 1);
        state = line_state::start;
    }
    if (text.empty() || state != line_state::start) return state;
    return text.front() == '>' ? line_state::header : line_state::sequence;
}

} // namespace

void block_reader::read_block(text_batch& batch) {
    if (is_at_end_) return;
    const std::span<char> memory = batch.free_memory();
    const std::string_view text(memory.data(), source_.read(memory));
    is_at_end_ = text.size() < memory.size();
    expect_record(text);
    if (text.empty()) return;
    batch.blocks_.push_back({text, offset_, state_});
    offset_ += text.size();
    state_ = state_after(text, state_);
}

// Nothing but blank lines may come before the first '>'.
void block_reader::expect_record(std::string_view text) {
    if (has_record_) return;
    const std::size_t first = text.find_first_not_of("\r\n");
    if (first != text.npos && text[first] == '>') {
        has_record_ = true;
    } else if (first != text.npos) {
        source_.file().fail("not a FASTA file: it does not begin with '>'");
    } else if (is_at_end_) {
        source_.file().fail(offset_ + text.size() == 0 ? "the file is empty"
                                                       : "not a FASTA file: it has only blank lines");
    }
}

} // namespace kmer_count
