// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kmer_count: counts the canonical k-mers of a FASTA file, plain or gzip, in parallel. README.md explains the design.
// Work: linear in the text. Span: reading or inflating it, which is serial and overlaps with the rest; apart from that
// one block of text and the largest bin of k-mers.
#include "command_line.hpp"
#include "comparison.hpp"
#include "errors.hpp"
#include "report.hpp"

#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace {

enum exit_status { success = 0, failure = 1, bad_input = 2 };

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category(), "stdout");
}

void run(std::span<char* const> arguments) {
    const kmer_count::settings chosen = kmer_count::parse_command_line(arguments);
    if (chosen.help) {
        print(kmer_count::help_text);
    } else {
        print(kmer_count::report_text(kmer_count::count_and_compare(chosen), chosen));
    }
}

int complain(exit_status status, const char* problem) {
    std::fprintf(stderr, "kmer_count: %s\n", problem);
    return status;
}

} // namespace

int main(int argument_count, char** arguments) {
    try {
        run({arguments + 1, static_cast<std::size_t>(argument_count - 1)});
        return success;
    } catch (const kmer_count::input_error& error) {
        return complain(bad_input, error.what());
    } catch (const std::bad_alloc&) {
        return complain(failure, "out of memory");
    } catch (const std::exception& error) {
        return complain(failure, error.what());
    }
}
