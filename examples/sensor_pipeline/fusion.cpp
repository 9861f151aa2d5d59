// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fusion.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sensor_pipeline {

std::optional<fused_frames> fusion::add(calibrated_frame&& frame) {
    now_us_ = frame.head.is_last ? std::numeric_limits<std::uint64_t>::max()
                                 : std::max<std::uint64_t>(now_us_, frame.head.arrived_us);
    fused_frames fused{frame.head, {}};
    if (!frame.head.is_last) keep(std::move(frame));
    while (next_ < recorded_.instants) {
        const bool is_complete = !waiting_.empty() && waiting_.front().frames == recorded_.sensors;
        if (!is_complete && !is_over(next_)) break;
        release(fused.head, fused.instants);
    }
    if (fused.instants.empty() && !fused.head.is_last) return std::nullopt;
    return fused;
}

void fusion::keep(calibrated_frame&& frame) {
    const bool is_late = is_over(frame.instant);
    if (is_late || frame.instant < next_) { // it was complete
        ++(is_late ? counts_.late : counts_.repeated);
        return;
    }
    if (frame.instant - next_ >= waiting_.size()) waiting_.resize(frame.instant - next_ + 1);
    waiting_instant& its = waiting_[frame.instant - next_];
    if (its.frames == 0) {
        its.planes.resize(recorded_.sensors);
        its.first_due = frame.head.due;
    }
    plane& place = its.planes[frame.sensor];
    if (!place.empty()) {
        ++counts_.repeated;
        return;
    }
    place = std::move(frame.seen);
    ++its.frames;
}

void fusion::release(const token_head& head, std::vector<fused_instant>& to) {
    fused_instant fused{next_++, head.due, {}};
    if (!waiting_.empty()) {
        waiting_instant& its = waiting_.front();
        if (its.frames != 0) fused.first_due = its.first_due;
        for (plane& each : its.planes)
            if (!each.empty()) fused.planes.push_back(std::move(each));
        waiting_.pop_front();
    }
    to.push_back(std::move(fused));
}

} // namespace sensor_pipeline
