// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stage says how many tokens it works on at once.
// expect: pel::parallel_pipeline: a stage is pel::serial
#include <pel/parallel_pipeline.hpp>

#include <optional>

void pass_numbers() {
    const auto last = [](int) {};
    pel::parallel_pipeline(4, pel::serial([]() -> std::optional<int> { return std::nullopt; }),
#ifdef PEL_COMPILE_FAIL
                           last);
#else
                           pel::parallel(last));
#endif
}
