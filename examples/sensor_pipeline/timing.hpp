// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long what took. Frames are timed where they are: a token has its work with it.
#pragma once

#include "frame.hpp"

#include <atomic>
#include <vector>

namespace sensor_pipeline {

/// Of one run. Latencies: of each instant that frames came of, in its order.
struct timing {
    double seconds = 0;
    std::vector<double> latency_ms; // from the frame that completed it, or showed it to be over, until it was written
    std::vector<double> age_ms;     // from its first frame
    double longest_stay_ms = 0;     // of a token in the pipeline
    double longest_work_ms = 0;     // of a token, in all stages together
};

inline double milliseconds(clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

/// The longest of some stretches of time. Any thread.
class longest_time {
public:
    // Nothing else hangs on the value, and who reads it has waited for the pipeline: relaxed.
    void note(clock::duration time) noexcept {
        clock::rep longest = longest_.load(std::memory_order_relaxed);
        while (time.count() > longest &&
               !longest_.compare_exchange_weak(longest, time.count(), std::memory_order_relaxed)) {
        }
    }
    clock::duration get() const noexcept { return clock::duration(longest_.load(std::memory_order_relaxed)); }

private:
    std::atomic<clock::rep> longest_ = 0;
};

} // namespace sensor_pipeline
