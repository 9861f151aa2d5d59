// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "in_tasks.hpp"
#include "support/serial_loops.hpp"

namespace {

using workload::no_locks, workload::use;

bool register_kind(const workload::kind& what) {
    return workload::register_locks<no_locks>(what, "serial", workload::one_thread);
}

const bool mutexes = register_kind(workload::mutex);
const bool timed = register_kind(workload::timed_mutex);
const bool recursive = register_kind(workload::recursive_mutex);
const bool spinning = register_kind(workload::spin_mutex);
const bool queuing = register_kind(workload::queuing_mutex);
const bool shared = register_kind(workload::shared_mutex);
const bool reading =
    workload::register_locks<no_locks, use::read>(workload::shared_mutex_read, "serial", workload::one_thread);
const bool mixed =
    workload::register_locks<no_locks, use::mixed>(workload::shared_mutex_mixed, "serial", workload::one_thread);
const bool in_tasks = workload::register_in_tasks<no_locks>("serial", 1, bench::serial_loop());

} // namespace
