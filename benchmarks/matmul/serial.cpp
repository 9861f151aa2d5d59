// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace workload {

void multiply_block(view a, view b, view c) {
    for (std::size_t i = 0; i != block; ++i) {
        for (std::size_t k = 0; k != block; ++k) {
            const float factor = a.data[i * a.stride + k];
            for (std::size_t j = 0; j != block; ++j) c.data[i * c.stride + j] += factor * b.data[k * b.stride + j];
        }
    }
}

operands::operands() : a_(size_ * size_), b_(size_ * size_), c_(size_ * size_) {
    for (std::size_t i = 0; i != size_; ++i) {
        for (std::size_t j = 0; j != size_; ++j) {
            a_[i * size_ + j] = static_cast<float>(i % 7 + j % 2);
            b_[i * size_ + j] = static_cast<float>(j % 5 + i % 3);
        }
    }
}

bool operands::is_product() const {
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
            if (c_[i * size_ + j] != static_cast<float>(size_ * x * y + x * sum3 + y * sum2 + sum23)) return false;
        }
    }
    return true;
}

} // namespace workload

namespace {

void multiply(workload::view a, workload::view b, workload::view c, std::size_t size) {
    if (size == workload::block) return workload::multiply_block(a, b, c);
    workload::multiply_quadrants(a, b, c, size, multiply, [](auto... products) { (products(), ...); });
}

const bench::registration serial("matmul", "serial", 1, [](benchmark::State& state, unsigned) {
    workload::operands m;
    workload::measure_product(state, m, [&] { multiply(m.a(), m.b(), m.c(), m.size()); });
});

} // namespace
