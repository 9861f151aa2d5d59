// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The world that recordings are simulated from: targets that drive about in the area, and sensors around it, each with
// errors of its own. The same seed makes the same world.
#pragma once

#include "random_numbers.hpp"
#include "recording.hpp"
#include "sensor.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sensor_pipeline {

struct scene_settings {
    std::uint64_t seed = 1;
    std::uint32_t sensors = 3, targets = 6, instants = 200;
    unsigned lost = 10, damaged = 10, delayed = 20; // frames of a thousand
};

class scene {
public:
    explicit scene(const scene_settings& chosen);

    const layout& form() const noexcept { return form_; }
    const std::vector<sensor_description>& sensors() const noexcept { return sensors_; }

    std::vector<true_target> truth(std::uint32_t instant) const;
    /// What a sensor samples at a time, of the world's clock. `stream`: of the random numbers. Any thread.
    std::vector<std::uint16_t> samples(unsigned sensor, std::int64_t time_us, std::uint64_t stream) const;

private:
    struct echo {
        float in_phase = 0, quadrature = 0;
    };
    struct target {
        double decibels;         // what it reflects, beside others
        std::vector<point> path; // [instant], and one more
    };

    void add_sensor(unsigned number);
    void add_target();
    point place_of(const target& of, std::int64_t time_us) const;
    void add_echo(std::vector<echo>& to, const target& of, const polar_place& seen, random_numbers& numbers) const;

    std::uint64_t seed_;
    layout form_;
    std::vector<sensor_description> sensors_;
    std::vector<target> targets_;
};

} // namespace sensor_pipeline
