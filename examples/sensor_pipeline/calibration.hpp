// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Takes a sensor's errors out of its frames, and brings them to the area's cells. Tables of what that means for each
// cell are made once.
#pragma once

#include "area.hpp"
#include "frame.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sensor_pipeline {

/// Any number of threads.
class calibration {
public:
    calibration(const sensor_description& of, const layout& recorded);

    /// samples: of a whole frame, [beam][bin]. Cells that the sensor does not see have 0 dB.
    plane apply(std::span<const std::uint16_t> samples) const;

    /// Returns: the instant of which a frame is that was taken then, by the sensor's clock; none if there is no such,
    /// or it would have arrived a period before.
    std::optional<std::uint32_t> instant_of(std::int64_t taken_us, std::uint64_t arrived_us) const;

private:
    // Between four samples; `sample` is the first of them, no_sample: the sensor does not see the cell.
    struct source {
        std::uint32_t sample;
        float across, along; // to the next beam, bin
        float offset;        // the code of noise there
    };

    source source_of(const sensor_description& of, const polar_place& seen) const;

    layout recorded_;
    std::int64_t clock_offset_us_;
    std::vector<source> sources_; // [cell]
};

} // namespace sensor_pipeline
