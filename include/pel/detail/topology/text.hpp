// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Taking the kernel's text files apart and putting messages together. Plain functions over string_view: chains of
// operator+ and streams would cost every user of the library compile time.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

inline void append(std::string& text, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) text.append(part.data(), part.size());
}

inline std::string concat(std::initializer_list<std::string_view> parts) {
    std::string text;
    append(text, parts);
    return text;
}

/// Returns: "1 core", "2 cores".
inline std::string count_of(unsigned long long count, std::string_view noun) {
    return concat({std::to_string(count), " ", noun, count == 1 ? "" : "s"});
}

/// Returns: `text` up to its last visible character.
inline std::string_view without_trailing_space(std::string_view text) noexcept {
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

/// Takes what is in front of the next `separator` off `text`, and the separator.
inline std::string_view take_field(std::string_view& text, char separator) noexcept {
    const std::size_t end = text.find(separator);
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return field;
}

inline bool has_list_item(std::string_view list, std::string_view item) noexcept {
    while (!list.empty()) {
        if (take_field(list, ',') == item) return true;
    }
    return false;
}

/// Takes a decimal number off the front of `text`.
/// Returns: false, and leaves both alone, if there is none or it exceeds 2^64 − 1.
inline bool try_take_number(std::string_view& text, unsigned long long& number) noexcept {
    constexpr unsigned long long most = ~0ULL;
    unsigned long long value = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        const auto digit = static_cast<unsigned long long>(text[digits] - '0');
        if (value > (most - digit) / 10) return false;
        value = value * 10 + digit;
    }
    if (digits == 0) return false;
    text.remove_prefix(digits);
    number = value;
    return true;
}

} // namespace detail
PEL_NAMESPACE_END
