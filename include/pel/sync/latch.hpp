// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std's latch, for threads, tasks and coroutines: a count that opens it for good when it reaches zero. In a task a
// blocked wait() frees the seat. count_down() does not touch the latch once somebody else can know that it is open.
// Awaited in any coroutine, of a pool or of none; what is awaited throws nothing.
#pragma once

#include <pel/detail/core/block.hpp>
#include <pel/detail/sync/latch_core.hpp>
#include <pel/detail/sync/time_limit.hpp>

PEL_NAMESPACE_BEGIN

/// Any thread: all. Size: 24 bytes.
class latch {
public:
    /// Requires: 0 <= expected <= max().
    constexpr explicit latch(std::ptrdiff_t expected) noexcept : core_(expected) {}
    latch(const latch&) = delete;
    latch& operator=(const latch&) = delete;

    /// Returns: the largest count.
    static constexpr std::ptrdiff_t max() noexcept { return std::ptrdiff_t{1} << 61; }

    /// Requires: 0 <= by <= the count. Cost: one RMW, but for the one that opens it while others wait.
    void count_down(std::ptrdiff_t by = 1) noexcept { core_.count_down(by); }
    /// Returns: whether the latch is open. May be late while it is being opened.
    bool try_wait() const noexcept { return core_.is_open(); }

    /// Blocks: until the latch is open.
    void wait() const noexcept {
        if (!core_.is_open()) detail::pass(awaited());
    }
    /// As wait(), but ends when a stop is requested. Returns: whether the latch is open.
    [[nodiscard]] bool wait(const std::stop_token& stop) const noexcept { return detail::pass_unless(stop, awaited()); }
    /// Blocks: for `length` at most. Returns: whether the latch is open.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(const std::chrono::duration<Rep, Period>& length) const noexcept {
        return detail::pass_within(detail::limit_of(length), awaited());
    }
    /// Blocks: until `end` at most, by its own clock. Returns: whether the latch is open.
    template <class Clock, class Duration>
    [[nodiscard]] bool wait_until(const std::chrono::time_point<Clock, Duration>& end) const noexcept {
        return detail::pass_within(detail::limit_of(end), awaited());
    }
    /// count_down(by) and wait().
    void arrive_and_wait(std::ptrdiff_t by = 1) noexcept {
        count_down(by);
        wait();
    }

    /// `co_await latch;` or `co_await latch.async_wait();` suspends until the latch is open. Requires: the
    /// coroutine is not destroyed before it was resumed.
    auto async_wait() const noexcept { return detail::suspended_wait(awaited(), 0, detail::finish_silently()); }
    auto operator co_await() const noexcept { return async_wait(); }
    /// The same, until a stop is requested. Result: whether the latch is open.
    auto async_wait(std::stop_token stop) const noexcept {
        return detail::stoppable_wait(std::move(stop), awaited(), 0, detail::finish_with_success());
    }

private:
    /// For who may block: a child is to know that who waits is not there.
    detail::latch_core& awaited() const noexcept {
        detail::prepare_for_forks();
        return core_;
    }

    mutable detail::latch_core core_;
};

PEL_NAMESPACE_END
