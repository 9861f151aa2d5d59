// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Deadlines of blocking calls, by any clock: how many nanoseconds a sleep may take. A clock that is set while somebody
// sleeps is asked again afterwards.
#pragma once

#include <pel/detail/platform/duration.hpp>
#include <pel/detail/sync/wait_queue.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Clock, class Duration>
class time_limit {
public:
    explicit time_limit(const std::chrono::time_point<Clock, Duration>& end) noexcept : end_(end) {}

    std::int64_t left() const noexcept {
        const auto now = Clock::now();
        if (end_ <= now) return 0;
        const auto left = end_ - now;
        if (left > longest) return std::chrono::nanoseconds(longest).count(); // then it is asked again
        return std::chrono::ceil<std::chrono::nanoseconds>(left).count();
    }

private:
    static constexpr std::chrono::hours longest{24};
    const std::chrono::time_point<Clock, Duration> end_;
};

/// From now on, by the steady clock. What is too long for it is 100 years.
template <class Rep, class Period>
auto limit_of(const std::chrono::duration<Rep, Period>& length) noexcept {
    using clock = std::chrono::steady_clock;
    constexpr std::chrono::hours most{24 * 365 * 100};
    clock::duration rounded = length > most ? clock::duration(most) : clock::duration::zero();
    if (length <= most && length > length.zero()) rounded = std::chrono::ceil<clock::duration>(length);
    return time_limit<clock, clock::duration>(clock::now() + rounded);
}

template <class Clock, class Duration>
auto limit_of(const std::chrono::time_point<Clock, Duration>& end) noexcept {
    return time_limit<Clock, Duration>(end);
}

} // namespace detail
PEL_NAMESPACE_END
