// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "in_tasks.hpp"
#include "support/omp_loops.hpp"

namespace {

using workload::locks, workload::register_locks;

class omp_lock {
public:
    omp_lock() { omp_init_lock(&lock_); }
    ~omp_lock() { omp_destroy_lock(&lock_); }
    omp_lock(const omp_lock&) = delete;
    omp_lock& operator=(const omp_lock&) = delete;

    void lock() { omp_set_lock(&lock_); }
    void unlock() { omp_unset_lock(&lock_); }

private:
    omp_lock_t lock_;
};

class omp_nest_lock {
public:
    omp_nest_lock() { omp_init_nest_lock(&lock_); }
    ~omp_nest_lock() { omp_destroy_nest_lock(&lock_); }
    omp_nest_lock(const omp_nest_lock&) = delete;
    omp_nest_lock& operator=(const omp_nest_lock&) = delete;

    void lock() { omp_set_nest_lock(&lock_); }
    void unlock() { omp_unset_nest_lock(&lock_); }

private:
    omp_nest_lock_t lock_;
};

const bool mutexes = register_locks<locks<omp_lock>>(workload::mutex, "omp");
const bool recursive = register_locks<locks<omp_nest_lock>>(workload::recursive_mutex, "omp");
const bool in_tasks = workload::register_in_tasks<locks<omp_lock>>("omp", 2, bench::omp_dynamic_loop());

} // namespace
