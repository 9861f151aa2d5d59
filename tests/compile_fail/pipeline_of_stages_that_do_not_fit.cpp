// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stage takes what the one before returns.
// expect: pel::parallel_pipeline: a stage cannot be called with what the one before returns
#include <pel/parallel_pipeline.hpp>

#include <optional>
#include <string>

void pass_numbers() {
#ifdef PEL_COMPILE_FAIL
    const auto last = [](const std::string&) {};
#else
    const auto last = [](int) {};
#endif
    pel::parallel_pipeline(4, pel::serial([]() -> std::optional<int> { return std::nullopt; }),
                           pel::parallel([](int number) { return number + 1; }), pel::serial(last));
}
