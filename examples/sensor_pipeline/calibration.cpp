// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "calibration.hpp"

namespace sensor_pipeline {

namespace {

constexpr std::uint32_t no_sample = ~0u;
constexpr std::int64_t most_us = std::int64_t{1} << 60; // numbers do not overflow

} // namespace

calibration::calibration(const sensor_description& of, const layout& recorded)
    : recorded_(recorded), clock_offset_us_(of.clock_offset_us) {
    for (const std::int16_t gain : of.beam_gains)
        offsets_.push_back(static_cast<float>(of.offset_codes + gain * (codes_per_decibel / gains_per_decibel)));
    sources_.reserve(area::cells);
    for (std::size_t row = 0; row < area::side; ++row) {
        for (std::size_t column = 0; column < area::side; ++column) {
            const point at = area::place_of(static_cast<double>(column), static_cast<double>(row));
            const polar_place seen = place_seen(of, recorded, at);
            const bool is_seen =
                seen.beam >= 0 && seen.beam < recorded.beams - 1 && seen.bin >= 0 && seen.bin < recorded.bins - 1;
            const auto beam = is_seen ? static_cast<std::uint32_t>(seen.beam) : 0;
            const auto bin = is_seen ? static_cast<std::uint32_t>(seen.bin) : 0;
            sources_.push_back({is_seen ? beam * recorded.bins + bin : no_sample, static_cast<float>(seen.beam - beam),
                                static_cast<float>(seen.bin - bin)});
        }
    }
}

plane calibration::apply(std::span<const std::uint16_t> samples) const {
    const std::size_t bins = recorded_.bins;
    std::vector<float> codes(samples.size());
    for (std::size_t beam = 0; beam < offsets_.size(); ++beam) {
        const float offset = offsets_[beam];
        for (std::size_t i = beam * bins; i < (beam + 1) * bins; ++i)
            codes[i] = static_cast<float>(samples[i]) - offset;
    }
    plane seen(area::cells);
    for (std::size_t cell = 0; cell < seen.size(); ++cell) {
        const source& from = sources_[cell];
        if (from.sample == no_sample) continue;
        const float* const here = codes.data() + from.sample;
        const float* const next = here + bins;
        const float first = here[0] + from.along * (here[1] - here[0]);
        const float second = next[0] + from.along * (next[1] - next[0]);
        seen[cell] = (first + from.across * (second - first)) * static_cast<float>(1 / codes_per_decibel);
    }
    return seen;
}

std::optional<std::uint32_t> calibration::instant_of(std::int64_t taken_us, std::uint64_t arrived_us) const {
    const std::int64_t period = recorded_.period_us;
    if (taken_us < -most_us || taken_us > most_us) return std::nullopt;
    const std::int64_t taken = taken_us - clock_offset_us_ + period / 2;
    if (taken < 0 || taken / period >= recorded_.instants) return std::nullopt;
    const std::int64_t instant = taken / period;
    if (instant * period > static_cast<std::int64_t>(arrived_us) + period) return std::nullopt;
    return static_cast<std::uint32_t>(instant);
}

} // namespace sensor_pipeline
