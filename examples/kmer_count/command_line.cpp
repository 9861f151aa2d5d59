// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "kmer.hpp"
#include "support/argument_reader.hpp"
#include "support/errors.hpp"

namespace kmer_count {

const std::string_view help_text =
    "Usage: kmer_count [-k 21] [-t workers] [--top 20] [--histogram] FILE.fa[.gz]\n"
    "\n"
    "Counts the canonical k-mers of a FASTA file in parallel: a k-mer and its reverse complement are one.\n"
    "Lower case counts as upper case; letters other than ACGT and the ends of records break a k-mer.\n"
    "\n"
    "  -k N           bases per k-mer, 1 to 32 (default 21)\n"
    "  -t N           workers, 1 to 1024 (default: all CPUs that this process may use)\n"
    "  --top N        list the N most frequent k-mers: by count, then alphabetically (default 20)\n"
    "  --histogram    print lines \"multiplicity distinct_kmers\" in place of the list (with --top: before it)\n"
    "  --quiet        count once, with all workers: no comparison with 1 worker, no progress, nothing on stderr\n"
    "  --block BYTES  text per task, 1 to 16777216 (default: from the size of the file); for tests and tuning\n"
    "  -h, --help     print this text\n"
    "\n"
    "The report goes to stdout, progress and throughput (1 worker against all) to stderr.\n"
    "FILE may be plain or gzip, whatever it is called, and /dev/stdin for a pipe (then without comparison).\n"
    "Exit status: 0, or 2 if the command line or the file is at fault, or 1 for any other failure.\n";

namespace {

constexpr support::number_range k_range{1, max_k};
constexpr support::number_range worker_range{1, 1024};
constexpr support::number_range top_range{0, 1'000'000'000};
constexpr support::number_range block_range{1, 16 << 20};

void set_path(settings& chosen, std::string_view path) {
    if (path.empty()) throw support::input_error("the name of the file is empty");
    if (!chosen.path.empty()) {
        throw support::input_error("one file at a time, not '" + support::printable(chosen.path) + "' and '" +
                                   support::printable(path) + "'");
    }
    chosen.path = path;
}

struct report_choice {
    bool top = false;
    bool histogram = false;
};

void read_option(settings& chosen, report_choice& report, support::argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "-k") {
        chosen.k = static_cast<unsigned>(argument.number(k_range));
    } else if (name == "-t") {
        chosen.workers = static_cast<unsigned>(argument.number(worker_range));
    } else if (name == "--top") {
        chosen.top = argument.number(top_range);
        report.top = true;
    } else if (name == "--block") {
        chosen.block_size = argument.number(block_range);
    } else if (name == "--histogram") {
        argument.expect_no_value();
        report.histogram = true;
    } else if (name == "--quiet") {
        argument.expect_no_value();
        chosen.quiet = true;
    } else if (name == "-h" || name == "--help") {
        argument.expect_no_value();
        chosen.help = true;
    } else {
        throw support::input_error("unknown option '" + support::printable(name) + "' (--help lists them)");
    }
}

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    report_choice report;
    support::argument_reader argument(arguments);
    while (argument.next()) {
        if (argument.is_option()) {
            read_option(chosen, report, argument);
            if (chosen.help) return chosen;
        } else {
            set_path(chosen, argument.name());
        }
    }
    if (chosen.path.empty()) throw support::input_error("no FASTA file given (--help explains)");
    chosen.show_histogram = report.histogram;
    chosen.show_top = report.top || !report.histogram;
    return chosen;
}

} // namespace kmer_count
