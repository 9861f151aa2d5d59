// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Follows targets from instant to instant: a constant velocity that each detection nearby corrects (an alpha-beta
// filter). A track counts when it was seen four times in its first six instants, and until it was not for ten. One
// thread at a time.
#pragma once

#include "frame.hpp"

#include <cstdint>
#include <vector>

namespace sensor_pipeline {

struct track {
    std::uint32_t id = 0; // from 1 on, in the order in which they counted; 0: it does not yet
    point at;
    point velocity; // metres in a second
    unsigned age = 0, hits = 0, misses = 0;
};

class tracking {
public:
    explicit tracking(const layout& recorded) : period_(1e-6 * recorded.period_us) {}

    /// Goes on by a period. `has_seen`: whether any sensor has; else the tracks just move on.
    void add(const std::vector<detection>& detections, bool has_seen);

    /// Returns: the tracks that count.
    std::vector<track> counted() const;
    std::uint32_t count() const noexcept { return count_; } // so far

private:
    void correct(track& each, const point& seen) const;
    bool is_lost(const track& each) const;

    double period_;
    std::vector<track> tracks_;
    std::uint32_t count_ = 0;
};

} // namespace sensor_pipeline
