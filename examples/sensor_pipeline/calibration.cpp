// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "calibration.hpp"

namespace sensor_pipeline {

namespace {

constexpr std::uint32_t no_sample = ~0u;
constexpr std::int64_t most_us = std::int64_t{1} << 60; // numbers do not overflow

} // namespace

calibration::calibration(const sensor_description& of, const layout& recorded)
    : recorded_(recorded), clock_offset_us_(of.clock_offset_us) {
    sources_.reserve(area::cells);
    for (std::size_t row = 0; row < area::side; ++row) {
        for (std::size_t column = 0; column < area::side; ++column) {
            const point at = area::place_of(static_cast<double>(column), static_cast<double>(row));
            sources_.push_back(source_of(of, place_seen(of, recorded, at)));
        }
    }
}

calibration::source calibration::source_of(const sensor_description& of, const polar_place& seen) const {
    const bool is_seen =
        seen.beam >= 0 && seen.beam < recorded_.beams - 1 && seen.bin >= 0 && seen.bin < recorded_.bins - 1;
    if (!is_seen) return {no_sample, 0, 0, 0};
    const auto beam = static_cast<std::uint32_t>(seen.beam), bin = static_cast<std::uint32_t>(seen.bin);
    const double across = seen.beam - beam, along = seen.bin - bin;
    const double gain = of.beam_gains[beam] + across * (of.beam_gains[beam + 1] - of.beam_gains[beam]);
    return {beam * recorded_.bins + bin, static_cast<float>(across), static_cast<float>(along),
            static_cast<float>(of.offset_codes + gain * (codes_per_decibel / gains_per_decibel))};
}

plane calibration::apply(std::span<const std::uint16_t> samples) const {
    const std::size_t bins = recorded_.bins;
    plane seen(area::cells);
    for (std::size_t cell = 0; cell < seen.size(); ++cell) {
        const source& from = sources_[cell];
        if (from.sample == no_sample) continue;
        const auto code = [&](std::size_t i) { return static_cast<float>(samples[from.sample + i]); };
        const float first = code(0) + from.along * (code(1) - code(0));
        const float second = code(bins) + from.along * (code(bins + 1) - code(bins));
        seen[cell] = (first + from.across * (second - first) - from.offset) * static_cast<float>(1 / codes_per_decibel);
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
