// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "findings.hpp"

#include "matching.hpp"

#include <set>

namespace sensor_pipeline {

namespace {

constexpr double most_error = 4; // metres

template <class Found>
void add(score& to, const std::vector<Found>& found, const std::vector<point>& truth) {
    std::vector<point> places;
    for (const Found& each : found) places.push_back(each.at);
    const std::vector<pair_of_points> pairs = match(places, truth, most_error);
    to.right += pairs.size();
    to.wrong += places.size() - pairs.size();
    to.missed += truth.size() - pairs.size();
    for (const pair_of_points& each : pairs) to.square_errors += each.square_distance;
}

} // namespace

scores compare_with_truth(const findings& found) {
    scores result;
    std::set<std::uint32_t> targets;
    for (std::size_t instant = 0; instant < found.instants.size(); ++instant) {
        if (!found.truth[instant]) {
            ++result.unknown;
            continue;
        }
        std::vector<point> truth;
        for (const true_target& each : *found.truth[instant]) {
            truth.push_back(each.at);
            targets.insert(each.id);
        }
        add(result.detections, found.instants[instant].detections, truth);
        add(result.tracks, found.instants[instant].tracks, truth);
    }
    result.targets = targets.size();
    return result;
}

} // namespace sensor_pipeline
