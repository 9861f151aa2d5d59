// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "in_tasks.hpp"
#include "support/pel_loops.hpp"

#include <pel/sync/mutex.hpp>
#include <pel/sync/numa_mutex.hpp>
#include <pel/sync/queuing_mutex.hpp>
#include <pel/sync/shared_mutex.hpp>
#include <pel/sync/spin_mutex.hpp>
#include <pel/topology.hpp>

namespace {

using workload::locks, workload::register_locks, workload::use;

/// One that does not read the machine while it is measured.
struct ready_numa_mutex : pel::numa_mutex {
    ready_numa_mutex() { pel::topology::discover().load(); }
};

const bool mutexes = register_locks<locks<pel::mutex>>(workload::mutex, "pel");
const bool timed = register_locks<locks<pel::timed_mutex>>(workload::timed_mutex, "pel");
const bool recursive = register_locks<locks<pel::recursive_mutex>>(workload::recursive_mutex, "pel");
const bool spinning = register_locks<locks<pel::spin_mutex>>(workload::spin_mutex, "pel");
const bool queuing = register_locks<locks<pel::queuing_mutex>>(workload::queuing_mutex, "pel");
const bool by_nodes = register_locks<locks<ready_numa_mutex>>(workload::queuing_mutex, "pel_numa");
const bool shared = register_locks<locks<pel::shared_mutex>>(workload::shared_mutex, "pel");
const bool reading = register_locks<locks<pel::shared_mutex>, use::read>(workload::shared_mutex_read, "pel");
const bool mixed = register_locks<locks<pel::shared_mutex>, use::mixed>(workload::shared_mutex_mixed, "pel");

const bool in_tasks = workload::register_in_tasks<locks<pel::mutex>>("pel", 2, bench::pel_loop());
const bool queuing_in_tasks =
    workload::register_in_tasks<locks<pel::queuing_mutex>>("pel_queuing", 2, bench::pel_loop());
const bool std_in_tasks = workload::register_in_tasks<locks<std::mutex>>("pel_std", 2, bench::pel_loop());

} // namespace
