// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph as text: for Graphviz, and as JSON.
#pragma once

#include <pel/detail/graph/graph_core.hpp>

#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: the text in quotation marks, as JSON and DOT have it.
std::string json_quoted(std::string_view text);
/// What names of nodes that have none begin with, before the number: #, and more of them where a name begins so.
std::string number_sign(const graph_core& graph);
/// Returns: its name, or else this sign and its number.
std::string text_name(const node_data& node, std::string_view sign);
std::string dot_of(const graph_core& graph);
std::string json_of(const graph_core& graph);

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <algorithm>
#include <cstdio>
#include <cstring>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: how many bytes the character takes that a text begins with; 0 if it is none in UTF-8.
PEL_INLINE std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    const unsigned lead = byte(0), second = byte(1);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4) return 0;
    for (std::size_t at = 1; at != length; ++at) {
        if ((byte(at) & 0xc0) != 0x80) return 0;
    }
    const bool is_too_long = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool is_no_character = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
    return is_too_long || is_no_character ? 0 : length;
}

PEL_INLINE std::string json_quoted(std::string_view text) {
    std::string result = "\"";
    for (std::size_t at = 0; at != text.size();) {
        const std::size_t length = utf8_length(text.substr(at));
        const char each = text[at];
        if (each == '"' || each == '\\') {
            result += '\\';
            result += each;
        } else if (static_cast<unsigned char>(each) < 0x20) {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(each)));
            result += code;
        } else if (length == 0) {
            result += "\\ufffd"; // which stands for what is no character
        } else {
            result += text.substr(at, length);
        }
        at += std::max<std::size_t>(length, 1);
    }
    return result + '"';
}

/// As a label has it, which knows no other escapes.
PEL_INLINE std::string dot_quoted(std::string_view text) {
    std::string result = "\"";
    for (const char each : text) {
        if (each == '\n')
            result += "\\n";
        else if (each == '"' || each == '\\')
            (result += '\\') += each;
        else
            result += static_cast<unsigned char>(each) < 0x20 ? ' ' : each;
    }
    return result + '"';
}

PEL_INLINE std::string number_sign(const graph_core& graph) {
    std::size_t most = 0; // that a name begins with
    for (std::uint32_t each = 0; each != graph.size(); ++each) {
        if (const char* const name = graph.node(each).name; name != nullptr)
            most = std::max(most, std::strspn(name, "#"));
    }
    return std::string(most + 1, '#');
}

PEL_INLINE std::string text_name(const node_data& node, std::string_view sign) {
    return node.name != nullptr ? node.name : std::string(sign) + std::to_string(node.number);
}

PEL_INLINE std::string dot_of(const graph_core& graph) {
    std::string text = "digraph {\n";
    for (std::uint32_t each = 0; each != graph.size(); ++each) {
        const node_data& node = graph.node(each);
        text += "  n" + std::to_string(each) + " [label=" + dot_quoted(text_name(node, "#"));
        text += node.kind == node_kind::branch ? ", shape=diamond];\n" : ", shape=box];\n";
    }
    const graph_plan plan = graph.unchecked_plan();
    for (std::uint32_t from = 0; from != plan.size(); ++from) {
        for (std::uint32_t i = 0; i != plan.successor_count(from); ++i) {
            text += "  n" + std::to_string(from) + " -> n" + std::to_string(plan.successors(from)[i]);
            text += plan.is_branch(from) ? " [style=dashed, label=\"" + std::to_string(i) + "\"];\n" : ";\n";
        }
    }
    return text + "}\n";
}

PEL_INLINE std::string json_of(const graph_core& graph) {
    const std::string sign = number_sign(graph);
    const auto name_of = [&](std::uint32_t number) { return json_quoted(text_name(graph.node(number), sign)); };
    std::string text = "{\"nodes\": [";
    for (std::uint32_t each = 0; each != graph.size(); ++each) {
        const node_data& node = graph.node(each);
        text += each == 0 ? "\n" : ",\n";
        text += "  {\"name\": " + name_of(each) + ", \"kind\": ";
        text += node.kind == node_kind::branch ? "\"branch\"" : "\"plain\"";
        text += ", \"priority\": " + std::to_string(node.priority) + "}";
    }
    text += "],\n\"edges\": [";
    const char* separator = "\n";
    for (const graph_edge& each : graph.edges()) {
        text += separator;
        text += "  {\"from\": " + name_of(each.from) + ", \"to\": " + name_of(each.to) + ", \"value\": ";
        text += each.carries_value ? "true}" : "false}";
        separator = ",\n";
    }
    return text + "]}\n";
}

} // namespace detail
PEL_NAMESPACE_END
#endif
