// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A hint that the calling thread spins: gives the sibling hyperthread the core and saves power.
#pragma once

#include <pel/detail/platform/config.hpp>

#ifdef PEL_MODEL
#include <pel_model/platform.hpp>
#else

PEL_NAMESPACE_BEGIN
namespace detail {

#if defined(__aarch64__)
inline void cpu_relax() noexcept {
    asm volatile("isb" ::: "memory");
} // yield is a no-op on most cores; isb is some 10 ns
#else
inline void cpu_relax() noexcept { __builtin_ia32_pause(); }
#endif

} // namespace detail
PEL_NAMESPACE_END

#endif
