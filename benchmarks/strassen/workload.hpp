// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// strassen: C = A B of square matrices of doubles by Strassen's algorithm: seven products of sums of quadrants in
// place of eight, all seven at the same time, each with memory of its own, then four sums of products. Matrices of 64
// × 64 are multiplied by plain loops. Work: O(n^2.81), 2 401 such products for n = 1024. Span: O(n²), the sums.
#pragma once

#include "support/benchmark.hpp"
#include "support/matrix.hpp"

#include <cstddef>
#include <memory>

namespace workload {

using view = bench::matrix_view<double>;
inline constexpr std::size_t cutoff = 64;

/// A power of two times `cutoff`.
inline std::size_t n() { return bench::size(1024, 256); }

/// In serial.cpp: the same machine code for all variants. C = A B of matrices of the size `cutoff`.
void multiply_block(view a, view b, view c);
/// c = a + sign * b.
void add(view a, view b, view c, std::size_t size, double sign);
/// The quadrants of c from the seven products.
void combine(const view (&products)[7], view c, std::size_t half);

/// Memory for a few matrices of a size.
class scratch {
public:
    scratch(std::size_t count, std::size_t size)
        : size_(size), data_(std::make_unique_for_overwrite<double[]>(count * size * size)) {}
    view operator[](std::size_t which) const { return {data_.get() + which * size_ * size_, size_}; }

private:
    std::size_t size_;
    std::unique_ptr<double[]> data_;
};

/// One factor: a quadrant, or two added up.
struct factor {
    view first, second{};
    double sign = 0;

    /// Returns: the factor, if need be computed into `memory`.
    view compute(view memory, std::size_t size) const {
        if (second.data == nullptr) return first;
        add(first, second, memory, size, sign);
        return memory;
    }
};

/// C = A B.
template <class Invoke>
void multiply(view a, view b, view c, std::size_t size, const Invoke& invoke) {
    if (size == cutoff) return multiply_block(a, b, c);
    const std::size_t half = size / 2;
    const scratch results(7, half);
    const auto product = [&](std::size_t which, const factor& left, const factor& right) {
        const scratch sums(2, half);
        multiply(left.compute(sums[0], half), right.compute(sums[1], half), results[which], half, invoke);
    };
    const view a11 = a.quadrant(half, 0, 0), a12 = a.quadrant(half, 0, 1), a21 = a.quadrant(half, 1, 0),
               a22 = a.quadrant(half, 1, 1);
    const view b11 = b.quadrant(half, 0, 0), b12 = b.quadrant(half, 0, 1), b21 = b.quadrant(half, 1, 0),
               b22 = b.quadrant(half, 1, 1);
    invoke([&] { product(0, {a11, a22, 1}, {b11, b22, 1}); },  //
           [&] { product(1, {a21, a22, 1}, {b11}); },          //
           [&] { product(2, {a11}, {b12, b22, -1}); },         //
           [&] { product(3, {a22}, {b21, b11, -1}); },         //
           [&] { product(4, {a11, a12, 1}, {b22}); },          //
           [&] { product(5, {a21, a11, -1}, {b11, b12, 1}); }, //
           [&] { product(6, {a12, a22, -1}, {b21, b22, 1}); });
    combine({results[0], results[1], results[2], results[3], results[4], results[5], results[6]}, c, half);
}

template <class Invoke>
bool register_multiply(const char* runtime, unsigned counts, const Invoke& invoke) {
    return bench::register_product<double>("strassen", runtime, counts, n, invoke, multiply<Invoke>);
}

} // namespace workload
