// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fasta.hpp"

#include <algorithm>

namespace kmer_count {

namespace {

// Classes of bytes in a sequence; smaller ones are the codes of bases. Order matters: see block_parser::read_bases.
enum : base_code { first_non_base = 4, line_break = 4, other_letter = 5, bad_byte = 6 };

constexpr std::array<base_code, 256> make_classes() {
    std::array<base_code, 256> classes{};
    for (std::size_t byte = 0; byte < classes.size(); ++byte) {
        classes[byte] = byte > 0x20 && byte < 0x7f ? other_letter : bad_byte;
    }
    classes[' '] = classes['\t'] = other_letter;
    classes['\n'] = classes['\r'] = line_break;
    classes['A'] = classes['a'] = 0;
    classes['C'] = classes['c'] = 1;
    classes['G'] = classes['g'] = 2;
    classes['T'] = classes['t'] = 3;
    return classes;
}

constexpr std::array<base_code, 256> class_of = make_classes();

class block_parser {
public:
    block_parser(const text_block& block, unsigned k, parsed_text& parsed)
        : text_(block.text), offset_(block.offset), begins_(block.begins), overlap_(k - 1), parsed_(parsed) {}

    void run() {
        if (begins_ == line_state::header) {
            break_run();
            skip_line();
        }
        while (position_ < text_.size()) {
            const base_code last = read_bases();
            if (last > line_break) read_other(last);
        }
        end_block();
    }

private:
    // Takes bases and line breaks up to the first byte that is neither. Returns: the class of the last byte taken.
    base_code read_bases() {
        const std::string_view text = text_;
        base_code* const codes = parsed_.codes.data();
        std::size_t position = position_;
        std::size_t size = size_;
        base_code code = line_break;
        while (position < text.size() && code <= line_break) {
            code = class_of[static_cast<unsigned char>(text[position++])];
            codes[size] = code; // overwritten unless it is a base: no branch on line breaks
            size += code < first_non_base;
        }
        position_ = position;
        size_ = size;
        return code;
    }

    void read_other(base_code code) {
        const std::size_t at = position_ - 1;
        break_run();
        if (text_[at] == '>' && is_line_start(at)) {
            ++parsed_.totals.records;
            skip_line();
            return;
        }
        ++parsed_.totals.other_letters;
        if (code == bad_byte && !parsed_.bad_byte) parsed_.bad_byte = offset_ + at;
    }

    bool is_line_start(std::size_t at) const { return at == 0 ? begins_ == line_state::start : text_[at - 1] == '\n'; }

    void skip_line() {
        const std::size_t end = text_.find('\n', position_);
        position_ = end == text_.npos ? text_.size() : end + 1;
    }

    std::span<const base_code> current_run() const {
        return std::span(parsed_.codes).subspan(run_begin_, size_ - run_begin_);
    }

    edge head_of_run() const { return edge(current_run().first(std::min(overlap_, size_ - run_begin_))); }
    edge tail_of_run() const { return edge(current_run().last(std::min(overlap_, size_ - run_begin_))); }

    void break_run() {
        if (parsed_.edges.is_unbroken) {
            parsed_.edges.head = head_of_run();
            parsed_.edges.is_unbroken = false;
        }
        close_run();
    }

    void close_run() {
        parsed_.totals.bases += size_ - run_begin_;
        if (size_ - run_begin_ > overlap_) {
            parsed_.runs.push_back({static_cast<std::uint32_t>(run_begin_), static_cast<std::uint32_t>(size_)});
        } else {
            size_ = run_begin_;
        }
        run_begin_ = size_;
    }

    void end_block() {
        parsed_.edges.tail = tail_of_run();
        if (parsed_.edges.is_unbroken) parsed_.edges.head = head_of_run();
        close_run();
        parsed_.size = size_;
    }

    std::string_view text_;
    std::uint64_t offset_;
    line_state begins_;
    std::size_t overlap_;
    parsed_text& parsed_;
    std::size_t position_ = 0;
    std::size_t size_ = 0;
    std::size_t run_begin_ = 0;
};

} // namespace

edge::edge(std::span<const base_code> bases) : size_(static_cast<std::uint8_t>(bases.size())) {
    std::copy(bases.begin(), bases.end(), bases_.begin());
}

text_totals& text_totals::operator+=(const text_totals& other) noexcept {
    records += other.records;
    bases += other.bases;
    other_letters += other.other_letters;
    return *this;
}

void parse_fasta(const text_block& block, unsigned k, parsed_text& parsed) {
    parsed.codes.resize(block.text.size() + 1); // one more: a code is written before it is known to be a base
    parsed.size = 0;
    parsed.runs.clear();
    parsed.edges = {};
    parsed.totals = {};
    parsed.bad_byte.reset();
    block_parser(block, k, parsed).run();
}

} // namespace kmer_count
