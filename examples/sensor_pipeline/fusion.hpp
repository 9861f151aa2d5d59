// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Brings the frames of an instant together. A frame is waited for until a time of the recorder's clock that depends on
// its instant alone, so that what is fused does not depend on who is how fast: an instant's frames that arrive later
// are too late. Instants leave in order, each once. One thread at a time.
#pragma once

#include "frame.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace sensor_pipeline {

struct fusion_counts {
    std::uint64_t late = 0, repeated = 0;
};

class fusion {
public:
    /// wait_us: for how long after an instant frames may arrive.
    fusion(const layout& recorded, std::uint32_t wait_us) : recorded_(recorded), wait_us_(wait_us) {}

    /// Returns: the instants that the frame completes, or shows to be over; none if there are no such.
    std::optional<fused_frames> add(calibrated_frame&& frame);

    const fusion_counts& counts() const noexcept { return counts_; }

private:
    // An instant that has not left. At most (wait + period) / period + 1 of them have frames.
    struct waiting_instant {
        std::vector<plane> planes; // [sensor], empty: has not come; empty while no frame has
        clock::time_point first_due;
        std::size_t frames = 0;
    };

    bool is_over(std::uint32_t instant) const noexcept {
        return now_us_ >= std::uint64_t{instant} * recorded_.period_us + wait_us_;
    }
    void keep(calibrated_frame&& frame);
    void release(const token_head& head, std::vector<fused_instant>& to);

    layout recorded_;
    std::uint64_t wait_us_;
    std::uint64_t now_us_ = 0;
    std::uint32_t next_ = 0; // to leave
    std::deque<waiting_instant> waiting_;
    fusion_counts counts_;
};

} // namespace sensor_pipeline
