// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Vector clocks, and how threads and their store buffers are numbered: thread t is process t, its buffer is process
// max_threads + t.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace model {

inline constexpr unsigned max_threads = 6;
inline constexpr unsigned max_processes = 2 * max_threads;
inline constexpr unsigned no_thread = 255;

constexpr unsigned thread_of(unsigned process) { return process % max_threads; }
constexpr unsigned buffer_of(unsigned thread) { return max_threads + thread; }
constexpr bool is_buffer(unsigned process) { return process >= max_threads; }

using process_mask = std::uint32_t;
constexpr process_mask bit(unsigned process) { return process_mask{1} << process; }

template <std::size_t Size>
struct vector_clock {
    std::array<std::uint16_t, Size> at{};

    void join(const vector_clock& other) {
        for (std::size_t i = 0; i < Size; ++i) at[i] = std::max(at[i], other.at[i]);
    }
    bool operator==(const vector_clock&) const = default;
};

/// Counts events of processes: the order that the reduction must keep.
using process_clock = vector_clock<16>;
/// Counts operations of threads: happens-before of C++.
using thread_clock = vector_clock<8>;

static_assert(max_processes <= 16 && max_threads <= 8);

} // namespace model
