// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// matmul: C = A B of square matrices by halving: each level multiplies four quadrants at the same time, then adds the
// other four products. Blocks of 32 × 32 are multiplied by plain loops. Work: n³ multiplications. Span: 2 n / 32 blocks.
#pragma once

#include "support/benchmark.hpp"
#include "support/matrix.hpp"

#include <cstddef>

namespace workload {

using view = bench::matrix_view<float>;
inline constexpr std::size_t block = 32;

/// A power of two times `block`.
inline std::size_t n() { return bench::size(1024, 256); }

/// C += A B of one block. In serial.cpp: the same machine code for all variants.
void multiply_block(view a, view b, view c);

/// C += A B.
template <class Invoke>
void multiply(view a, view b, view c, std::size_t size, const Invoke& invoke) {
    if (size == block) return multiply_block(a, b, c);
    const std::size_t half = size / 2;
    for (std::size_t k = 0; k != 2; ++k) {
        const auto product = [=, &invoke](std::size_t row, std::size_t column) {
            multiply(a.quadrant(half, row, k), b.quadrant(half, k, column), c.quadrant(half, row, column), half,
                     invoke);
        };
        invoke([&] { product(0, 0); }, [&] { product(0, 1); }, [&] { product(1, 0); }, [&] { product(1, 1); });
    }
}

template <class Invoke>
bool register_multiply(const char* runtime, unsigned counts, const Invoke& invoke) {
    return bench::register_product<float>("matmul", runtime, counts, n, invoke, multiply<Invoke>);
}

} // namespace workload
