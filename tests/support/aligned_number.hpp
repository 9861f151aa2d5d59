// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tells whether it lies where its type says.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pel_test {

template <std::size_t Alignment>
struct alignas(Alignment) aligned_number {
    explicit aligned_number(int its_value) : value(its_value) { check(); }
    aligned_number(const aligned_number& other) : value(other.value) { check(); }
    aligned_number& operator=(const aligned_number&) = default;
    ~aligned_number() { check(); }
    void check() const {
        if (reinterpret_cast<std::uintptr_t>(this) % Alignment != 0) ++misplaced;
    }
    static inline std::atomic<int> misplaced = 0;
    int value;
};

} // namespace pel_test
