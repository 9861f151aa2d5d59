// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects that are counted as long as they live.
#pragma once

#include <atomic>

namespace pel_test {

class live_object {
public:
    static inline std::atomic<long> count{0};

    explicit live_object(int its_number = 0) noexcept : number(its_number) { ++count; }
    live_object(const live_object& other) noexcept : number(other.number) { ++count; }
    live_object(live_object&& other) noexcept : number(other.number) { ++count; }
    live_object& operator=(const live_object&) noexcept = default;
    ~live_object() { --count; }

    int number;
};

} // namespace pel_test
