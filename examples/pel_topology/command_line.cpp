// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "support/argument_reader.hpp"
#include "support/errors.hpp"

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

namespace {

constexpr support::number_range worker_range{1, 2047};

std::string take_text(support::argument_reader& argument) {
    const std::string_view text = argument.value();
    if (text.empty()) throw support::input_error("the value of " + std::string(argument.name()) + " is empty");
    return std::string(text);
}

pel::binding to_binding(const std::string& text) {
    if (text == "none") return pel::binding::none;
    if (text == "automatic") return pel::binding::automatic;
    if (text == "core") return pel::binding::core;
    if (text == "numa_node") return pel::binding::numa_node;
    throw support::input_error("option --binding takes none, automatic, core or numa_node, not '" +
                               support::printable(text) + "'");
}

void read_option(settings& chosen, support::argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "--svg") {
        chosen.svg = take_text(argument);
    } else if (name == "--xml") {
        chosen.xml = take_text(argument);
        chosen.is_xml = true;
    } else if (name == "--synthetic") {
        chosen.synthetic = take_text(argument);
        chosen.is_synthetic = true;
    } else if (name == "-t") {
        chosen.pool.workers = static_cast<unsigned>(argument.number(worker_range));
    } else if (name == "--binding") {
        chosen.pool.binding = to_binding(take_text(argument));
    } else if (name == "--no-smt") {
        argument.expect_no_value();
        chosen.pool.smt = false;
    } else if (name == "-h" || name == "--help") {
        argument.expect_no_value();
        chosen.help = true;
    } else {
        throw support::input_error("unknown argument '" + support::printable(name) + "' (--help lists them)");
    }
}

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    support::argument_reader argument(arguments);
    while (argument.next()) {
        read_option(chosen, argument);
        if (chosen.help) return chosen;
    }
    if (chosen.is_xml && chosen.is_synthetic) throw support::input_error("--xml and --synthetic exclude each other");
    return chosen;
}

} // namespace pel_topology
