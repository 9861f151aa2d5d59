// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random numbers that are the same everywhere: a counter, scrambled (SplitMix64).
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace sensor_pipeline {

class random_numbers {
public:
    /// Each pair has numbers of its own.
    explicit random_numbers(std::uint64_t seed, std::uint64_t stream = 0) : state_(seed) {
        state_ = next() + 0x632b'e59b'd9b4'e019 * stream;
        (void)next();
    }

    std::uint64_t next() {
        std::uint64_t mixed = state_ += 0x9e37'79b9'7f4a'7c15;
        mixed = (mixed ^ mixed >> 30) * 0xbf58'476d'1ce4'e5b9;
        mixed = (mixed ^ mixed >> 27) * 0x94d0'49bb'1331'11eb;
        return mixed ^ mixed >> 31;
    }
    /// In (0, 1].
    double uniform() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }
    double between(double least, double most) { return least + (most - least) * uniform(); }
    std::int32_t whole_between(std::int32_t least, std::int32_t most) {
        return static_cast<std::int32_t>(std::floor(between(least, most) + 0.5));
    }
    double exponential() { return -std::log(uniform()); }
    double angle() { return between(-std::numbers::pi, std::numbers::pi); }
    bool happens(unsigned per_mille) { return next() % 1000 < per_mille; }
    std::uint64_t below(std::uint64_t end) { return next() % end; }

private:
    std::uint64_t state_;
};

} // namespace sensor_pipeline
