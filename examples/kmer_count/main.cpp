// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kmer_count: counts the canonical k-mers of a FASTA file, plain or gzip, in parallel. README.md explains the design.
// Work: linear in the text. Span: reading or inflating it, which is serial and overlaps with the rest; apart from that
// one block of text and the largest bin of k-mers.
#include "command_line.hpp"
#include "comparison.hpp"
#include "report.hpp"
#include "support/program.hpp"

#include <span>

namespace {

void run(std::span<char* const> arguments) {
    const kmer_count::settings chosen = kmer_count::parse_command_line(arguments);
    if (chosen.help) return support::print(kmer_count::help_text);
    support::print(kmer_count::report_text(kmer_count::count_and_compare(chosen), chosen));
}

} // namespace

int main(int argument_count, char** arguments) {
    return support::run_program("kmer_count", argument_count, arguments, run);
}
