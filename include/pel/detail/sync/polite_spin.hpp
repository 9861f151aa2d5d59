// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Waiting for another thread's next few instructions: it spins, and gives the CPU away in case that thread has none.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/platform/thread.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: what look() does, once that is not null.
template <class Look>
auto spin_politely(Look&& look) noexcept {
    for (unsigned round = 1;; ++round) {
        if (auto* const found = look()) return found;
        if (round % 64 == 0)
            yield_thread();
        else
            cpu_relax();
    }
}

} // namespace detail
PEL_NAMESPACE_END
