// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Site memory: how long the last outermost call from one place in the program took. It decides when the next one may
// wake sleeping threads, and nothing else.
#pragma once

#include <pel/detail/platform/clock.hpp>
#include <pel/detail/sync/atomic.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class site_memory {
public:
    std::int64_t last_ns() const noexcept { return last_ns_.load(relaxed); } // any call's time is as good
    void remember(std::int64_t ns) noexcept { last_ns_.store(ns, relaxed); }

private:
    atomic<std::int64_t> last_ns_{-1};
};

/// Measures a call for its site.
class site_timer {
public:
    explicit site_timer(site_memory& site) noexcept : site_(site), start_(now_ns()) {}
    ~site_timer() { site_.remember(now_ns() - start_); }
    site_timer(const site_timer&) = delete;
    site_timer& operator=(const site_timer&) = delete;

    std::int64_t start() const noexcept { return start_; }

private:
    site_memory& site_;
    std::int64_t start_;
};

} // namespace detail
PEL_NAMESPACE_END
