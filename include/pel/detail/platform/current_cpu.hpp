// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CPU that the calling thread is on, for now.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <sched.h>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: its number; 0 if the system does not say. Cost: some ns (rseq), or a call of the vDSO, 20 ns.
inline unsigned current_cpu() noexcept {
    const int cpu = ::sched_getcpu();
    return cpu < 0 ? 0U : static_cast<unsigned>(cpu);
}

} // namespace detail
PEL_NAMESPACE_END
