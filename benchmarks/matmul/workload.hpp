// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// matmul: C = A B of square matrices by halving: each level multiplies four quadrants at the same time, then adds the
// other four products. Blocks of 32 × 32 are multiplied by plain loops. Work: n³ multiplications. Span: 2 n / 32 blocks.
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace workload {

inline constexpr std::size_t block = 32;

/// A power of two times `block`.
inline std::size_t n() { return bench::size(1024, 256); }

/// A part of a matrix whose rows are `stride` apart.
struct view {
    float* data;
    std::size_t stride;

    view quadrant(std::size_t half, std::size_t row, std::size_t column) const {
        return {data + row * half * stride + column * half, stride};
    }
};

/// C += A B of one block.
void multiply_block(view a, view b, view c);

/// The quadrants' products, halved again by multiply(a, b, c, size). Calls four(f, f, f, f) twice.
template <class Multiply, class Four>
void multiply_quadrants(view a, view b, view c, std::size_t size, Multiply multiply, Four four) {
    const std::size_t half = size / 2;
    for (std::size_t k = 0; k != 2; ++k) {
        const auto product = [=](std::size_t row, std::size_t column) {
            multiply(a.quadrant(half, row, k), b.quadrant(half, k, column), c.quadrant(half, row, column), half);
        };
        four([&] { product(0, 0); }, [&] { product(0, 1); }, [&] { product(1, 0); }, [&] { product(1, 1); });
    }
}

/// Two matrices with a product that is known without multiplying: a(i, k) = i % 7 + k % 2, b(k, j) = j % 5 + k % 3, all
/// exact in float.
class operands {
public:
    operands();

    view a() { return {a_.data(), size_}; }
    view b() { return {b_.data(), size_}; }
    view c() { return {c_.data(), size_}; }
    std::size_t size() const { return size_; }
    void clear() { std::fill(c_.begin(), c_.end(), 0.0F); }
    bool is_product() const;

private:
    std::size_t size_ = n();
    std::vector<float> a_, b_, c_;
};

/// Times multiply(), which adds A B to C, and checks C after each time.
template <class Call>
void measure_product(benchmark::State& state, operands& matrices, Call multiply) {
    for (auto _ : state) {
        state.PauseTiming();
        matrices.clear();
        state.ResumeTiming();
        multiply();
        state.PauseTiming();
        const bool is_right = matrices.is_product();
        state.ResumeTiming();
        if (!is_right) {
            bench::fail(state);
            break;
        }
    }
}

} // namespace workload
