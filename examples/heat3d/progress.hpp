// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One line on stderr that says how far a run is, if stderr is a terminal, rewritten at most ten times a second. One
// thread at a time, any one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace heat3d {

class progress_line {
public:
    progress_line();
    ~progress_line();
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    /// What the steps that follow are done by.
    void begin(std::string who, std::uint64_t steps);
    void show(std::uint64_t step) {
        if (is_on_) show_slow(step);
    }

private:
    using clock = std::chrono::steady_clock;

    void show_slow(std::uint64_t step);

    const bool is_on_;
    bool is_shown_ = false;
    std::string who_;
    std::uint64_t steps_ = 0;
    clock::time_point next_;
};

} // namespace heat3d
