// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// heat3d: heat conduction in a cube, in memory that is where the threads are. README.md explains the design.
// Work: O(steps · n^3). Span: O(steps · (n + threads)), as a piece of a step is some rows.
#include "command_line.hpp"
#include "comparison.hpp"
#include "picture.hpp"
#include "report.hpp"
#include "support/program.hpp"

#include <span>

namespace {

void run(std::span<char* const> arguments) {
    const heat3d::settings chosen = heat3d::parse_command_line(arguments);
    if (chosen.help) return support::print(heat3d::help_text);
    heat3d::expect_memory(chosen.n);
    heat3d::picture_file slice(chosen.slice);
    const heat3d::findings found = heat3d::run_all(chosen, slice.is_wanted());
    if (found.drawn) slice.write(*found.drawn);
    support::print(heat3d::report_text(found, chosen));
}

} // namespace

int main(int argument_count, char** arguments) {
    return support::run_program("heat3d", argument_count, arguments, run);
}
