// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random numbers that are a function of what they are for: the seed, and which path of which scenario of which position
// asks. So they are the same whoever computes them, in whatever order, and nothing has to be kept to have them again.
// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw: Parallel random numbers: as easy as 1, 2, 3. SC'11: Philox4x32-10.
//         G. Box, M. Muller: A note on the generation of random normal deviates. Ann. Math. Stat. 29 (1958).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace market_risk {

using philox_block = std::array<std::uint32_t, 4>;
using philox_key = std::array<std::uint32_t, 2>;

/// Returns: 128 bits that look random, others for each counter and key.
constexpr philox_block philox(philox_block counter, philox_key key) noexcept {
    constexpr int rounds = 10;
    constexpr std::uint64_t first_factor = 0xd251'1f53, second_factor = 0xcd9e'8d57;
    constexpr philox_key key_step{0x9e37'79b9, 0xbb67'ae85}; // the golden ratio, and √3 - 1
    for (int round = 0; round != rounds; ++round) {
        const std::uint64_t first = first_factor * counter[0], second = second_factor * counter[2];
        counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(second),
                   static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(first)};
        key = {key[0] + key_step[0], key[1] + key_step[1]};
    }
    return counter;
}

// The answers that its authors publish, the last one for digits of π.
static_assert(philox({0, 0, 0, 0}, {0, 0}) == philox_block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(philox({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}) == philox_block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              philox_block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

/// What random numbers are for: no two streams have the same ones.
enum class purpose : std::uint32_t { prices, moves, extremes, nested };

class random_stream {
public:
    /// Requires: position < 2^28.
    random_stream(std::uint64_t seed, purpose what, std::uint32_t position, std::uint32_t scenario,
                  std::uint32_t path) noexcept
        : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
          counter_{0, path, scenario, static_cast<std::uint32_t>(what) << 28 | position} {}

    /// Returns: two independent numbers, evenly distributed between 0 and 1, neither of which they are.
    std::array<double, 2> two_uniforms() noexcept {
        const philox_block bits = philox(counter_, key_);
        ++counter_[0];
        return {between_0_and_1(bits[0], bits[1]), between_0_and_1(bits[2], bits[3])};
    }

    /// Returns: the next of independent standard normal numbers.
    double normal() noexcept {
        if (has_second_) {
            has_second_ = false;
            return second_;
        }
        const auto [radius, turn] = two_uniforms();
        const double length = std::sqrt(-2 * std::log(radius)), angle = 2 * std::numbers::pi * turn;
        second_ = length * std::sin(angle);
        has_second_ = true;
        return length * std::cos(angle);
    }

private:
    static double between_0_and_1(std::uint32_t high, std::uint32_t low) noexcept {
        const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 12;
        return (static_cast<double>(bits) + 0.5) * 0x1p-52;
    }

    philox_key key_;
    philox_block counter_;
    double second_ = 0;
    bool has_second_ = false;
};

} // namespace market_risk
