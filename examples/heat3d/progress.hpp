// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run says of itself on the way, to a terminal. One thread at a time, any one.
#pragma once

#include "support/progress_line.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace heat3d {

class progress_line {
public:
    /// What the steps that follow are done by.
    void begin(std::string who, std::uint64_t steps) {
        who_ = std::move(who);
        steps_ = steps;
    }
    void show(std::uint64_t step) {
        line_.show([&] { return who_ + ": step " + std::to_string(step) + " of " + std::to_string(steps_); });
    }

private:
    support::progress_line line_;
    std::string who_;
    std::uint64_t steps_ = 0;
};

} // namespace heat3d
