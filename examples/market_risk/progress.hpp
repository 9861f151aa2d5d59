// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run says of itself on the way, to a terminal. begin() by one thread, with nothing else at work; add() by any.
#pragma once

#include "support/progress_line.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

namespace market_risk {

class progress {
public:
    /// who: does what follows. what: is counted.
    void begin(std::string who, std::string what, std::uint64_t all) {
        who_ = std::move(who);
        what_ = std::move(what);
        all_ = all;
        done_ = 0;
    }
    void add(std::uint64_t count) {
        const std::uint64_t done = done_.fetch_add(count, std::memory_order_relaxed) + count;
        line_.show([&] { return who_ + ": " + what_ + ' ' + std::to_string(done) + " of " + std::to_string(all_); });
    }

private:
    support::progress_line line_;
    std::string who_, what_;
    std::uint64_t all_ = 0;
    std::atomic<std::uint64_t> done_ = 0;
};

} // namespace market_risk
