// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "support/argument_reader.hpp"
#include "support/errors.hpp"

#include <limits>

namespace market_risk {

const std::string_view help_text =
    "Usage: market_risk [POSITIONS.csv] [--market FILE.csv] [--rates FILE.csv] [--scenarios N] [--workers N] "
    "[--check]\n"
    "\n"
    "Values a book of options by Monte Carlo and in closed form, and says what it may lose: value at risk and "
    "expected\n"
    "shortfall from random scenarios in each of which the whole book is valued again. Without files it takes a book "
    "that\n"
    "comes with it; README.md says what the columns of the three tables are.\n"
    "\n"
    "  --market FILE     underlyings and their correlations\n"
    "  --rates FILE      zero rates\n"
    "  --pairs N         pairs of paths for each price, 100 to 100000000 (default 50000)\n"
    "  --scenarios N     100 to 10000000 (default 100000)\n"
    "  --horizon DAYS    trading days until the horizon, 1 to 250 (default 10)\n"
    "  --nested N        value options whose path counts by N pairs of paths in each scenario, 1 to 1000000, instead "
    "of\n"
    "                    in closed form\n"
    "  --worst N         list the N worst scenarios, 0 to 1000 (default 5)\n"
    "  --seed N          of all random numbers (default 1)\n"
    "  -t, --workers N   1 to 1024 (default: all CPUs that this process may use)\n"
    "  --repeat N        run N times with one worker and with all, and print the best times; 1 to 1000\n"
    "  --check           only check: run once, check scenarios too, and print nothing that depends on time\n"
    "  -h, --help        print this text\n"
    "\n"
    "The report goes to stdout, progress to stderr if that is a terminal.\n"
    "Exit status: 0, or 2 if the command line or a file is at fault, or 1 for any other failure, a wrong result too.\n";

namespace {

constexpr support::number_range pairs_range{100, 100'000'000};
constexpr support::number_range scenario_range{100, 10'000'000};
constexpr support::number_range horizon_range{1, 250};
constexpr support::number_range nested_range{1, 1'000'000};
constexpr support::number_range worst_range{0, 1000};
constexpr support::number_range seed_range{0, std::numeric_limits<std::uint64_t>::max()};
constexpr support::number_range worker_range{1, 1024};
constexpr support::number_range repeat_range{1, 1000};

std::string to_path(support::argument_reader& argument) {
    const std::string_view path = argument.value();
    if (path.empty()) throw support::input_error("the name of a file is empty");
    return std::string(path);
}

template <class Number>
Number to_number(support::argument_reader& argument, support::number_range allowed) {
    return static_cast<Number>(argument.number(allowed));
}

/// Returns: whether it is an option with a value.
bool read_value(settings& chosen, support::argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "--market")
        chosen.market = to_path(argument);
    else if (name == "--rates")
        chosen.rates = to_path(argument);
    else if (name == "--pairs")
        chosen.pairs = to_number<std::uint32_t>(argument, pairs_range);
    else if (name == "--scenarios")
        chosen.scenarios = to_number<std::uint32_t>(argument, scenario_range);
    else if (name == "--horizon")
        chosen.horizon_days = to_number<unsigned>(argument, horizon_range);
    else if (name == "--nested")
        chosen.nested_pairs = to_number<std::uint32_t>(argument, nested_range);
    else if (name == "--worst")
        chosen.worst = to_number<unsigned>(argument, worst_range);
    else if (name == "--seed")
        chosen.seed = argument.number(seed_range);
    else if (name == "-t" || name == "--workers")
        chosen.workers = to_number<unsigned>(argument, worker_range);
    else if (name == "--repeat")
        chosen.repeat = to_number<unsigned>(argument, repeat_range);
    else
        return false;
    return true;
}

void read_option(settings& chosen, support::argument_reader& argument) {
    if (read_value(chosen, argument)) return;
    const std::string_view name = argument.name();
    if (name == "--check")
        chosen.only_check = true;
    else if (name == "-h" || name == "--help")
        chosen.help = true;
    else
        throw support::input_error("unknown option '" + support::printable(name) + "' (--help lists them)");
    argument.expect_no_value();
}

void add_file(settings& chosen, std::string_view path) {
    if (path.empty()) throw support::input_error("the name of a file is empty");
    if (!chosen.positions.empty())
        throw support::input_error("one file of positions, not also '" + support::printable(path) + "'");
    chosen.positions = path;
}

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    support::argument_reader argument(arguments);
    while (argument.next()) {
        if (argument.is_option())
            read_option(chosen, argument);
        else
            add_file(chosen, argument.name());
        if (chosen.help) return chosen;
    }
    const std::string folder = EXAMPLE_DATA "/";
    if (chosen.positions.empty()) chosen.positions = folder + "positions.csv";
    if (chosen.market.empty()) chosen.market = folder + "market.csv";
    if (chosen.rates.empty()) chosen.rates = folder + "rates.csv";
    return chosen;
}

} // namespace market_risk
