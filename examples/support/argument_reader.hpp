// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks over a command line: `--name=value`, `--name value`, `-x value`, `-xvalue`, and plain words. Which options
// there are, and which of them take a value, the application knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace support {

struct number_range {
    std::uint64_t least;
    std::uint64_t most;
};

/// Returns: the number that `text` is, if it is one and nothing else.
std::optional<std::uint64_t> parse_number(std::string_view text);

class argument_reader {
public:
    explicit argument_reader(std::span<char* const> arguments) : arguments_(arguments) {}

    /// Goes on to the next argument. Returns: whether there is one.
    bool next();

    /// Whether the argument begins with '-' and is neither that alone nor behind a "--".
    bool is_option() const { return is_option_; }
    /// The option without its value, or the word.
    std::string_view name() const { return name_; }

    /// The functions below throw an input_error that names option and value.
    std::string_view value();
    std::uint64_t number(number_range allowed);
    void expect_no_value() const;

private:
    void split_value();

    std::span<char* const> arguments_;
    std::size_t position_ = 0;
    std::string_view name_;
    std::optional<std::string_view> value_;
    bool is_option_ = false;
    bool only_words_ = false;
};

} // namespace support
