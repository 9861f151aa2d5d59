// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pel_topology: draws the machine as PEL sees it, with the workers that a pool would have there, as text and as SVG.
// README.md shows what that looks like. Serial: a machine has some hundred boxes.
#include "box.hpp"
#include "command_line.hpp"
#include "svg_drawing.hpp"
#include "text_drawing.hpp"
#include "workers.hpp"

#include <pel/topology.hpp>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace {

enum exit_status { success = 0, failure = 1, bad_input = 2 };

using pel_topology::input_error;
using pel_topology::printable;
using pel_topology::settings;

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category(), "stdout");
}

void write_file(const std::string& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) throw input_error(path + " cannot be written: " + std::generic_category().message(errno));
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

void run(std::span<char* const> arguments) {
    const settings chosen = pel_topology::parse_command_line(arguments);
    if (chosen.help) return print(pel_topology::help_text);
    const pel::topology machine = read_machine(chosen);
    const pel_topology::box whole = pel_topology::make_boxes(machine);
    const pel_topology::workers pool(machine, chosen.pool);
    if (!chosen.svg.empty()) write_file(chosen.svg, pel_topology::draw_svg(whole, machine, title_of(chosen), pool));
    print(pel_topology::draw_text(whole, machine, pool) + '\n' + machine.explain());
}

int complain(exit_status status, const char* problem) {
    std::fprintf(stderr, "pel_topology: %s\n", printable(problem).c_str());
    return status;
}

} // namespace

int main(int argument_count, char** arguments) {
    try {
        run({arguments + 1, static_cast<std::size_t>(argument_count - 1)});
        return success;
    } catch (const input_error& error) {
        return complain(bad_input, error.what());
    } catch (const pel::topology_error& error) {
        return complain(bad_input, error.what());
    } catch (const std::invalid_argument& error) { // PEL_NUM_THREADS
        return complain(bad_input, error.what());
    } catch (const std::exception& error) {
        return complain(failure, error.what());
    }
}
