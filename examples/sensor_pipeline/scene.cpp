// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scene.hpp"

#include "area.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sensor_pipeline {

namespace {

constexpr std::uint32_t beams = 128, bins = 256, bin_mm = 1000, period_us = 50'000;
constexpr double distance_of_sensors = 130;     // metres, from the middle
constexpr std::int32_t sector_urad = 2'617'994; // 150 degrees

constexpr double border = area::half_side - 5;              // where targets turn around
constexpr double decibels_at_100_m = 24;                    // of an average target, above noise
constexpr double width_in_beams = 0.7, width_in_bins = 0.8; // of an echo: the standard deviation of its power

/// Targets neither reach the border nor stop.
struct movement {
    point at;
    double heading, speed, turning;

    void go_on(double seconds) {
        heading += turning * seconds;
        at.x += speed * std::cos(heading) * seconds;
        at.y += speed * std::sin(heading) * seconds;
        if (std::abs(at.x) > border) heading = std::numbers::pi - heading;
        if (std::abs(at.y) > border) heading = -heading;
        at.x = std::clamp(at.x, -border, border);
        at.y = std::clamp(at.y, -border, border);
    }
};

} // namespace

scene::scene(const scene_settings& chosen)
    : seed_(chosen.seed), form_{chosen.sensors, beams, bins, bin_mm, period_us, chosen.instants} {
    for (unsigned i = 0; i < chosen.sensors; ++i) add_sensor(i);
    for (unsigned i = 0; i < chosen.targets; ++i) add_target();
}

void scene::add_sensor(unsigned number) {
    random_numbers numbers(seed_, 1'000 + number);
    const double angle = -std::numbers::pi / 2 + 2 * std::numbers::pi * number / form_.sensors;
    sensor_description its;
    its.x_mm = static_cast<std::int32_t>(1e3 * distance_of_sensors * std::cos(angle));
    its.y_mm = static_cast<std::int32_t>(1e3 * distance_of_sensors * std::sin(angle));
    its.facing_urad = static_cast<std::int32_t>(1e6 * std::remainder(angle + std::numbers::pi, 2 * std::numbers::pi));
    its.sector_urad = sector_urad;
    its.offset_codes = numbers.whole_between(900, 1100);
    its.range_bias_mm = numbers.whole_between(-2'000, 2'000);
    its.range_scale_ppm = numbers.whole_between(-5'000, 5'000);
    its.bearing_bias_urad = numbers.whole_between(-30'000, 30'000);
    its.bearing_ripple_urad = numbers.whole_between(-15'000, 15'000);
    its.clock_offset_us = numbers.whole_between(-1'000'000, 1'000'000);
    const double phase = numbers.angle();
    for (unsigned beam = 0; beam < beams; ++beam) {
        const double decibels = 3 * std::sin(0.07 * beam + phase) + numbers.between(-0.5, 0.5);
        its.beam_gains.push_back(static_cast<std::int16_t>(std::lround(gains_per_decibel * decibels)));
    }
    sensors_.push_back(std::move(its));
}

void scene::add_target() {
    random_numbers numbers(seed_, 2'000 + targets_.size());
    movement its{{numbers.between(-border, border), numbers.between(-border, border)},
                 numbers.angle(),
                 numbers.between(4, 20),
                 numbers.between(-0.3, 0.3)};
    target made{numbers.between(-4, 4), {}};
    for (std::uint32_t instant = 0; instant <= form_.instants; ++instant) {
        made.path.push_back(its.at);
        its.go_on(1e-6 * period_us);
    }
    targets_.push_back(std::move(made));
}

point scene::place_of(const target& of, std::int64_t time_us) const {
    const double time = std::clamp(static_cast<double>(time_us) / period_us, 0.0, static_cast<double>(form_.instants));
    const std::size_t before = std::min(static_cast<std::size_t>(time), of.path.size() - 2);
    const double share = time - static_cast<double>(before);
    const point &a = of.path[before], &b = of.path[before + 1];
    return {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
}

std::vector<true_target> scene::truth(std::uint32_t instant) const {
    std::vector<true_target> targets;
    for (const target& each : targets_)
        targets.push_back({static_cast<std::uint32_t>(targets.size() + 1), each.path[instant]});
    return targets;
}

// An echo is spread over some beams and bins. From frame to frame it varies as the sum of many small ones does
// (Swerling).
void scene::add_echo(std::vector<echo>& to, const target& of, const polar_place& seen, random_numbers& numbers) const {
    constexpr double reach = 4;
    const double decibels = decibels_at_100_m + of.decibels - 40 * std::log10(seen.range / 100);
    const double amplitude = std::sqrt(std::pow(10, decibels / 10) * numbers.exponential());
    const double phase = numbers.angle();
    const auto first_beam = static_cast<int>(std::ceil(std::max(seen.beam - reach, 0.0)));
    const auto first_bin = static_cast<int>(std::ceil(std::max(seen.bin - reach, 0.0)));
    for (int beam = first_beam; beam < static_cast<int>(beams) && beam <= seen.beam + reach; ++beam) {
        for (int bin = first_bin; bin < static_cast<int>(bins) && bin <= seen.bin + reach; ++bin) {
            const double across = (beam - seen.beam) / width_in_beams, along = (bin - seen.bin) / width_in_bins;
            const double here = amplitude * std::exp(-(across * across + along * along) / 4);
            echo& sum = to[static_cast<std::size_t>(beam) * bins + static_cast<std::size_t>(bin)];
            sum.in_phase += static_cast<float>(here * std::cos(phase));
            sum.quadrature += static_cast<float>(here * std::sin(phase));
        }
    }
}

std::vector<std::uint16_t> scene::samples(unsigned sensor, std::int64_t time_us, std::uint64_t stream) const {
    random_numbers numbers(seed_, stream);
    const sensor_description& its = sensors_[sensor];
    std::vector<echo> echoes(form_.samples());
    for (const target& each : targets_)
        add_echo(echoes, each, place_seen(its, form_, place_of(each, time_us)), numbers);
    std::vector<std::uint16_t> codes(echoes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const echo& of = echoes[i];
        double power = numbers.exponential(); // of noise
        if (of.in_phase != 0 || of.quadrature != 0) {
            const double amplitude = std::sqrt(power), phase = numbers.angle();
            power = std::pow(static_cast<double>(of.in_phase) + amplitude * std::cos(phase), 2) +
                    std::pow(static_cast<double>(of.quadrature) + amplitude * std::sin(phase), 2);
        }
        const double decibels = 10 * std::log10(power + 1e-9) + its.beam_gains[i / bins] / gains_per_decibel;
        const double code = its.offset_codes + codes_per_decibel * decibels;
        codes[i] = static_cast<std::uint16_t>(std::clamp(std::lround(code), 0L, static_cast<long>(most_code)));
    }
    return codes;
}

} // namespace sensor_pipeline
