// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The contract between the modelled primitives and the explorer: what a modelled thread asks for at a scheduling
// point. perform() suspends the calling fiber until the explorer has chosen it and carried the operation out.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <source_location>

namespace model {

enum class op : std::uint8_t {
    load,
    store,
    exchange,
    compare_exchange,
    fetch_add,
    fetch_sub,
    fetch_or,
    fetch_and,
    full_fence,
    heavy_fence,
    heavy_fence_end,
    futex_wait,
    futex_resume,
    futex_wake,
    relax,
    start_thread,
    join_thread,
    drain, // a store leaves its thread's buffer; never asked for by a thread
};

struct operation {
    op kind = op::load;
    std::memory_order order = std::memory_order_relaxed;
    std::uint8_t size = 0;      // of the object, in bytes
    void* object = nullptr;     // also where its value is while nothing is explored
    std::uint64_t operand = 0;  // stored, exchanged, added, desired; the thread to join
    std::uint64_t expected = 0; // compare_exchange, futex_wait
    std::int64_t timeout = -1;  // futex_wait, in ns; < 0: none
    std::source_location where = std::source_location::current();
    std::uint64_t result = 0;        // the value read; the thread started
    bool success = false;            // compare_exchange, start_thread; futex_resume: was woken
    void* (*entry)(void*) = nullptr; // start_thread: what it runs, on what
    void* argument = nullptr;
};

/// Carries out an operation of the calling modelled thread, at some later moment.
void perform(operation& request);

/// The calling thread's clock, in nanoseconds. Time passes while a thread spins or sleeps, and hardly otherwise; a spin
/// that looks at the clock ends by itself, so its next cpu_relax() does not block.
std::int64_t read_clock();
/// Zeroed memory that lives as long as the execution.
void* allocate_zeroed(std::size_t bytes, std::size_t alignment);

/// The calling thread's stack: its lowest address, and one past its highest.
struct stack_range {
    const char* end;
    const char* begin;
};
stack_range this_stack();

/// An atomic object begins or ends to exist. Its initial value is what `object` holds.
void object_born(const void* object, std::uint8_t size, std::uint64_t value);
void object_dead(const void* object);

template <class T>
std::uint64_t to_bits(T value) noexcept {
    static_assert(sizeof(T) <= sizeof(std::uint64_t));
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(T));
    return bits;
}

template <class T>
T from_bits(std::uint64_t bits) noexcept {
    T value;
    std::memcpy(&value, &bits, sizeof(T));
    return value;
}

} // namespace model
