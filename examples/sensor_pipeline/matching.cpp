// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "matching.hpp"

#include <algorithm>
#include <tuple>

namespace sensor_pipeline {

std::vector<pair_of_points> match(const std::vector<point>& first, const std::vector<point>& second, double most) {
    std::vector<pair_of_points> pairs;
    for (std::size_t i = 0; i < first.size(); ++i) {
        for (std::size_t j = 0; j < second.size(); ++j) {
            const double square = square_distance(first[i], second[j]);
            if (square <= most * most) pairs.push_back({i, j, square});
        }
    }
    std::sort(pairs.begin(), pairs.end(), [](const pair_of_points& a, const pair_of_points& b) {
        return std::tie(a.square_distance, a.first, a.second) < std::tie(b.square_distance, b.first, b.second);
    });
    std::vector<bool> is_first_taken(first.size()), is_second_taken(second.size());
    std::erase_if(pairs, [&](const pair_of_points& each) {
        if (is_first_taken[each.first] || is_second_taken[each.second]) return true;
        is_first_taken[each.first] = is_second_taken[each.second] = true;
        return false;
    });
    return pairs;
}

} // namespace sensor_pipeline
