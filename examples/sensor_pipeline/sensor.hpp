// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A sensor: a radar that looks into a sector, beam by beam. Where it stands, and how it errs, which was found out when
// it was calibrated. Kept as the whole numbers of a recording, so nothing is lost on the way through one.
#pragma once

#include "format.hpp"

#include <cstdint>
#include <vector>

namespace sensor_pipeline {

/// In metres, from the middle of the area.
struct point {
    double x = 0, y = 0;
};
inline double square_distance(const point& a, const point& b) {
    return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

inline constexpr double codes_per_decibel = 32;
inline constexpr double gains_per_decibel = 256;
inline constexpr unsigned most_code = 4095;

struct sensor_description {
    std::int32_t x_mm = 0, y_mm = 0;
    std::int32_t facing_urad = 0;  // the middle of its sector
    std::int32_t sector_urad = 0;  // its width
    std::int32_t offset_codes = 0; // the code of noise
    std::int32_t range_bias_mm = 0;
    std::int32_t range_scale_ppm = 0;
    std::int32_t bearing_bias_urad = 0;
    std::int32_t bearing_ripple_urad = 0;
    std::int32_t clock_offset_us = 0;     // its clock is ahead of the recorder's by this
    std::vector<std::int16_t> beam_gains; // of each beam, in 1/256 dB
};

std::size_t description_size(const layout& recorded);
bytes encode(const sensor_description& of);
/// Requires: description_size() bytes.
sensor_description decode_description(byte_view from, const layout& recorded);

/// A place in a sensor's frame, in beams and bins from the middle of the first.
struct polar_place {
    double beam = 0, bin = 0;
    double range = 0; // true one, in metres
};

/// Returns: where the sensor sees what is at `at`, its errors included.
polar_place place_seen(const sensor_description& by, const layout& recorded, const point& at);

} // namespace sensor_pipeline
