// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The area that all sensors look at, in square cells: row by row, from its south-west corner.
#pragma once

#include "sensor.hpp"

#include <cstddef>

namespace sensor_pipeline::area {

inline constexpr double half_side = 80; // metres
inline constexpr std::size_t side = 160;
inline constexpr std::size_t cells = side * side;
inline constexpr double cell_size = 2 * half_side / side;

/// Returns: the middle of a cell; between two if its column or row is between them.
inline point place_of(double column, double row) {
    return {(column + 0.5) * cell_size - half_side, (row + 0.5) * cell_size - half_side};
}

} // namespace sensor_pipeline::area
