// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CPU affinity of the process and of threads. Any thread may call all of it.
//
// Linux has no mask of a process, only one per thread, inherited on creation. The process' mask is here that of its
// first thread: what taskset, numactl, mpirun and batch systems set before exec, what cpusets cut, what
// /proc/<pid>/status shows, and what a program narrows when main() calls sched_setaffinity before it starts threads.
// The calling thread's mask would be wrong: what is discovered is cached for the whole process, so it must not depend
// on which thread asked first, and a thread that an application has pinned (an I/O thread, a rank's progress thread)
// would shrink every pool of the process to one worker.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/plain_array.hpp>

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Calls `get(bytes, words)`, which answers as sched_getaffinity does, with a buffer that grows until the kernel's
/// mask fits: a fixed cpu_set_t ends at 1,024 CPUs.
/// Returns: the mask, empty if the call fails.
template <class Get>
cpu_mask read_growing_mask(Get get) {
    for (std::size_t cpus = 1024; cpus <= cpu_mask::max_cpus; cpus *= 2) {
        plain_array<unsigned long> words;
        words.resize(cpus / cpu_mask::word_bits);
        errno = 0;
        if (get(words.size() * sizeof(unsigned long), words.data()) == 0) return cpu_mask(std::move(words));
        if (errno != EINVAL) break;
    }
    return {};
}

inline cpu_mask read_affinity_of(pid_t thread) {
    return read_growing_mask([thread](std::size_t bytes, unsigned long* words) {
        return ::sched_getaffinity(thread, bytes, reinterpret_cast<cpu_set_t*>(words));
    });
}

/// Returns: what is another in a fork child.
inline int process_id() noexcept { return ::getpid(); }

/// Returns: the CPUs that the process' first thread may run on; empty if a sandbox does not say.
inline cpu_mask read_process_affinity() {
    cpu_mask mask = read_affinity_of(process_id());
    return mask.is_empty() ? read_affinity_of(0) : mask;
}

/// Returns: the CPUs that the calling thread may run on; empty if a sandbox does not say.
inline cpu_mask read_thread_affinity() { return read_affinity_of(0); }

/// Binds the calling thread to the CPUs of `mask`. Returns: false if the kernel refuses; the binding is as before then.
inline bool set_thread_affinity(const cpu_mask& mask) noexcept {
    const plain_array<unsigned long>& words = mask.words();
    return ::sched_setaffinity(0, words.size() * sizeof(unsigned long),
                               reinterpret_cast<const cpu_set_t*>(words.data())) == 0;
}

/// Returns: the number of CPUs that are online, at least 1, whoever may use them.
inline unsigned online_cpu_count() noexcept {
    const long count = ::sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1U : static_cast<unsigned>(count);
}

} // namespace detail
PEL_NAMESPACE_END
