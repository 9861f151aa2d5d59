// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A deadline for a test that blocks: when it is over, the pool's counters are printed and the process is aborted.
#pragma once

#include "support/scale.hpp"

#include <pel/thread_pool.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>

namespace pel_test {

/// Returns: every counter by name.
inline std::string describe(const pel::pool_stats& stats) {
    const struct {
        const char* name;
        std::uint64_t value;
    } counters[] = {{"spawned", stats.spawned},
                    {"executed", stats.executed},
                    {"exposed", stats.exposed},
                    {"taken_back", stats.taken_back},
                    {"stolen", stats.stolen},
                    {"deep_steals", stats.deep_steals},
                    {"leapfrogs", stats.leapfrogs},
                    {"give_backs", stats.give_backs},
                    {"listed", stats.listed},
                    {"spills", stats.spills},
                    {"injected", stats.injected},
                    {"claims", stats.claims},
                    {"full_deques", stats.full_deques},
                    {"hand_overs", stats.hand_overs},
                    {"debts", stats.debts},
                    {"repayments", stats.repayments},
                    {"parks", stats.parks},
                    {"wakes", stats.wakes},
                    {"threads_started", stats.threads_started},
                    {"guardian_beats", stats.guardian_beats},
                    {"heavy_fences", stats.heavy_fences},
                    {"foreign_only", stats.foreign_only},
                    {"unsafe_waits", stats.unsafe_waits},
                    {"fenced_forks", stats.fenced_forks}};
    std::string text;
    for (const auto& [name, value] : counters) {
        if (value != 0) text += std::string(name) + ' ' + std::to_string(value) + "  ";
    }
    return text;
}

/// Aborts the process unless destroyed in time.
class watchdog {
public:
    explicit watchdog(const pel::thread_pool* pool = nullptr, std::chrono::seconds limit = patience)
        : pool_(pool), thread_([this, limit] { guard(limit); }) {}
    explicit watchdog(const pel::thread_pool& pool, std::chrono::seconds limit = patience) : watchdog(&pool, limit) {}
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog() {
        {
            const std::lock_guard hold(mutex_);
            is_over_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

private:
    void guard(std::chrono::seconds limit) {
        std::unique_lock hold(mutex_);
        if (changed_.wait_for(hold, limit, [this] { return is_over_; })) return;
        std::fprintf(stderr, "hung: not done after %lld s\n", static_cast<long long>(limit.count()));
        if (pool_ != nullptr) std::fprintf(stderr, "pool: %s\n", describe(pool_->stats()).c_str());
        std::abort();
    }

    const pel::thread_pool* pool_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_over_ = false;
    std::thread thread_; // last: uses the others
};

/// Spins politely until `condition()` holds. Requires: a watchdog.
template <class Condition>
void await(Condition&& condition) {
    while (!condition()) std::this_thread::yield();
}

/// As await(), but gives up after a while. Returns: whether the condition holds.
template <class Condition>
bool await_for(std::chrono::seconds limit, Condition&& condition) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Waits until every shared job has been counted as run; the thread that runs one counts it a little after.
inline void expect_balanced(const pel::thread_pool& pool) {
    const bool balanced = await_for(std::chrono::seconds(10), [&] {
        const pel::pool_stats stats = pool.stats();
        return stats.spawned == stats.executed;
    });
    EXPECT_TRUE(balanced) << describe(pool.stats());
}

} // namespace pel_test
