// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program.hpp"

#include "errors.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

namespace support {

namespace {

enum exit_status { success = 0, failure = 1, bad_input = 2 };

int complain(exit_status status, const char* name, const char* problem) {
    std::fprintf(stderr, "%s: %s\n", name, problem);
    return status;
}

} // namespace

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category(), "stdout");
}

int run_program(const char* name, int argument_count, char** arguments, void (*run)(std::span<char* const> arguments)) {
    try {
        run({arguments + 1, static_cast<std::size_t>(argument_count - 1)});
        return success;
    } catch (const input_error& error) {
        return complain(bad_input, name, error.what());
    } catch (const std::bad_alloc&) {
        return complain(failure, name, "out of memory");
    } catch (const std::exception& error) {
        return complain(failure, name, error.what());
    }
}

} // namespace support
