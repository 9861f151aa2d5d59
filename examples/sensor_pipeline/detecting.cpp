// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "detecting.hpp"

#include "area.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace sensor_pipeline {

namespace {

constexpr std::size_t guard = 4, surroundings = 9; // cells on each side

// The mean of n sensors' noise varies as 1/sqrt(n), but the noise of few has the shorter tail, in decibels. This number
// comes from recordings without targets.
constexpr double exponent = 0.35;

/// Sums of rectangles of cells.
class sums {
public:
    explicit sums(const plane& of) : sums_(width * width) {
        for (std::size_t row = 0; row < area::side; ++row) {
            double of_row = 0;
            for (std::size_t column = 0; column < area::side; ++column) {
                of_row += of[row * area::side + column];
                sums_[(row + 1) * width + column + 1] = sums_[row * width + column + 1] + of_row;
            }
        }
    }

    struct box {
        double sum, cells;
    };
    /// Of the cells at most `radius` from that one, as far as there are any.
    box around(std::size_t column, std::size_t row, std::size_t radius) const {
        const std::size_t left = column - std::min(column, radius), right = std::min(column + radius + 1, area::side);
        const std::size_t low = row - std::min(row, radius), high = std::min(row + radius + 1, area::side);
        const double sum = at(high, right) - at(high, left) - at(low, right) + at(low, left);
        return {sum, static_cast<double>((right - left) * (high - low))};
    }

private:
    static constexpr std::size_t width = area::side + 1;

    double at(std::size_t row, std::size_t column) const { return sums_[row * width + column]; }

    std::vector<double> sums_;
};

plane mean_of(const std::vector<plane>& planes) {
    plane mean = planes.front();
    for (std::size_t i = 1; i < planes.size(); ++i)
        for (std::size_t cell = 0; cell < area::cells; ++cell) mean[cell] += planes[i][cell];
    const float share = 1 / static_cast<float>(planes.size());
    for (float& each : mean) each *= share;
    return mean;
}

/// Returns: by how much each cell is above its surroundings; a negative number unless that is more than `threshold`.
plane what_stands_out(const plane& of, double threshold) {
    const sums all(of);
    plane above(area::cells);
    for (std::size_t row = 0; row < area::side; ++row) {
        for (std::size_t column = 0; column < area::side; ++column) {
            const auto outer = all.around(column, row, surroundings), inner = all.around(column, row, guard);
            const std::size_t cell = row * area::side + column;
            const double excess = of[cell] - (outer.sum - inner.sum) / (outer.cells - inner.cells);
            above[cell] = excess > threshold ? static_cast<float>(excess) : -1;
        }
    }
    return above;
}

/// Adds up cells that hang together.
class cluster {
public:
    void add(std::size_t cell, double excess) {
        weight_ += excess;
        column_ += excess * static_cast<double>(cell % area::side);
        row_ += excess * static_cast<double>(cell / area::side);
        peak_ = std::max(peak_, excess);
    }
    detection result() const { return {area::place_of(column_ / weight_, row_ / weight_), peak_}; }

private:
    double weight_ = 0, column_ = 0, row_ = 0, peak_ = 0;
};

/// Takes a cell, and all that hang together with it, out of `above`.
detection take_cluster(plane& above, std::size_t first, std::vector<std::size_t>& to_do) {
    cluster taken;
    const auto take = [&](std::size_t cell) {
        taken.add(cell, static_cast<double>(above[cell]));
        above[cell] = -1;
        to_do.push_back(cell);
    };
    take(first);
    while (!to_do.empty()) {
        const std::size_t cell = to_do.back(), column = cell % area::side, row = cell / area::side;
        to_do.pop_back();
        for (std::size_t y = row - (row > 0); y <= std::min(row + 1, area::side - 1); ++y)
            for (std::size_t x = column - (column > 0); x <= std::min(column + 1, area::side - 1); ++x)
                if (above[y * area::side + x] > 0) take(y * area::side + x);
    }
    return taken.result();
}

} // namespace

std::vector<detection> detect(const std::vector<plane>& planes, double threshold) {
    std::vector<detection> found;
    if (planes.empty()) return found;
    const double of_these = threshold * std::pow(3 / static_cast<double>(planes.size()), exponent);
    plane above = what_stands_out(mean_of(planes), of_these);
    std::vector<std::size_t> to_do;
    for (std::size_t cell = 0; cell < area::cells; ++cell)
        if (above[cell] > 0) found.push_back(take_cluster(above, cell, to_do));
    return found;
}

} // namespace sensor_pipeline
