// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts what a search looks at after its match is known. "After" is by the thread's own view: who has the match may be
// taken off its CPU for any time before it can tell. That it has told is seen when it asks its token, between blocks.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace pel_test {

class search_watch {
public:
    /// Of so many items.
    static constexpr std::uint64_t items = 10'000'000, match = 100'000;

    /// For the policy of the search.
    struct token {
        search_watch* watch;
        bool stop_requested() const noexcept {
            if (watch->finder_.load() == std::this_thread::get_id()) watch->is_known_ = true;
            return false;
        }
    };
    token its_token() noexcept { return {this}; }

    /// To be called for every item that is looked at. Returns: whether it is the match.
    bool look(std::uint64_t item) noexcept {
        if (is_known_.load(std::memory_order_relaxed)) after_.fetch_add(1, std::memory_order_relaxed);
        if (item < match) before_.fetch_add(1, std::memory_order_relaxed);
        if (item != match) return false;
        finder_ = std::this_thread::get_id();
        return true;
    }
    /// Each thread ends the block that it is in, which takes 2–10 µs, and there are few threads.
    void expect_early_exit(unsigned threads) const {
        EXPECT_EQ(finder_.load() == std::thread::id(), false);
        EXPECT_GE(before_, match);
        EXPECT_LT(after_, 100'000U);
        if (threads == 1) {
            EXPECT_TRUE(is_known_);
            EXPECT_EQ(after_, 0U);
        }
    }

private:
    std::atomic<std::thread::id> finder_{};
    std::atomic<bool> is_known_{false};
    std::atomic<std::uint64_t> before_{0}, after_{0};
};

} // namespace pel_test
