// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One line on stderr that says how far a run is, if stderr is a terminal. Any thread; the line is rewritten at most ten
// times a second, by whoever comes first.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

namespace support {

class progress_line {
public:
    /// Shows nothing if `is_wanted` is false or stderr is no terminal.
    explicit progress_line(bool is_wanted = true);
    /// Wipes the line.
    ~progress_line();
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    /// Writes what text() returns, a std::string, if it is time for it.
    template <class Text>
    void show(Text text) {
        if (is_on_ && is_due()) write(text());
    }

private:
    using clock = std::chrono::steady_clock;

    bool is_due();
    void write(const std::string& text);

    const bool is_on_;
    std::atomic<bool> is_shown_ = false;
    std::atomic<clock::rep> next_;
};

} // namespace support
