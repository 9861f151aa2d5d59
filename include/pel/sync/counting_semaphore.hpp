// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std's semaphores, for threads, tasks and coroutines. Units go to who sleeps or is suspended, in the order in which they
// began to, before anybody who comes later; a thread spins first, some microseconds, and is in no order yet. In a task a
// blocked acquire() frees the seat. release() does not touch the semaphore once somebody else can know of it.
// Any thread: all. Awaited in any coroutine, of a pool or of none; what is awaited throws nothing.
#pragma once

#include <pel/detail/core/block.hpp>
#include <pel/detail/sync/semaphore_core.hpp>
#include <pel/detail/sync/time_limit.hpp>

PEL_NAMESPACE_BEGIN

/// A number of units that can be taken and given back. Size: 24 bytes.
template <std::ptrdiff_t LeastMaxValue = (std::ptrdiff_t{1} << 61)>
class counting_semaphore {
    static_assert(LeastMaxValue >= 0 && LeastMaxValue <= (std::ptrdiff_t{1} << 61));

public:
    /// Requires: 0 <= units <= max().
    constexpr explicit counting_semaphore(std::ptrdiff_t units) noexcept : core_(units) {}
    counting_semaphore(const counting_semaphore&) = delete;
    counting_semaphore& operator=(const counting_semaphore&) = delete;

    /// Returns: how many units there may be.
    static constexpr std::ptrdiff_t max() noexcept { return LeastMaxValue; }

    /// Requires: units >= 0; there are at most max() then. Cost: one CAS where nobody waits.
    void release(std::ptrdiff_t units = 1) noexcept { core_.release_units(units); }

    /// Takes a unit. Blocks: until there is one.
    void acquire() noexcept {
        if (!core_.try_acquire()) detail::pass(core_);
    }
    /// As acquire(), but ends when a stop is requested. Returns: whether a unit was taken.
    [[nodiscard]] bool acquire(const std::stop_token& stop) noexcept { return detail::pass_unless(stop, core_); }
    /// Returns: whether a unit was taken now.
    [[nodiscard]] bool try_acquire() noexcept { return core_.try_acquire(); }
    /// Blocks: for `length` at most. Returns: whether a unit was taken.
    template <class Rep, class Period>
    [[nodiscard]] bool try_acquire_for(const std::chrono::duration<Rep, Period>& length) noexcept {
        return detail::pass_within(detail::limit_of(length), core_);
    }
    /// Blocks: until `end` at most, by its own clock. Returns: whether a unit was taken.
    template <class Clock, class Duration>
    [[nodiscard]] bool try_acquire_until(const std::chrono::time_point<Clock, Duration>& end) noexcept {
        return detail::pass_within(detail::limit_of(end), core_);
    }

    /// `co_await semaphore.async_acquire();` suspends until a unit was taken. Requires: the coroutine is not destroyed
    /// before it was resumed.
    auto async_acquire() noexcept { return detail::suspended_wait(core_, 0, detail::finish_silently()); }
    /// The same, until a stop is requested. Result: whether a unit was taken.
    auto async_acquire(std::stop_token stop) noexcept {
        return detail::stoppable_wait(std::move(stop), core_, 0, detail::finish_with_success());
    }

private:
    detail::semaphore_core core_;
};

/// Of one unit at most: not a mutex, as anybody may release it.
using binary_semaphore = counting_semaphore<1>;

PEL_NAMESPACE_END
