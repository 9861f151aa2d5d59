// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "support/argument_reader.hpp"
#include "support/errors.hpp"

namespace heat3d {

const std::string_view help_text =
    "Usage: heat3d [-n 192] [-s 100] [-t workers] [--slice FILE.png|FILE.ppm] [--check]\n"
    "\n"
    "Conducts heat through a cube of n x n x n cells whose surface is kept cold, by explicit steps of seven points, "
    "and\n"
    "compares the result with the exact solution. Prints throughput with plain loops, 1 worker and all, and how much "
    "of\n"
    "the memory is near to the threads that work on it.\n"
    "\n"
    "  -n N          cells along each edge, 1 to 4096 (default 192); takes 16 n^3 bytes of memory\n"
    "  -s N          steps, 1 to 1000000000 (default 100)\n"
    "  -t N          workers, 1 to 1024 (default: all CPUs that this process may use)\n"
    "  --slice FILE  write the temperatures of the middle layer as a picture, .png or .ppm\n"
    "  --check       only check: each variant runs once, and nothing is printed that depends on time\n"
    "  -h, --help    print this text\n"
    "\n"
    "The report goes to stdout, progress to stderr if that is a terminal.\n"
    "Exit status: 0, or 2 if the command line or the file is at fault, or 1 for any other failure, a wrong result "
    "too.\n";

namespace {

constexpr support::number_range n_range{1, 4096};
constexpr support::number_range step_range{1, 1'000'000'000};
constexpr support::number_range worker_range{1, 1024};

void read_option(settings& chosen, support::argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "-n") {
        chosen.n = argument.number(n_range);
    } else if (name == "-s") {
        chosen.steps = argument.number(step_range);
    } else if (name == "-t") {
        chosen.workers = static_cast<unsigned>(argument.number(worker_range));
    } else if (name == "--slice") {
        chosen.slice = argument.value();
        if (chosen.slice.empty()) throw support::input_error("the name of the file is empty");
    } else if (name == "--check") {
        argument.expect_no_value();
        chosen.only_check = true;
    } else if (name == "-h" || name == "--help") {
        argument.expect_no_value();
        chosen.help = true;
    } else if (argument.is_option()) {
        throw support::input_error("unknown option '" + support::printable(name) + "' (--help lists them)");
    } else {
        throw support::input_error("'" + support::printable(name) + "' is no option (--help lists them)");
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
    return chosen;
}

} // namespace heat3d
