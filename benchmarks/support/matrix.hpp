// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Square matrices that are multiplied by quadrants, with a product that is known without multiplying.
#pragma once

#include "benchmark.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bench {

/// A part of a matrix whose rows are `stride` apart.
template <class T>
struct matrix_view {
    T* data;
    std::size_t stride;

    matrix_view quadrant(std::size_t half, std::size_t row, std::size_t column) const {
        return {data + row * half * stride + column * half, stride};
    }
    T* row(std::size_t i) const { return data + i * stride; }
};

/// C += A B of parts of this size.
template <std::size_t Size, class T>
void add_product(matrix_view<T> a, matrix_view<T> b, matrix_view<T> c) {
    for (std::size_t i = 0; i != Size; ++i) {
        for (std::size_t k = 0; k != Size; ++k) {
            const T factor = a.data[i * a.stride + k];
            for (std::size_t j = 0; j != Size; ++j) c.data[i * c.stride + j] += factor * b.data[k * b.stride + j];
        }
    }
}

/// a(i, k) = i % 7 + k % 2, b(k, j) = j % 5 + k % 3. All sums and products are whole numbers, exact in T.
template <class T>
class product_operands {
public:
    explicit product_operands(std::size_t size) : size_(size), a_(size * size), b_(size * size), c_(size * size) {
        for (std::size_t i = 0; i != size_; ++i) {
            for (std::size_t j = 0; j != size_; ++j) {
                a_[i * size_ + j] = static_cast<T>(i % 7 + j % 2);
                b_[i * size_ + j] = static_cast<T>(j % 5 + i % 3);
            }
        }
    }

    matrix_view<T> a() { return {a_.data(), size_}; }
    matrix_view<T> b() { return {b_.data(), size_}; }
    matrix_view<T> c() { return {c_.data(), size_}; }
    std::size_t size() const { return size_; }
    void clear() { std::fill(c_.begin(), c_.end(), T{0}); }

    /// Returns: whether c() is A B.
    bool is_product() const {
        // sum over k of (x + k % 2) (y + k % 3) = n x y + x sum(k % 3) + y sum(k % 2) + sum((k % 2) (k % 3))
        std::size_t sum2 = 0, sum3 = 0, sum23 = 0;
        for (std::size_t k = 0; k != size_; ++k) {
            sum2 += k % 2;
            sum3 += k % 3;
            sum23 += (k % 2) * (k % 3);
        }
        for (std::size_t i = 0; i != size_; ++i) {
            for (std::size_t j = 0; j != size_; ++j) {
                const std::size_t x = i % 7, y = j % 5;
                if (c_[i * size_ + j] != static_cast<T>(size_ * x * y + x * sum3 + y * sum2 + sum23)) return false;
            }
        }
        return true;
    }

private:
    std::size_t size_;
    std::vector<T> a_, b_, c_;
};

/// Registers multiply(a, b, c, size, invoke), which makes c, all zeros, the product of matrices of `size()`.
template <class T, class Invoke, class Multiply>
bool register_product(const char* workload, const char* runtime, unsigned counts, std::size_t (*size)(),
                      const Invoke& invoke, Multiply multiply) {
    const registration one(workload, runtime, counts, [=](benchmark::State& state, unsigned count) {
        product_operands<T> m(size());
        typename Invoke::workers workers(count);
        measure_changes(
            state, [&] { m.clear(); }, [&] { workers.run([&] { multiply(m.a(), m.b(), m.c(), m.size(), invoke); }); },
            [&] { return m.is_product(); });
    });
    return true;
}

} // namespace bench
