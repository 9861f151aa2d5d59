// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Site memory: how long the last outermost calls from one place in the program took. It decides when the next one may
// wake sleeping threads, or is shared with those awake, and nothing else.
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
    /// A call that takes as long alone is worth sharing with threads that are awake.
    static constexpr std::int64_t worth_sharing_ns = 5'000;
    /// Of calls that are known to be shorter, one in as many is timed to its end.
    static constexpr std::uint64_t short_calls_per_look = 4;

    /// How long a call takes: the shorter of the last two, as one that was interrupted says nothing. Any thread's calls
    /// are as good.
    std::int64_t usual_ticks() const noexcept {
        const std::int64_t last = last_.load(relaxed), before = before_.load(relaxed);
        return before == unknown || last < before ? last : before;
    }
    /// Whether it is known that calls end before sharing them would pay.
    bool is_short() const noexcept { return is_short(usual_ticks()); }
    /// One more short call where all are short changes nothing, and is not written down: threads that make such calls at
    /// once from one place share no line that anybody writes.
    void remember(std::int64_t ticks) noexcept {
        const std::int64_t last = last_.load(relaxed);
        if (is_short(ticks) && is_short(last) && is_short(before_.load(relaxed))) return;
        before_.store(last, relaxed);
        last_.store(ticks, relaxed);
    }
    /// The same for a call that was shared: unless it was over in half of that time, it stays worth sharing.
    void remember_shared(std::int64_t ticks) noexcept {
        const std::int64_t least = ticks_of_ns(worth_sharing_ns);
        remember(ticks < least && ticks >= least / 2 ? least : ticks);
    }

    // Calls that could be shared, but are too short to wake somebody for each: they have run alone for so long in sum.
    void add_alone(std::int64_t ticks) noexcept { alone_.store(alone_.load(relaxed) + ticks, relaxed); }
    /// Returns: whether it is more than `limit`. If so, it is none from now on.
    bool take_alone(std::int64_t limit) noexcept {
        if (alone_.load(relaxed) <= limit) return false;
        alone_.store(0, relaxed);
        return true;
    }

private:
    static bool is_short(std::int64_t ticks) noexcept {
        return ticks != unknown && ticks < ticks_of_ns(worth_sharing_ns);
    }

    atomic<std::int64_t> last_{unknown}, before_{unknown}, alone_{0};
};

/// Measures a call for its site.
class site_timer {
public:
    explicit site_timer(site_memory& site) noexcept : site_(site), start_(ticks()) {}
    ~site_timer() {
        const std::int64_t took = ticks() - start_;
        if (is_shared_)
            site_.remember_shared(took);
        else
            site_.remember(took);
        if (is_alone_) site_.add_alone(took);
    }
    site_timer(const site_timer&) = delete;
    site_timer& operator=(const site_timer&) = delete;

    std::int64_t start() const noexcept { return start_; }
    /// The call is shared, because it may be worth it.
    void count_as_shared() noexcept { is_shared_ = true; }
    /// The call could be shared, and is not.
    void count_as_alone() noexcept { is_alone_ = true; }

private:
    site_memory& site_;
    std::int64_t start_;
    bool is_shared_ = false, is_alone_ = false;
};

} // namespace detail
PEL_NAMESPACE_END
