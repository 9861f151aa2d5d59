// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tracking.hpp"

#include "matching.hpp"

#include <algorithm>

namespace sensor_pipeline {

namespace {

constexpr double alpha = 0.4, beta = 0.1;
constexpr double reach = 4; // metres from where a track should be
constexpr unsigned trial = 6, hits_of_trial = 4, most_misses = 10;

} // namespace

void tracking::add(const std::vector<detection>& detections, bool has_seen) {
    std::vector<point> expected, seen;
    for (track& each : tracks_) {
        each.at.x += each.velocity.x * period_;
        each.at.y += each.velocity.y * period_;
        expected.push_back(each.at);
    }
    if (!has_seen) return;
    for (const detection& each : detections) seen.push_back(each.at);
    for (track& each : tracks_) {
        ++each.age;
        ++each.misses;
    }
    std::vector<bool> is_known(seen.size());
    for (const pair_of_points& each : match(expected, seen, reach)) {
        correct(tracks_[each.first], seen[each.second]);
        is_known[each.second] = true;
    }
    std::erase_if(tracks_, [this](const track& each) { return is_lost(each); });
    for (track& each : tracks_)
        if (each.id == 0 && each.hits >= hits_of_trial) each.id = ++count_;
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (!is_known[i]) tracks_.push_back({0, seen[i], {}, 1, 1, 0});
}

void tracking::correct(track& each, const point& seen) const {
    // A new track has no velocity yet: its second detection gives one.
    const double of_place = each.hits == 1 ? 1 : alpha, of_velocity = each.hits == 1 ? 0.5 : beta;
    const double x = seen.x - each.at.x, y = seen.y - each.at.y;
    each.at.x += of_place * x;
    each.at.y += of_place * y;
    each.velocity.x += of_velocity * x / period_;
    each.velocity.y += of_velocity * y / period_;
    ++each.hits;
    each.misses = 0;
}

bool tracking::is_lost(const track& each) const {
    return each.id == 0 ? each.age >= trial && each.hits < hits_of_trial : each.misses > most_misses;
}

std::vector<track> tracking::counted() const {
    std::vector<track> result;
    std::copy_if(tracks_.begin(), tracks_.end(), std::back_inserter(result),
                 [](const track& each) { return each.id != 0; });
    return result;
}

} // namespace sensor_pipeline
