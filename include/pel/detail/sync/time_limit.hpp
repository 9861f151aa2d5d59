// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Deadlines of blocking calls, by any clock: how many nanoseconds a sleep may take. A clock that is set while somebody
// sleeps is asked again afterwards.
#pragma once

#include <pel/detail/platform/duration.hpp>
#include <pel/detail/sync/wait_queue.hpp>

#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Nanoseconds of any length, and differences of them.
__extension__ using wide_nanoseconds = __int128;

/// Rounded up. Nothing overflows, whatever the unit: 2^100 ns stand for what would. NaN is as the least there is.
template <class Rep, class Period>
constexpr wide_nanoseconds nanoseconds_up(const std::chrono::duration<Rep, Period>& length) noexcept {
    constexpr wide_nanoseconds second = 1'000'000'000, most = wide_nanoseconds{1} << 100;
    constexpr wide_nanoseconds over = Period::num, under = Period::den;
    if constexpr (!std::is_integral_v<Rep> || sizeof(Rep) > sizeof(std::int64_t)) {
        using real = long double;
        const real exact = static_cast<real>(length.count()) * static_cast<real>(over) / static_cast<real>(under) *
                           static_cast<real>(second);
        if (!(exact > -static_cast<real>(most))) return -most;
        if (exact >= static_cast<real>(most)) return most;
        const wide_nanoseconds whole = static_cast<wide_nanoseconds>(exact);
        return static_cast<real>(whole) < exact ? whole + 1 : whole;
    } else if constexpr (second % under == 0 && over <= second) { // 64 bits by 30 by 30
        return wide_nanoseconds{length.count()} * over * (second / under);
    } else {
        const wide_nanoseconds units = wide_nanoseconds{length.count()} * over; // 64 bits by 63
        const wide_nanoseconds seconds = units / under;
        if (seconds >= most / second) return most;
        if (seconds <= -most / second) return -most;
        const wide_nanoseconds rest = units % under * second; // 63 bits by 30
        return seconds * second + rest / under + (rest % under > 0 ? 1 : 0);
    }
}

template <class Clock, class Duration>
class time_limit {
public:
    explicit time_limit(const std::chrono::time_point<Clock, Duration>& end) noexcept : end_(end) {}

    std::int64_t left() const noexcept {
        const auto left = nanoseconds_up(end_.time_since_epoch()) - nanoseconds_up(Clock::now().time_since_epoch());
        if (left <= 0) return 0;
        return static_cast<std::int64_t>(left < longest ? left : longest); // then it is asked again
    }

private:
    static constexpr wide_nanoseconds longest = nanoseconds_up(std::chrono::hours(24));
    const std::chrono::time_point<Clock, Duration> end_;
};

/// From now on, by the steady clock. What is too long for it is 100 years.
template <class Rep, class Period>
auto limit_of(const std::chrono::duration<Rep, Period>& length) noexcept {
    using clock = std::chrono::steady_clock;
    constexpr wide_nanoseconds most = nanoseconds_up(std::chrono::hours(24 * 365 * 100));
    const wide_nanoseconds exact = nanoseconds_up(length);
    const std::chrono::nanoseconds rounded(exact <= 0 ? 0 : static_cast<std::int64_t>(exact < most ? exact : most));
    return time_limit<clock, clock::duration>(clock::now() + std::chrono::ceil<clock::duration>(rounded));
}

template <class Clock, class Duration>
auto limit_of(const std::chrono::time_point<Clock, Duration>& end) noexcept {
    return time_limit<Clock, Duration>(end);
}

} // namespace detail
PEL_NAMESPACE_END
