// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include <cstddef>

namespace pel_topology {

const std::string_view help_text =
    "Usage: pel_topology [--svg FILE] [--xml FILE | --synthetic TEXT]\n"
    "\n"
    "Draws the machine as PEL sees it: packages, NUMA nodes with their memory, shared caches, cores and PUs, as far as\n"
    "this process may use them. As text; and as a picture.\n"
    "\n"
    "  --svg FILE        also write the picture: one self-contained SVG\n"
    "  --xml FILE        draw the machine that an XML file of hwloc describes (lstopo --of xml)\n"
    "  --synthetic TEXT  draw a made-up machine in hwloc's notation, such as \"pack:2 numa:2 l3:2 core:4 pu:2\"\n"
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

/// Walks over the arguments: `--name value` and `--name=value`.
class argument_reader {
public:
    explicit argument_reader(std::span<char* const> arguments) : arguments_(arguments) {}

    bool next() {
        if (position_ == arguments_.size()) return false;
        name_ = arguments_[position_++];
        has_value_ = false;
        const std::size_t end = name_.find('=');
        if (name_.starts_with("--") && end != std::string_view::npos) {
            value_ = name_.substr(end + 1);
            name_ = name_.substr(0, end);
            has_value_ = true;
        }
        return true;
    }

    std::string_view name() const { return name_; }

    std::string take_value() {
        if (!has_value_) {
            if (position_ == arguments_.size()) throw input_error("option " + printable(name_) + " needs a value");
            value_ = arguments_[position_++];
        }
        if (value_.empty()) throw input_error("the value of " + printable(name_) + " is empty");
        return std::string(value_);
    }

private:
    std::span<char* const> arguments_;
    std::size_t position_ = 0;
    std::string_view name_;
    std::string_view value_;
    bool has_value_ = false;
};

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    argument_reader argument(arguments);
    while (argument.next()) {
        const std::string_view name = argument.name();
        if (name == "--svg") {
            chosen.svg = argument.take_value();
        } else if (name == "--xml") {
            chosen.xml = argument.take_value();
            chosen.is_xml = true;
        } else if (name == "--synthetic") {
            chosen.synthetic = argument.take_value();
            chosen.is_synthetic = true;
        } else if (name == "-h" || name == "--help") {
            chosen.help = true;
            return chosen;
        } else {
            throw input_error("unknown argument '" + printable(name) + "' (--help lists them)");
        }
    }
    if (chosen.is_xml && chosen.is_synthetic) throw input_error("--xml and --synthetic exclude each other");
    return chosen;
}

} // namespace pel_topology
