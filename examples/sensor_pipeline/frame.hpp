// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What goes from stage to stage. Whatever is large is moved.
#pragma once

#include "recording.hpp"
#include "sensor.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace sensor_pipeline {

using clock = std::chrono::steady_clock;

/// What every token has with it.
struct token_head {
    clock::time_point due;        // when its frame arrived
    clock::time_point read;       // when it came into the pipeline
    clock::duration work{0};      // of the stages so far
    std::uint64_t arrived_us = 0; // by the recorder's clock
    bool is_last = false;         // no frame, but the news that none follows
};

/// read -> decode
struct read_frame {
    token_head head;
    raw_frame raw;
};

/// decode -> calibrate
struct decoded_frame {
    token_head head;
    unsigned sensor = 0;
    std::int64_t taken_us = 0; // by the sensor's clock
    std::vector<std::uint16_t> samples;
};

/// What a sensor sees of the area: for each cell of it, decibels above noise.
using plane = std::vector<float>;

/// calibrate -> fuse
struct calibrated_frame {
    token_head head;
    unsigned sensor = 0;
    std::uint32_t instant = 0;
    plane seen;
};

/// Frames of the same instant.
struct fused_instant {
    std::uint32_t instant = 0;
    clock::time_point first_due; // of its frames; of the token's, if there are none
    std::vector<plane> planes;   // by sensor, those that are there
};

/// fuse -> detect: a frame completes an instant, and may show that others will never be.
struct fused_frames {
    token_head head;
    std::vector<fused_instant> instants;
};

struct detection {
    point at;
    double decibels = 0; // at the peak, above the surroundings
    bool operator==(const detection& other) const {
        return at.x == other.at.x && at.y == other.at.y && decibels == other.decibels;
    }
};

struct detected_instant {
    std::uint32_t instant = 0;
    clock::time_point first_due;
    std::size_t sensors = 0;
    std::vector<detection> detections;
};

/// detect -> track
struct detected_frames {
    token_head head;
    std::vector<detected_instant> instants;
};

} // namespace sensor_pipeline
