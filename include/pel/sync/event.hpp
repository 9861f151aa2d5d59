// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Events, for threads, tasks and coroutines: something has happened. In a task a blocked wait() frees the seat. set()
// does not touch the event once somebody else can know of it. Any thread: all. Awaited in any coroutine, of a pool or of
// none; what is awaited throws nothing.
#pragma once

#include <pel/detail/core/block.hpp>
#include <pel/detail/sync/event_core.hpp>
#include <pel/detail/sync/time_limit.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {
namespace bases { // where a user calls f(event), no function of detail is a candidate (core/lockable.hpp)

/// What both kinds have. Size: 16 bytes.
template <reset_mode Mode>
class basic_event {
public:
    constexpr explicit basic_event(bool is_set = false) noexcept : core_(is_set) {}
    basic_event(const basic_event&) = delete;
    basic_event& operator=(const basic_event&) = delete;

    /// From here on it is not set. Who was let go on stays so.
    void reset() noexcept { core_.reset(); }
    /// Returns: whether it is set; takes nothing, unlike try_wait().
    bool is_set() const noexcept { return core_.is_set(); }

    /// Blocks: until the event is set.
    void wait() noexcept {
        if (!core_.try_pass()) pass(core_);
    }
    /// As wait(), but ends when a stop is requested. Returns: whether the event was set.
    [[nodiscard]] bool wait(const std::stop_token& stop) noexcept { return pass_unless(stop, core_); }
    /// Returns: whether wait() would not block; as if it was called then.
    [[nodiscard]] bool try_wait() noexcept { return core_.try_pass(); }
    /// Blocks: for `length` at most. Returns: whether the event was set.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(const std::chrono::duration<Rep, Period>& length) noexcept {
        return pass_within(limit_of(length), core_);
    }
    /// Blocks: until `end` at most, by its own clock. Returns: whether the event was set.
    template <class Clock, class Duration>
    [[nodiscard]] bool wait_until(const std::chrono::time_point<Clock, Duration>& end) noexcept {
        return pass_within(limit_of(end), core_);
    }

    /// `co_await event;` or `co_await event.async_wait();` suspends until the event is set. Requires: the
    /// coroutine is not destroyed before it was resumed.
    auto async_wait() noexcept { return suspended_wait(core_, 0, finish_silently()); }
    auto operator co_await() noexcept { return async_wait(); }
    /// The same, until a stop is requested. Result: whether the event was set.
    auto async_wait(std::stop_token stop) noexcept {
        return stoppable_wait(std::move(stop), core_, 0, finish_with_success());
    }

protected:
    event_core<Mode> core_;
};

} // namespace bases
using bases::basic_event;
} // namespace detail

/// Stays set, and lets everybody pass, until reset().
class event : public detail::basic_event<detail::reset_mode::manual> {
public:
    using basic_event::basic_event;
    /// Lets all who wait go on. Cost: one CAS where nobody waits.
    void set() noexcept { core_.set(); }
};

/// Lets one pass for each set(); it stays set until somebody passes. Setting it twice is setting it once.
class auto_reset_event : public detail::basic_event<detail::reset_mode::automatic> {
public:
    using basic_event::basic_event;
    /// Lets the first who waits go on. Cost: one CAS where nobody waits.
    void set() noexcept { core_.set(); }
};

PEL_NAMESPACE_END
