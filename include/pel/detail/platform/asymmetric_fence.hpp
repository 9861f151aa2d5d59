// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The asymmetric fence of P1202: the light side is a compiler barrier, the heavy side makes every CPU that runs a
// thread of this process execute a full barrier (membarrier PRIVATE_EXPEDITED). A light fence of one thread and a
// heavy fence of another are ordered like two seq_cst fences. No happens-before is drawn from either: the D-edges of
// detail/queue/README.md carry it, so sanitizers need nothing replaced.
#pragma once

#include <pel/detail/platform/config.hpp>

#ifdef PEL_MODEL
#include <pel_model/platform.hpp>
#else

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Orders the calling thread's earlier accesses before its later ones against a heavy fence of another thread.
PEL_ALWAYS_INLINE void asymmetric_fence_light() noexcept { asm volatile("" ::: "memory"); }

[[noreturn]] PEL_COLD inline void end_without_fences() noexcept {
    std::fputs("pel: membarrier(), which this process has used before, is forbidden now: set PEL_NO_MEMBARRIER=1, or "
               "forbid it "
               "from the start\n",
               stderr);
    std::abort();
}

/// Effects: a full barrier on every CPU that runs this process. Cost: 1–3 µs alone on a machine, some 50 µs where a
/// hypervisor has to deliver the interrupts. Requires: asymmetric_fence_register() returned true. Ends the process if the
/// kernel refuses, as a filter of system calls may that was installed since: the light sides have no other partner.
inline void asymmetric_fence_heavy() noexcept {
    if (::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) [[unlikely]]
        end_without_fences();
}

/// Registers the process for heavy fences (once per process; again in a fork child).
/// Returns: whether the kernel has them. False where PEL_NO_MEMBARRIER is set in the environment to anything but 0.
inline bool asymmetric_fence_register() noexcept {
    const char* forbidden = std::getenv("PEL_NO_MEMBARRIER");
    if (forbidden != nullptr && forbidden[0] != '\0' && forbidden[0] != '0') return false;
    return ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 &&
           ::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}

} // namespace detail
PEL_NAMESPACE_END

#endif
