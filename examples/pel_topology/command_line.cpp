// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

namespace pel_topology {

const std::string_view help_text =
    "Usage: pel_topology [--svg FILE] [--xml FILE | --synthetic TEXT] [-t N] [--binding HOW] [--no-smt]\n"
    "\n"
    "Draws the machine as PEL sees it: packages, NUMA nodes with their memory, shared caches, cores and PUs, as far "
    "as\n"
    "this process may use them; and the workers that a pool would have there. As text, and as a picture.\n"
    "\n"
    "  --svg FILE        also write the picture: one self-contained SVG\n"
    "  --xml FILE        draw the machine that an XML file of hwloc describes (lstopo --of xml)\n"
    "  --synthetic TEXT  draw a made-up machine in hwloc's notation, such as \"pack:2 numa:2 l3:2 core:4 pu:2\"\n"
    "  -t N              workers, 1 to 2047 (default: as a default pool has there)\n"
    "  --binding HOW     what workers are bound to: none, automatic (default), core or numa_node\n"
    "  --no-smt          one worker per core\n"
    "  -h, --help        print this text\n"
    "\n"
    "Exit status: 0, or 2 if the command line or a file is at fault, or 1 for any other failure.\n";

std::string printable(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string safe;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            safe += c;
        } else {
            safe += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return safe;
}

namespace {

constexpr unsigned most_workers = 2047;

/// Walks over the arguments: `--name value`, `--name=value`, `-x value` and `-xvalue`.
class argument_reader {
public:
    explicit argument_reader(std::span<char* const> arguments) : arguments_(arguments) {}

    bool next() {
        if (position_ == arguments_.size()) return false;
        name_ = arguments_[position_++];
        value_.reset();
        const bool is_long = name_.starts_with("--");
        const std::size_t end = is_long ? name_.find('=') : name_.starts_with('-') ? 2 : std::string_view::npos;
        if (end < name_.size()) {
            value_ = name_.substr(is_long ? end + 1 : end);
            name_ = name_.substr(0, end);
        }
        return true;
    }

    std::string_view name() const { return name_; }

    std::string take_value() {
        if (!value_) {
            if (position_ == arguments_.size()) throw input_error("option " + printable(name_) + " needs a value");
            value_ = arguments_[position_++];
        }
        if (value_->empty()) throw input_error("the value of " + printable(name_) + " is empty");
        return std::string(*value_);
    }

    void expect_no_value() const {
        if (value_)
            throw input_error("option " + printable(name_) + " takes no value, not '" + printable(*value_) + "'");
    }

private:
    std::span<char* const> arguments_;
    std::size_t position_ = 0;
    std::string_view name_;
    std::optional<std::string_view> value_;
};

unsigned to_workers(const std::string& text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= 1 && value <= most_workers) return value;
    throw input_error("option -t takes a number from 1 to " + std::to_string(most_workers) + ", not '" +
                      printable(text) + "'");
}

pel::binding to_binding(const std::string& text) {
    if (text == "none") return pel::binding::none;
    if (text == "automatic") return pel::binding::automatic;
    if (text == "core") return pel::binding::core;
    if (text == "numa_node") return pel::binding::numa_node;
    throw input_error("option --binding takes none, automatic, core or numa_node, not '" + printable(text) + "'");
}

void read_option(settings& chosen, argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "--svg") {
        chosen.svg = argument.take_value();
    } else if (name == "--xml") {
        chosen.xml = argument.take_value();
        chosen.is_xml = true;
    } else if (name == "--synthetic") {
        chosen.synthetic = argument.take_value();
        chosen.is_synthetic = true;
    } else if (name == "-t") {
        chosen.pool.workers = to_workers(argument.take_value());
    } else if (name == "--binding") {
        chosen.pool.binding = to_binding(argument.take_value());
    } else if (name == "--no-smt") {
        argument.expect_no_value();
        chosen.pool.smt = false;
    } else if (name == "-h" || name == "--help") {
        argument.expect_no_value();
        chosen.help = true;
    } else {
        throw input_error("unknown argument '" + printable(name) + "' (--help lists them)");
    }
}

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    argument_reader argument(arguments);
    while (argument.next()) {
        read_option(chosen, argument);
        if (chosen.help) return chosen;
    }
    if (chosen.is_xml && chosen.is_synthetic) throw input_error("--xml and --synthetic exclude each other");
    return chosen;
}

} // namespace pel_topology
