// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "support/argument_reader.hpp"
#include "support/errors.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace wavefront {

const std::string_view help_text =
    "Usage: wavefront [FILE.fa[.gz] [FILE.fa[.gz]]] [--first BEGIN:LENGTH] [--second BEGIN:LENGTH] [--workers N]\n"
    "\n"
    "Finds the best local alignment of two sequences (Smith and Waterman, with Gotoh's affine gaps) as a task graph "
    "of\n"
    "tiles. Without files it takes the genome in Debian's package bowtie-examples, and the surroundings of two of its\n"
    "operons for ribosomal RNA. Lower case counts as upper case; letters other than ACGT equal nothing.\n"
    "\n"
    "  --first BEGIN:LENGTH   bases of the first file; BEGIN counts from 1 (default: all of it)\n"
    "  --second BEGIN:LENGTH  bases of the second file, or of the first if there is one only\n"
    "  --match N              what a pair of equal bases adds, 1 to 100 (default 2)\n"
    "  --mismatch N           what a pair of others costs, 0 to 100 (default 3)\n"
    "  --gap-open N           what a gap costs, 0 to 100 (default 5)\n"
    "  --gap-extend N         what each base of it costs, the first one too, 0 to 100 (default 2)\n"
    "  --tile N               bases along each side of a tile, 1 to 8192 (default: from the lengths)\n"
    "  -t, --workers N        1 to 1024 (default: all CPUs that this process may use)\n"
    "  --repeat N             run each variant N times, with the same graph, and print the best time; 1 to 1000\n"
    "  --check                only check: run once, compare with a serial program that shares no code, and print "
    "nothing\n"
    "                         that depends on time\n"
    "  -h, --help             print this text\n"
    "\n"
    "The report goes to stdout, progress to stderr if that is a terminal.\n"
    "Exit status: 0, or 2 if the command line or a file is at fault, or 1 for any other failure, a wrong result too.\n";

namespace {

constexpr std::uint64_t most_length = 10'000'000; // times most_score: 32 bits hold all scores
constexpr std::uint64_t most_score = 100;
constexpr std::size_t most_tiles = 4'000'000;
constexpr std::size_t usual_tiles = 32; // along the longer sequence, if the tiles are neither tiny nor huge
constexpr std::size_t smallest_tile = 128, largest_tile = 1024;

constexpr support::number_range match_range{1, most_score};
constexpr support::number_range cost_range{0, most_score};
constexpr support::number_range tile_range{1, 8192};
constexpr support::number_range worker_range{1, 1024};
constexpr support::number_range repeat_range{1, 1000};

constexpr const char* known_genome = "/usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz";
constexpr slice known_first{4'220'001, 40'000}, known_second{4'360'001, 40'000};

slice to_slice(std::string_view option, std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon != text.npos) {
        const auto begin = support::parse_number(text.substr(0, colon));
        const auto length = support::parse_number(text.substr(colon + 1));
        if (begin && length && *begin >= 1 && *length >= 1) return {*begin, *length};
    }
    throw support::input_error("option " + std::string(option) + " takes BEGIN:LENGTH, two numbers from 1 on, not '" +
                               support::printable(text) + "'");
}

score to_score(support::argument_reader& argument, support::number_range allowed) {
    return static_cast<score>(argument.number(allowed));
}

/// Returns: whether it is an option with a value.
bool read_value(settings& chosen, support::argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "--first")
        chosen.first = to_slice(name, argument.value());
    else if (name == "--second")
        chosen.second = to_slice(name, argument.value());
    else if (name == "--match")
        chosen.costs.match = to_score(argument, match_range);
    else if (name == "--mismatch")
        chosen.costs.mismatch = to_score(argument, cost_range);
    else if (name == "--gap-open")
        chosen.costs.gap_open = to_score(argument, cost_range);
    else if (name == "--gap-extend")
        chosen.costs.gap_extend = to_score(argument, cost_range);
    else if (name == "--tile")
        chosen.tile = argument.number(tile_range);
    else if (name == "-t" || name == "--workers")
        chosen.workers = static_cast<unsigned>(argument.number(worker_range));
    else if (name == "--repeat")
        chosen.repeat = static_cast<unsigned>(argument.number(repeat_range));
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
    if (!chosen.second_file.empty())
        throw support::input_error("one file or two, not also '" + support::printable(path) + "'");
    (chosen.first_file.empty() ? chosen.first_file : chosen.second_file) = path;
}

void choose_known_genome(settings& chosen) {
    if (::access(known_genome, R_OK) != 0)
        throw support::input_error(std::string("no FASTA file given, and ") + known_genome +
                                   " is not there (Debian package bowtie-examples)");
    chosen.first_file = known_genome;
    if (!chosen.first) chosen.first = known_first;
    if (!chosen.second) chosen.second = known_second;
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
    if (chosen.first_file.empty()) choose_known_genome(chosen);
    if (chosen.second_file.empty() && !(chosen.first && chosen.second))
        throw support::input_error("one file takes both --first and --second, or it is aligned with itself");
    return chosen;
}

tiling choose_tiling(const settings& chosen, std::size_t first, std::size_t second) {
    const std::size_t longest = std::max(first, second);
    if (longest > most_length)
        throw support::input_error("a sequence has " + std::to_string(longest) + " bases, more than " +
                                   std::to_string(most_length) + " (--first and --second cut it)");
    const std::size_t usual = std::clamp(longest / usual_tiles, smallest_tile, largest_tile);
    tiling cut(first, second, chosen.tile != 0 ? chosen.tile : usual);
    if (cut.tile_columns() > most_tiles / cut.tile_rows())
        throw support::input_error("tiles of " + std::to_string(cut.tile_size()) + " bases would be more than " +
                                   std::to_string(most_tiles) + " (--tile makes them larger)");
    return cut;
}

} // namespace wavefront
