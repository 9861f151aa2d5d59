// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pairs of points that are near each other, the nearest first, each point in one.
#pragma once

#include "sensor.hpp"

#include <cstddef>
#include <vector>

namespace sensor_pipeline {

struct pair_of_points {
    std::size_t first, second;
    double square_distance;
};

/// Returns: pairs of a point of each list, none further apart than `most`; of those that are equally far the first
/// ones.
std::vector<pair_of_points> match(const std::vector<point>& first, const std::vector<point>& second, double most);

} // namespace sensor_pipeline
