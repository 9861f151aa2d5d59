// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs register themselves at namespace scope; the main function of engine/main.cpp explores those asked for:
//   const model::registered program_1{{.name = "deque: one job, two thieves"}, [](model::execution& run) { … }};
#pragma once

#include <pel_model/explore.hpp>

#include <string>
#include <vector>

namespace model {

struct expectation {
    const char* violation = nullptr;        // a text that the violation contains; null: nothing may go wrong
    std::vector<std::string> outcomes = {}; // exactly these, where any are given
    std::uint64_t executions = 0;           // exactly so many, where given
};

class registered {
public:
    registered(const options& settings, program explored, expectation expected = {});
};

/// How far to go: 0 by default, more on request (environment variable PEL_MODEL_BOUND or `--bound N`).
unsigned bound();

} // namespace model
