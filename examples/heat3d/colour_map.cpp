// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "colour_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace heat3d {

namespace {

struct lab {
    double lightness, a, b;
};

// The ends of a curve, and where it goes between them: all of it colours that sRGB has.
constexpr std::array<lab, 4> corners{
    {{0.18, 0.03, -0.09}, {0.45, 0.15, -0.13}, {0.68, 0.19, 0.155}, {0.96, -0.034, 0.09}}};

/// A Bézier curve, t from 0 to 1.
lab curve(double t) {
    const std::array<double, 4> weights{(1 - t) * (1 - t) * (1 - t), 3 * t * (1 - t) * (1 - t), 3 * t * t * (1 - t),
                                        t * t * t};
    lab point{0, 0, 0};
    for (std::size_t one = 0; one != weights.size(); ++one) {
        point.lightness += weights[one] * corners[one].lightness;
        point.a += weights[one] * corners[one].a;
        point.b += weights[one] * corners[one].b;
    }
    return point;
}

double distance(const lab& x, const lab& y) { return std::hypot(x.lightness - y.lightness, x.a - y.a, x.b - y.b); }

double cube_of(double x) { return x * x * x; }

std::uint8_t to_byte(double linear) {
    const double light = std::clamp(linear, 0.0, 1.0);
    const double encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(255 * encoded));
}

/// From Oklab over the responses of the eye's cones to sRGB.
rgb to_rgb(const lab& colour) {
    const double l = cube_of(colour.lightness + 0.3963377774 * colour.a + 0.2158037573 * colour.b);
    const double m = cube_of(colour.lightness - 0.1055613458 * colour.a - 0.0638541728 * colour.b);
    const double s = cube_of(colour.lightness - 0.0894841775 * colour.a - 1.2914855480 * colour.b);
    return {to_byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            to_byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            to_byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

} // namespace

// Walks along the curve in small steps and takes a colour each time when the next 255th of its length is behind.
colour_map make_colour_map() {
    constexpr int pieces = 1 << 14;
    std::array<double, pieces + 1> walked{};
    for (int one = 1; one <= pieces; ++one)
        walked[static_cast<std::size_t>(one)] = walked[static_cast<std::size_t>(one - 1)] +
                                                distance(curve((one - 1.0) / pieces), curve(double(one) / pieces));
    colour_map colours;
    for (std::size_t shade = 0; shade != colours.size(); ++shade) {
        const double wanted = walked.back() * static_cast<double>(shade) / 255;
        const auto found = std::lower_bound(walked.begin(), walked.end(), wanted);
        colours[shade] = to_rgb(curve(static_cast<double>(found - walked.begin()) / pieces));
    }
    return colours;
}

} // namespace heat3d
