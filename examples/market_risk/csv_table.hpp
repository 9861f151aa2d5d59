// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A table as spreadsheets write them: comma-separated values, the first line names the columns. Blanks around a value
// do not count, a value may stand in quotation marks (doubled inside), and empty lines and those that begin with # are
// passed over. Every complaint names the file, the line and the column.
#pragma once

#include "support/argument_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace market_risk {

struct real_range {
    double least, most;
};

class csv_table {
public:
    /// Reads the file, which may be compressed by gzip.
    /// Throws: support::input_error if that fails, if lines differ in their number of values, or if there is no line
    /// but the first.
    explicit csv_table(const std::string& path);

    std::size_t size() const noexcept { return rows_.size(); }
    bool has(std::string_view column) const { return numbers_.contains(column); }

    /// The functions below throw an input_error that says which value it is, and what is wrong with it.
    void expect_columns(const std::vector<std::string_view>& wanted) const;
    std::string_view text(std::size_t row, std::string_view column) const;
    double number(std::size_t row, std::string_view column, real_range allowed) const;
    std::uint64_t whole_number(std::size_t row, std::string_view column, support::number_range allowed) const;
    void expect_empty(std::size_t row, std::string_view column, const std::string& reason) const;
    [[noreturn]] void fail(std::size_t row, std::string_view column, const std::string& problem) const;

private:
    struct line_of_values {
        std::size_t line;
        std::vector<std::string> values;
    };

    void read_line(std::string_view text, std::size_t line);
    void read_header(std::size_t line);
    std::vector<std::string> split(std::string_view text, std::size_t line) const;
    std::string take_quoted(std::string_view& rest, std::size_t line, std::size_t column) const;
    std::string name_of(std::size_t column) const;
    std::string_view value(std::size_t row, std::string_view column) const;
    [[noreturn]] void fail_at(std::size_t line, const std::string& column, const std::string& problem) const;
    [[noreturn]] void fail_at(std::size_t line, const std::string& problem) const;

    std::string path_;
    std::size_t header_line_ = 0;
    std::vector<std::string> columns_;
    std::map<std::string, std::size_t, std::less<>> numbers_; // of columns, by their names
    std::vector<line_of_values> rows_;
};

} // namespace market_risk
