// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// heat3d: heat conduction in a cube, in memory that is where the threads are. README.md explains the design.
// Work: O(steps · n^3). Span: O(steps · (n + threads)), as a piece of a step is some rows.
#include "command_line.hpp"
#include "comparison.hpp"
#include "errors.hpp"
#include "picture.hpp"
#include "report.hpp"

#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string_view>
#include <system_error>

namespace {

enum exit_status { success = 0, failure = 1, bad_input = 2 };

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category(), "stdout");
}

void run(std::span<char* const> arguments) {
    const heat3d::settings chosen = heat3d::parse_command_line(arguments);
    if (chosen.help) return print(heat3d::help_text);
    heat3d::expect_memory(chosen.n);
    heat3d::picture_file slice(chosen.slice);
    const heat3d::findings found = heat3d::run_all(chosen, slice.is_wanted());
    if (found.drawn) slice.write(*found.drawn);
    print(heat3d::report_text(found, chosen));
}

int complain(exit_status status, const char* problem) {
    std::fprintf(stderr, "heat3d: %s\n", problem);
    return status;
}

} // namespace

int main(int argument_count, char** arguments) {
    try {
        run({arguments + 1, static_cast<std::size_t>(argument_count - 1)});
        return success;
    } catch (const heat3d::input_error& error) {
        return complain(bad_input, error.what());
    } catch (const std::bad_alloc&) {
        return complain(failure, "out of memory");
    } catch (const std::exception& error) {
        return complain(failure, error.what());
    }
}
