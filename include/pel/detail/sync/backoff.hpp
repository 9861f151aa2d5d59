// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pauses between looks at what another thread is about to change, longer each time: a line that waiters look at seldom
// stays with the thread that works on it.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// One thread's wait: `most` pauses in all, at first one at a time, then up to `longest` in a row.
class backoff {
public:
    constexpr backoff(unsigned most, unsigned longest) noexcept : left_(most), longest_(longest) {}

    /// Returns: false: it was enough, and this call did not pause.
    bool pause() noexcept {
        if (left_ == 0) return false;
        const unsigned now = next_ < left_ ? next_ : left_;
        for (unsigned each = 0; each != now; ++each) cpu_relax();
        left_ -= now;
        if (next_ < longest_) next_ *= 2;
        return true;
    }

private:
    unsigned left_;
    unsigned next_ = 1;
    const unsigned longest_;
};

} // namespace detail
PEL_NAMESPACE_END
