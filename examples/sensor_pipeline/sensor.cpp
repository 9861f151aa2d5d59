// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sensor.hpp"

#include <cmath>
#include <numbers>

namespace sensor_pipeline {

namespace {

constexpr std::size_t numbers_of_description = 10;

std::int32_t sensor_description::* const members[numbers_of_description] = {
    &sensor_description::x_mm,
    &sensor_description::y_mm,
    &sensor_description::facing_urad,
    &sensor_description::sector_urad,
    &sensor_description::offset_codes,
    &sensor_description::range_bias_mm,
    &sensor_description::range_scale_ppm,
    &sensor_description::bearing_bias_urad,
    &sensor_description::bearing_ripple_urad,
    &sensor_description::clock_offset_us,
};

double radians(std::int32_t microradians) { return 1e-6 * microradians; }

// The bearing that the sensor reports is off by a constant, and by what the antenna's form does.
double reported_bearing(const sensor_description& by, double bearing) {
    constexpr double ripples = 3;
    double reported = bearing;
    for (int i = 0; i < 4; ++i) // each time the rest is a thousandth
        reported =
            bearing - radians(by.bearing_bias_urad) - radians(by.bearing_ripple_urad) * std::sin(ripples * reported);
    return reported;
}

} // namespace

std::size_t description_size(const layout& recorded) { return 4 * numbers_of_description + 2 * recorded.beams; }

bytes encode(const sensor_description& of) {
    bytes to;
    byte_writer writer(to);
    for (const auto member : members) writer.put(of.*member);
    for (const std::int16_t gain : of.beam_gains) writer.put(gain);
    return to;
}

sensor_description decode_description(byte_view from, const layout& recorded) {
    byte_reader reader(from);
    sensor_description of;
    for (const auto member : members) of.*member = reader.take<std::int32_t>();
    of.beam_gains.resize(recorded.beams);
    for (std::int16_t& gain : of.beam_gains) gain = reader.take<std::int16_t>();
    return of;
}

polar_place place_seen(const sensor_description& by, const layout& recorded, const point& at) {
    const double x = at.x - 1e-3 * by.x_mm, y = at.y - 1e-3 * by.y_mm;
    const double range = std::hypot(x, y);
    const double bearing = std::remainder(std::atan2(y, x) - radians(by.facing_urad), 2 * std::numbers::pi);
    const double reported_range = (range - 1e-3 * by.range_bias_mm) / (1 + 1e-6 * by.range_scale_ppm);
    const double share = reported_bearing(by, bearing) / radians(by.sector_urad) + 0.5;
    return {share * recorded.beams - 0.5, reported_range / (1e-3 * recorded.bin_mm) - 0.5, range};
}

} // namespace sensor_pipeline
