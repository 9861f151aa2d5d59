// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// market_risk: what a book of options is worth, and what it may lose. README.md explains the design.
// Work: O(positions (paths + scenarios) steps). Span: a stretch of scenarios, √scenarios of them, or one of paths.
#include "command_line.hpp"
#include "comparison.hpp"
#include "report.hpp"
#include "support/program.hpp"

#include <span>

namespace {

void run(std::span<char* const> arguments) {
    const market_risk::settings chosen = market_risk::parse_command_line(arguments);
    if (chosen.help) return support::print(market_risk::help_text);
    const market_risk::problem given = market_risk::read_problem(chosen);
    support::print(market_risk::report_text(given, market_risk::run_all(given, chosen), chosen));
}

} // namespace

int main(int argument_count, char** arguments) {
    return support::run_program("market_risk", argument_count, arguments, run);
}
