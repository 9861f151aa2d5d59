// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pel_topology: draws the machine as PEL sees it, with the workers that a pool would have there, as text and as SVG.
// README.md shows what that looks like. Serial: a machine has some hundred boxes.
#include "box.hpp"
#include "command_line.hpp"
#include "support/errors.hpp"
#include "support/program.hpp"
#include "svg_drawing.hpp"
#include "text_drawing.hpp"
#include "workers.hpp"

#include <pel/topology.hpp>

#include <cerrno>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>

namespace {

using pel_topology::settings;
using support::input_error;
using support::printable;

void write_file(const std::string& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr)
        throw input_error(printable(path) + " cannot be written: " + std::generic_category().message(errno));
    const bool is_written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) != 0 || !is_written) throw std::system_error(errno, std::generic_category(), path);
}

pel::topology read_machine(const settings& chosen) {
    if (chosen.is_xml) return pel::topology::from_xml(chosen.xml);
    if (chosen.is_synthetic) return pel::topology::from_synthetic(chosen.synthetic);
    return pel::topology::discover();
}

std::string title_of(const settings& chosen) {
    if (chosen.is_xml) return chosen.xml.substr(chosen.xml.rfind('/') + 1);
    if (chosen.is_synthetic) return chosen.synthetic;
    return "This machine, as far as this process may use it";
}

void draw(const settings& chosen) {
    const pel::topology machine = read_machine(chosen);
    const pel_topology::box whole = pel_topology::make_boxes(machine);
    const pel_topology::workers pool(machine, chosen.pool);
    if (!chosen.svg.empty()) write_file(chosen.svg, pel_topology::draw_svg(whole, machine, title_of(chosen), pool));
    support::print(pel_topology::draw_text(whole, machine, pool) + '\n' + machine.explain());
}

void run(std::span<char* const> arguments) {
    const settings chosen = pel_topology::parse_command_line(arguments);
    if (chosen.help) return support::print(pel_topology::help_text);
    try {
        draw(chosen);
    } catch (const pel::topology_error& error) {
        throw input_error(printable(error.what()));
    } catch (const std::invalid_argument& error) { // PEL_NUM_THREADS
        throw input_error(printable(error.what()));
    }
}

} // namespace

int main(int argument_count, char** arguments) {
    return support::run_program("pel_topology", argument_count, arguments, run);
}
