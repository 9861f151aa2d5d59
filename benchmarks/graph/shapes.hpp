// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The graphs that are run: n nodes, or a little less, each.
#pragma once

#include "support/dag.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace workload {

/// One after the other.
inline bench::dag chain(std::uint32_t n) {
    bench::dag shape;
    shape.add({});
    while (shape.size() < n) shape.add({shape.size() - 1});
    return shape;
}

/// Two after each.
inline bench::dag tree(std::uint32_t n) {
    bench::dag shape;
    shape.add({});
    while (shape.size() < n) shape.add({(shape.size() - 1) / 2});
    return shape;
}

/// Layers of 100, of a small graph of 10; each node comes after 1 to 4 of the layer before, by chance.
inline bench::dag traversal(std::uint32_t n) {
    const std::uint32_t width = n > 2'000 ? 100 : 10;
    std::mt19937 random(1);
    bench::dag shape;
    while (shape.size() < n) {
        const std::uint32_t layer = shape.size() / width;
        std::array<std::uint32_t, bench::dag::most_before> before{};
        const std::size_t count = layer == 0 ? 0 : 1 + random() % before.size();
        for (std::size_t i = 0; i != count; ++i)
            before[i] = (layer - 1) * width + static_cast<std::uint32_t>(random() % width);
        shape.add(std::span(before.data(), count));
    }
    return shape;
}

/// A square; each node comes after the one above and the one to its left.
inline bench::dag wavefront(std::uint32_t n) {
    const auto side = static_cast<std::uint32_t>(std::sqrt(n));
    bench::dag shape;
    for (std::uint32_t row = 0; row != side; ++row) {
        for (std::uint32_t column = 0; column != side; ++column) {
            const std::uint32_t here = shape.size();
            if (row == 0 && column == 0)
                shape.add({});
            else if (row == 0)
                shape.add({here - 1});
            else if (column == 0)
                shape.add({here - side});
            else
                shape.add({here - side, here - 1});
        }
    }
    return shape;
}

/// No edges.
inline bench::dag many(std::uint32_t n) {
    bench::dag shape;
    while (shape.size() < n) shape.add({});
    return shape;
}

struct named_shape {
    const char* name;
    bench::dag (*make)(std::uint32_t n);
};
inline constexpr std::array<named_shape, 5> shapes{
    {{"chain", chain}, {"tree", tree}, {"traversal", traversal}, {"wavefront", wavefront}, {"many", many}}};

} // namespace workload
