// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Site memory: how long the last outermost call from one place in the program took. It decides when the next one may
// wake sleeping threads, and nothing else.
#pragma once

#include <pel/detail/platform/ticks.hpp>
#include <pel/detail/sync/atomic.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The tick counter's rate, measured by the first pool.
inline constinit atomic<std::int64_t> ticks_per_1024_ns{0};

inline void prepare_ticks() noexcept {
    if (ticks_per_1024_ns.load(relaxed) == 0)
        ticks_per_1024_ns.store(measure_tick_rate(), relaxed); // any measurement does
}
inline std::int64_t ticks_of_ns(std::int64_t ns) noexcept { return ns * ticks_per_1024_ns.load(relaxed) / 1024; }

class site_memory {
public:
    static constexpr std::int64_t unknown = -1;
    std::int64_t last_ticks() const noexcept { return last_.load(relaxed); } // any call's time is as good
    void remember(std::int64_t ticks) noexcept { last_.store(ticks, relaxed); }

private:
    atomic<std::int64_t> last_{unknown};
};

/// Measures a call for its site.
class site_timer {
public:
    explicit site_timer(site_memory& site) noexcept : site_(site), start_(ticks()) {}
    ~site_timer() { site_.remember(ticks() - start_); }
    site_timer(const site_timer&) = delete;
    site_timer& operator=(const site_timer&) = delete;

    std::int64_t start() const noexcept { return start_; }

private:
    site_memory& site_;
    std::int64_t start_;
};

} // namespace detail
PEL_NAMESPACE_END
