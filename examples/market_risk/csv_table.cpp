// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "csv_table.hpp"

#include "support/errors.hpp"
#include "support/report_text.hpp"
#include "support/text_source.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <system_error>

namespace market_risk {

namespace {

constexpr std::size_t most_bytes = 256 << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf"; // UTF-8 with it, as some spreadsheets write
constexpr std::string_view blanks = " \t\r";

std::string read_text(const std::string& path) {
    support::text_source source(path);
    std::string text;
    for (std::size_t filled = 0; filled == text.size();) {
        if (filled > most_bytes) source.file().fail("the table is longer than 256 MB");
        text.resize(filled + (1 << 16));
        filled += source.read({text.data() + filled, text.size() - filled});
        if (filled < text.size()) {
            text.resize(filled);
            break;
        }
    }
    return text;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

std::optional<double> parse_real(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

std::string quoted(std::string_view text) { return '\'' + support::printable(text) + '\''; }

} // namespace

csv_table::csv_table(const std::string& path) : path_(path) {
    const std::string text = read_text(path);
    std::string_view rest = text;
    if (rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        read_line(trimmed(rest.substr(0, end)), line);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (rows_.empty()) throw support::input_error(support::printable(path_) + ": there is nothing in the table");
}

void csv_table::read_line(std::string_view text, std::size_t line) {
    if (text.empty() || text.front() == '#') return;
    std::vector<std::string> values = split(text, line);
    if (header_line_ == 0) {
        columns_ = std::move(values);
        read_header(line);
    } else if (values.size() != columns_.size()) {
        fail_at(line, std::to_string(values.size()) + " value" + support::plural(values.size()) + " for " +
                          std::to_string(columns_.size()) + " column" + support::plural(columns_.size()));
    } else {
        rows_.push_back({line, std::move(values)});
    }
}

void csv_table::read_header(std::size_t line) {
    header_line_ = line;
    for (std::size_t i = 0; i != columns_.size(); ++i) {
        if (columns_[i].empty()) fail_at(line, std::to_string(i + 1), "the column has no name");
        if (!numbers_.emplace(columns_[i], i).second) fail_at(line, name_of(i), "there are two columns of that name");
    }
}

std::vector<std::string> csv_table::split(std::string_view text, std::size_t line) const {
    std::vector<std::string> values;
    for (;;) {
        text = trimmed(text);
        if (text.starts_with('"')) {
            values.push_back(take_quoted(text, line, values.size()));
        } else {
            const std::size_t end = std::min(text.find(','), text.size());
            values.emplace_back(trimmed(text.substr(0, end)));
            text.remove_prefix(end);
        }
        if (text.empty()) return values;
        text.remove_prefix(1);
    }
}

std::string csv_table::take_quoted(std::string_view& rest, std::size_t line, std::size_t column) const {
    std::string result;
    for (;;) {
        rest.remove_prefix(1);
        const std::size_t end = rest.find('"');
        if (end == rest.npos) fail_at(line, name_of(column), "a quotation mark is not closed");
        result += rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (!rest.starts_with('"')) break;
        result += '"';
    }
    rest = trimmed(rest);
    if (!rest.empty() && rest.front() != ',')
        fail_at(line, name_of(column), "no comma after a quotation mark, but " + quoted(rest.substr(0, 1)));
    return result;
}

std::string csv_table::name_of(std::size_t column) const {
    return column < columns_.size() ? support::printable(columns_[column]) : std::to_string(column + 1);
}

std::string_view csv_table::value(std::size_t row, std::string_view column) const {
    return rows_[row].values[numbers_.find(column)->second];
}

void csv_table::expect_columns(const std::vector<std::string_view>& wanted) const {
    for (const std::string_view column : wanted)
        if (!has(column)) fail_at(header_line_, "there is no column " + support::printable(column));
    for (const std::string& column : columns_)
        if (std::ranges::find(wanted, column) == wanted.end())
            fail_at(header_line_, support::printable(column), "not a column of this table");
}

std::string_view csv_table::text(std::size_t row, std::string_view column) const {
    const std::string_view found = value(row, column);
    if (found.empty()) fail(row, column, "a value is missing");
    return found;
}

double csv_table::number(std::size_t row, std::string_view column, real_range allowed) const {
    const std::string_view found = text(row, column);
    const std::optional<double> number = parse_real(found);
    if (!number || !(*number >= allowed.least && *number <= allowed.most))
        fail(row, column,
             "a number from " + number_text(allowed.least) + " to " + number_text(allowed.most) + ", not " +
                 quoted(found));
    return *number;
}

std::uint64_t csv_table::whole_number(std::size_t row, std::string_view column, support::number_range allowed) const {
    const std::string_view found = text(row, column);
    const std::optional<std::uint64_t> number = support::parse_number(found);
    if (!number || *number < allowed.least || *number > allowed.most)
        fail(row, column,
             "a whole number from " + std::to_string(allowed.least) + " to " + std::to_string(allowed.most) + ", not " +
                 quoted(found));
    return *number;
}

void csv_table::expect_empty(std::size_t row, std::string_view column, const std::string& reason) const {
    const std::string_view found = value(row, column);
    if (!found.empty()) fail(row, column, reason + ", not " + quoted(found));
}

void csv_table::fail(std::size_t row, std::string_view column, const std::string& problem) const {
    fail_at(rows_[row].line, support::printable(column), problem);
}

void csv_table::fail_at(std::size_t line, const std::string& column, const std::string& problem) const {
    fail_at(line, "column " + column + ": " + problem);
}

void csv_table::fail_at(std::size_t line, const std::string& problem) const {
    throw support::input_error(support::printable(path_) + ", line " + std::to_string(line) + ": " + problem);
}

} // namespace market_risk
