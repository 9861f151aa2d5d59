// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wavefront: the best local alignment of two sequences, as a task graph of tiles. README.md explains the design.
// Work: O(m n). Span: O((m + n) t), as tiles of t x t cells wait for those above and to the left of them.
#include "command_line.hpp"
#include "comparison.hpp"
#include "report.hpp"
#include "support/program.hpp"

#include <span>

namespace {

void run(std::span<char* const> arguments) {
    const wavefront::settings chosen = wavefront::parse_command_line(arguments);
    if (chosen.help) return support::print(wavefront::help_text);
    const wavefront::problem given = wavefront::read_problem(chosen);
    support::print(wavefront::report_text(given, wavefront::run_all(given, chosen), chosen));
}

} // namespace

int main(int argument_count, char** arguments) {
    return support::run_program("wavefront", argument_count, arguments, run);
}
