// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pauses between looks at what another thread is about to change: a line that waiters look at seldom stays with the thread
// that works on it. They grow, and once they are as long as they get, the CPU is offered each time to who may need it: the
// other thread may share it, or have been preempted.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/platform/thread.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// One thread's wait: some `most` pauses in all, at first one at a time, then up to `longest` in a row.
class backoff {
public:
    constexpr backoff(unsigned most, unsigned longest) noexcept : most_(most), longest_(longest) {}

    /// Returns: false: it was enough, and this call did not pause; or it did, and there is no time to offer the CPU, which
    /// may take long.
    template <class HasTime>
    PEL_ALWAYS_INLINE bool pause(const HasTime& has_time) noexcept {
        if (spent_ >= most_) return false;
        for (unsigned each = 0; each != next_; ++each) cpu_relax();
        spent_ += next_;
        if (next_ < longest_) {
            next_ *= 2;
            return true;
        }
        if (!has_time()) return false;
        yield_thread();
        return true;
    }
    bool pause() noexcept {
        return pause([] { return true; });
    }

private:
    unsigned spent_ = 0, next_ = 1;
    const unsigned most_, longest_;
};

} // namespace detail
PEL_NAMESPACE_END
