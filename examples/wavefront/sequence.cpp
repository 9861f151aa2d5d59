// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sequence.hpp"

#include "support/errors.hpp"
#include "support/text_source.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace wavefront {

namespace {

constexpr std::size_t bytes_at_once = 1 << 20;

// Classes of the bytes in a sequence: codes of bases, and others.
enum : base { other_letter = 4, line_break = 5, bad_byte = 6 };

constexpr std::array<base, 256> make_classes() {
    std::array<base, 256> classes{};
    for (std::size_t byte = 0; byte < classes.size(); ++byte)
        classes[byte] = byte > 0x20 && byte < 0x7f ? other_letter : bad_byte;
    classes['\n'] = classes['\r'] = classes[' '] = classes['\t'] = line_break;
    classes['A'] = classes['a'] = 0;
    classes['C'] = classes['c'] = 1;
    classes['G'] = classes['g'] = 2;
    classes['T'] = classes['t'] = 3;
    return classes;
}

constexpr std::array<base, 256> class_of = make_classes();

std::string read_all(const std::string& path) {
    support::text_source source(path);
    std::string text;
    std::size_t count = 0;
    do {
        const std::size_t before = text.size();
        text.resize(before + bytes_at_once);
        count = source.read(std::span(text).subspan(before));
        text.resize(before + count);
    } while (count == bytes_at_once);
    return text;
}

std::string first_word(std::string_view line) { return std::string(line.substr(0, line.find_first_of(" \t\r"))); }

} // namespace

genome::genome(const std::string& path) : path_(path) {
    const std::string text = read_all(path);
    const std::size_t first = std::min(text.find_first_not_of("\r\n"), text.size());
    if (first == text.size() || text[first] != '>')
        throw support::input_error(support::printable(path) + ": not a FASTA file: it does not begin with '>'");
    parse(std::span(text).subspan(first));
    if (bases_.empty()) throw support::input_error(support::printable(path) + ": there is no sequence in it");
}

void genome::parse(std::span<const char> text) {
    const std::string_view all(text.data(), text.size());
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = std::min(all.find('\n', begin), all.size());
        const std::string_view line = all.substr(begin, end - begin);
        if (line.starts_with('>')) {
            records_.push_back({first_word(line.substr(1)), bases_.size()});
        } else {
            for (const char letter : line) {
                const base code = class_of[static_cast<unsigned char>(letter)];
                if (code == bad_byte)
                    throw support::input_error(support::printable(path_) + ": not a FASTA file: no letter after base " +
                                               std::to_string(bases_.size() - records_.back().begin) + " of record '" +
                                               support::printable(records_.back().name) + "'");
                if (code != line_break) bases_.push_back(code);
            }
        }
        begin = end + 1;
    }
}

std::vector<base> genome::cut(const std::optional<slice>& wanted, const std::string& option, base strange) const {
    const slice part = wanted.value_or(slice{1, size()});
    const std::string name = option + " " + std::to_string(part.begin) + ":" + std::to_string(part.length);
    if (part.begin > size() || part.length > size() - (part.begin - 1))
        throw support::input_error(name + " leaves " + support::printable(path_) + ", which has " +
                                   std::to_string(size()) + " bases");
    // An alignment across the border of two records would be one of bases that do not follow each other.
    if (const record* const other = record_that_begins_in(part)) {
        throw support::input_error((wanted ? name : "without " + option + " the slice") +
                                   " crosses the beginning of record '" + support::printable(other->name) + "' of " +
                                   support::printable(path_) + ", at base " + std::to_string(other->begin + 1));
    }
    const auto first = bases_.begin() + static_cast<std::ptrdiff_t>(part.begin - 1);
    std::vector<base> bases(first, first + static_cast<std::ptrdiff_t>(part.length));
    std::replace(bases.begin(), bases.end(), base{other_letter}, strange);
    return bases;
}

const genome::record* genome::record_that_begins_in(const slice& part) const {
    const std::size_t begin = part.begin - 1;
    for (const record& each : records_)
        if (each.begin > begin && each.begin < begin + part.length) return &each;
    return nullptr;
}

} // namespace wavefront
