// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The atomic seam: the only header that includes <atomic>. detail::atomic<T> is std::atomic<T> without default
// orders, so that a missing order does not compile. A model-checking build (PEL_MODEL) takes the same names from the
// explorer instead, and with them every other header of the library unchanged.
#pragma once

#include <pel/detail/platform/config.hpp>

#ifdef PEL_MODEL
#include <pel_model/atomic.hpp>
#else

#include <atomic>

PEL_NAMESPACE_BEGIN
namespace detail {

using memory_order = std::memory_order;
inline constexpr memory_order relaxed = std::memory_order_relaxed;
inline constexpr memory_order acquire = std::memory_order_acquire;
inline constexpr memory_order release = std::memory_order_release;
inline constexpr memory_order acq_rel = std::memory_order_acq_rel;
inline constexpr memory_order seq_cst = std::memory_order_seq_cst;

template <class T>
class atomic {
public:
    constexpr atomic() noexcept : value_(T{}) {}
    constexpr atomic(T value) noexcept : value_(value) {} // NOLINT(*-explicit-*): reads as an initial value
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;

    T load(memory_order order) const noexcept { return value_.load(order); }
    void store(T value, memory_order order) noexcept { value_.store(value, order); }
    T exchange(T value, memory_order order) noexcept { return value_.exchange(value, order); }
    /// Strong; a failure loads with the order that `order` has without its release half.
    bool compare_exchange(T& expected, T desired, memory_order order) noexcept {
        return value_.compare_exchange_strong(expected, desired, order);
    }
    T fetch_add(T value, memory_order order) noexcept { return value_.fetch_add(value, order); }
    T fetch_sub(T value, memory_order order) noexcept { return value_.fetch_sub(value, order); }
    T fetch_or(T value, memory_order order) noexcept { return value_.fetch_or(value, order); }
    T fetch_and(T value, memory_order order) noexcept { return value_.fetch_and(value, order); }

    /// For the futex calls of detail/platform/futex.hpp only.
    void* address() noexcept { return &value_; }

private:
    std::atomic<T> value_;
};

} // namespace detail
PEL_NAMESPACE_END

#endif
