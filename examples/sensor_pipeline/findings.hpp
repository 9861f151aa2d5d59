// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a recording was found to hold: the same whoever found it, and how fast.
#pragma once

#include "frame.hpp"
#include "fusion.hpp"
#include "recording.hpp"
#include "tracking.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sensor_pipeline {

/// What is known of an instant.
struct finding {
    std::size_t sensors = 0;
    std::vector<detection> detections;
    std::vector<track> tracks; // that count
};

struct findings {
    std::vector<finding> instants;
    std::uint32_t tracks = 0;
    std::uint64_t damaged = 0, strange = 0; // frames: checksum; time
    fusion_counts fused;
    reading_counts read;
    std::vector<std::optional<std::vector<true_target>>> truth;
};

/// Beside the ground truth.
struct score {
    std::uint64_t right = 0, wrong = 0, missed = 0;
    double square_errors = 0; // of the right ones
};
struct scores {
    score detections, tracks;
    std::uint64_t targets = 0; // different ones
    std::uint64_t unknown = 0; // instants without ground truth
};

scores compare_with_truth(const findings& found);

} // namespace sensor_pipeline
