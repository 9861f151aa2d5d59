// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "in_tasks.hpp"
#include "support/tbb_loops.hpp"

#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <tbb/queuing_mutex.h>
#include <tbb/spin_mutex.h>
#include <tbb/spin_rw_mutex.h>

namespace {

using workload::locks, workload::register_locks, workload::use;
using queuing_locks = locks<tbb::queuing_mutex, tbb::queuing_mutex::scoped_lock>; // which hold its place in the queue

const bool mutexes = register_locks<locks<tbb::mutex>>(workload::mutex, "tbb");
const bool spinning = register_locks<locks<tbb::spin_mutex>>(workload::spin_mutex, "tbb");
const bool queuing = register_locks<queuing_locks>(workload::queuing_mutex, "tbb");
const bool shared = register_locks<locks<tbb::rw_mutex>>(workload::shared_mutex, "tbb");
const bool reading = register_locks<locks<tbb::rw_mutex>, use::read>(workload::shared_mutex_read, "tbb");
const bool mixed = register_locks<locks<tbb::rw_mutex>, use::mixed>(workload::shared_mutex_mixed, "tbb");
const bool spin_shared = register_locks<locks<tbb::spin_rw_mutex>>(workload::shared_mutex, "tbb_spin");
const bool spin_reading = register_locks<locks<tbb::spin_rw_mutex>, use::read>(workload::shared_mutex_read, "tbb_spin");
const bool spin_mixed = register_locks<locks<tbb::spin_rw_mutex>, use::mixed>(workload::shared_mutex_mixed, "tbb_spin");

const bool in_tasks =
    workload::register_in_tasks<locks<tbb::mutex>>("tbb", 2, bench::tbb_loop<tbb::auto_partitioner>());

} // namespace
