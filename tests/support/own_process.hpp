// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests that need a process to themselves: a test starts this program again with only itself selected, and looks at how
// that ends. Also fork children: a function's result as an exit status.
#pragma once

#include "support/scale.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pel_test {

/// Whether this process was started by rerun_alone().
inline bool is_rerun() noexcept { return std::getenv("PEL_TEST_RERUN") != nullptr; }

struct process_result {
    int status = -1;    ///< exit status, or minus the signal
    std::string output; ///< standard output and error
};

inline process_result await_process(pid_t child) {
    process_result result;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status))
        result.status = WEXITSTATUS(status);
    else if (WIFSIGNALED(status))
        result.status = -WTERMSIG(status);
    return result;
}

/// Runs the current test again in a process of its own, where is_rerun() is true.
inline process_result rerun_alone(std::initializer_list<std::pair<const char*, const char*>> environment = {}) {
    const testing::TestInfo& self = *testing::UnitTest::GetInstance()->current_test_info();
    const std::string filter = std::string("--gtest_filter=") + self.test_suite_name() + '.' + self.name();
    const std::string file = "/tmp/pel_test_output_" + std::to_string(::getpid());
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int out = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        ::dup2(out, 1);
        ::dup2(out, 2);
        ::setenv("PEL_TEST_RERUN", "1", 1);
        for (const auto& [name, value] : environment) ::setenv(name, value, 1);
        ::alarm(static_cast<unsigned>(patience.count()));
        ::execl("/proc/self/exe", "pel_test", filter.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    process_result result = await_process(child);
    std::ifstream written(file);
    result.output.assign(std::istreambuf_iterator<char>(written), {});
    ::unlink(file.c_str());
    return result;
}

/// In a fork child: runs body() and ends with 0 if it returns true. In the parent, returns the child's status.
template <class Body>
int fork_and_run(Body&& body) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(static_cast<unsigned>(patience.count()));
        ::_exit(body() ? 0 : 1);
    }
    return await_process(child).status;
}

} // namespace pel_test

/// The rest of the test runs in a process of its own.
#define PEL_IN_OWN_PROCESS(...)                                                                                        \
    if (!pel_test::is_rerun()) {                                                                                       \
        const pel_test::process_result result = pel_test::rerun_alone({__VA_ARGS__});                                  \
        EXPECT_EQ(result.status, 0) << result.output;                                                                  \
        if (result.output.find("[  SKIPPED ]") != std::string::npos) GTEST_SKIP() << result.output;                    \
        return;                                                                                                        \
    }                                                                                                                  \
    static_assert(true)
