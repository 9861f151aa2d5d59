// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads of a short measurement, each on a CPU of its own: left to the kernel, two that never sleep may share one to the
// end while another is idle, and then nothing is measured that happens between them.
#pragma once

#include <pthread.h>
#include <sched.h>

#include <cstddef>
#include <thread>
#include <vector>

namespace bench {

/// The CPUs that the process may use, of the first 1024.
inline std::vector<int> usable_cpus() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    std::vector<int> cpus;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
    }
    return cpus;
}

/// Binds the calling thread to the CPU whose turn is `number`. Where that is not permitted it stays where it is.
inline void bind_to_cpu_of_turn(const std::vector<int>& cpus, std::size_t number) {
    if (cpus.empty()) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpus[number % cpus.size()], &one);
    (void)::pthread_setaffinity_np(::pthread_self(), sizeof one, &one);
}

} // namespace bench
