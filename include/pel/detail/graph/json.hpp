// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// JSON as RFC 8259 has it, read into values; two members of an object must not have the same name. For small texts: no
// speed was sought.
#pragma once

#include <pel/graph/graph_error.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

struct json_value {
    enum class kinds { null, boolean, number, string, array, object };
    kinds kind = kinds::null;
    bool boolean = false;
    double number = 0;
    std::string string;
    std::vector<json_value> items;  // of an array, or an object
    std::vector<std::string> names; // of an object, of each item

    /// Returns: the member, or null.
    const json_value* find(std::string_view name) const noexcept {
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? nullptr : &items[static_cast<std::size_t>(found - names.begin())];
    }
};

class json_reader {
public:
    explicit json_reader(std::string_view text) : text_(text) {}

    /// Throws: graph_error, which says where the text is wrong.
    json_value read() {
        json_value value = read_value(0);
        skip_space();
        if (at_ != text_.size()) fail("the end");
        return value;
    }

private:
    static constexpr int deepest = 64;
    static constexpr std::string_view digits = "0123456789";

    [[noreturn]] void fail(const char* expected) const {
        const std::size_t lines = static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + offset(), '\n'));
        throw_error<graph_error>("JSON, line " + std::to_string(lines + 1) + ", character " + std::to_string(at_) +
                                 ": expected " + expected);
    }
    std::ptrdiff_t offset() const noexcept { return static_cast<std::ptrdiff_t>(at_); }
    void skip_space() {
        while (at_ != text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos) ++at_;
    }
    bool try_take(char wanted) {
        skip_space();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    bool try_take(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }
    json_value read_value(int depth) {
        if (depth == deepest) fail("fewer values inside each other");
        json_value value;
        skip_space();
        if (try_take('{')) {
            value.kind = json_value::kinds::object;
            read_list('}', [&] {
                value.names.push_back(read_name(value.names));
                if (!try_take(':')) fail("':'");
                value.items.push_back(read_value(depth + 1));
            });
        } else if (try_take('[')) {
            value.kind = json_value::kinds::array;
            read_list(']', [&] { value.items.push_back(read_value(depth + 1)); });
        } else if (at_ != text_.size() && text_[at_] == '"') {
            value.kind = json_value::kinds::string;
            value.string = read_string();
        } else if (try_take("true") || try_take("false")) {
            value.kind = json_value::kinds::boolean;
            value.boolean = text_[at_ - 2] == 'u'; // trUe, falSe
        } else if (!try_take("null")) {
            value.kind = json_value::kinds::number;
            value.number = read_number();
        }
        return value;
    }
    template <class Item>
    void read_list(char end, const Item& read_item) {
        if (try_take(end)) return;
        do read_item();
        while (try_take(','));
        if (!try_take(end)) fail(end == '}' ? "',' or '}'" : "',' or ']'");
    }
    double read_number() {
        const std::size_t begin = at_;
        const bool is_negative = try_take_one_of("-");
        if (!try_take_one_of("0")) read_digits(is_negative ? "a digit" : "a value"); // no digit comes after such a 0
        if (try_take_one_of(".")) read_digits("a digit");
        if (try_take_one_of("eE")) {
            (void)try_take_one_of("+-");
            read_digits("a digit");
        }
        double number = 0;
        const auto [last, error] = std::from_chars(text_.data() + begin, text_.data() + at_, number); // in no locale
        return error == std::errc() ? number : std::numeric_limits<double>::infinity();
    }
    bool try_take_one_of(std::string_view characters) {
        if (at_ == text_.size() || characters.find(text_[at_]) == std::string_view::npos) return false;
        ++at_;
        return true;
    }
    void read_digits(const char* expected) {
        if (!try_take_one_of(digits)) fail(expected);
        while (try_take_one_of(digits)) {
        }
    }
    std::string read_name(const std::vector<std::string>& others) {
        skip_space();
        const std::size_t begin = at_;
        std::string name = read_string();
        if (std::find(others.begin(), others.end(), name) != others.end()) {
            at_ = begin;
            fail("another name than the members before have");
        }
        return name;
    }
    std::string read_string() {
        if (!try_take('"')) fail("a string");
        std::string result;
        while (at_ != text_.size() && text_[at_] != '"') {
            if (static_cast<unsigned char>(text_[at_]) < 0x20) fail("no control characters in a string");
            if (text_[at_] != '\\')
                result += text_[at_++];
            else
                read_escape(result);
        }
        if (at_ == text_.size()) fail("'\"'");
        ++at_;
        return result;
    }
    void read_escape(std::string& result) {
        constexpr std::string_view names = "\"\\/bfnrt", characters = "\"\\/\b\f\n\r\t";
        ++at_;
        const char name = at_ != text_.size() ? text_[at_] : '\0';
        if (name == 'u') {
            ++at_;
            append_utf8(result, read_code());
        } else if (const std::size_t found = names.find(name); name != '\0' && found != std::string_view::npos) {
            ++at_;
            result += characters[found];
        } else {
            fail("an escape sequence");
        }
    }
    /// Of a character, or, as JSON has those above 0xffff, of both its halves.
    unsigned read_code() {
        const unsigned code = read_half();
        if (code < 0xd800 || code >= 0xe000) return code;
        if (code >= 0xdc00) fail("the first half of a character before the second");
        const unsigned low = try_take("\\u") ? read_half() : 0;
        if (low < 0xdc00 || low >= 0xe000) fail("the second half of a character");
        return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    unsigned read_half() {
        unsigned code = 0;
        for (int digit = 0; digit != 4; ++digit) {
            constexpr std::string_view all = "0123456789abcdefABCDEF";
            const std::size_t found = at_ != text_.size() ? all.find(text_[at_]) : std::string_view::npos;
            if (found == std::string_view::npos) fail("four hexadecimal digits");
            code = code * 16 + static_cast<unsigned>(found < 16 ? found : found - 6);
            ++at_;
        }
        return code;
    }
    static void append_utf8(std::string& result, unsigned code) {
        const auto byte = [&](unsigned bits) { result += static_cast<char>(bits); };
        const auto rest = [&](int shift) { byte(0x80 | ((code >> shift) & 0x3f)); };
        if (code < 0x80) return byte(code);
        if (code < 0x800) return byte(0xc0 | code >> 6), rest(0);
        if (code < 0x10000) return byte(0xe0 | code >> 12), rest(6), rest(0);
        byte(0xf0 | code >> 18), rest(12), rest(6), rest(0);
    }

    const std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace detail
PEL_NAMESPACE_END
