// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds targets in what the sensors see of an instant: cells that stand out from their surroundings (a cell-averaging
// CFAR detector, on the mean of the sensors' decibels), neighbours of which are one target.
#pragma once

#include "frame.hpp"

#include <vector>

namespace sensor_pipeline {

/// threshold: in dB above the surroundings, for an instant of three sensors; for others as much as is as rare.
/// Returns: the targets, from south to north. Any number of threads.
std::vector<detection> detect(const std::vector<plane>& planes, double threshold);

} // namespace sensor_pipeline
