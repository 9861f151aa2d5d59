// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "argument_reader.hpp"

#include "errors.hpp"

#include <charconv>
#include <string>
#include <system_error>

namespace support {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool argument_reader::next() {
    if (position_ == arguments_.size()) return false;
    name_ = arguments_[position_++];
    value_.reset();
    is_option_ = !only_words_ && name_.size() > 1 && name_.front() == '-';
    if (!is_option_) return true;
    if (name_ == "--") {
        only_words_ = true;
        return next();
    }
    split_value();
    return true;
}

void argument_reader::split_value() {
    const bool is_long = name_.starts_with("--");
    const std::size_t end = is_long ? name_.find('=') : 2;
    if (end >= name_.size()) return;
    value_ = name_.substr(is_long ? end + 1 : end);
    name_ = name_.substr(0, end);
}

std::string_view argument_reader::value() {
    if (value_) return *value_;
    if (position_ == arguments_.size()) throw input_error("option " + printable(name_) + " needs a value");
    return arguments_[position_++];
}

std::uint64_t argument_reader::number(number_range allowed) {
    const std::string_view text = value();
    const auto number = parse_number(text);
    if (!number || *number < allowed.least || *number > allowed.most) {
        throw input_error("option " + std::string(name_) + " takes a number from " + std::to_string(allowed.least) +
                          " to " + std::to_string(allowed.most) + ", not '" + printable(text) + "'");
    }
    return *number;
}

void argument_reader::expect_no_value() const {
    if (value_) throw input_error("option " + printable(name_) + " takes no value, not '" + printable(*value_) + "'");
}

} // namespace support
