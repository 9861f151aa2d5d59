// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Leases: the records of threads that are not the pool's own, made at a thread's first call and kept until it exits.
//   any thread: everything.
#pragma once

#include <pel/detail/sched/scheduler.hpp>
#include <pel/detail/sync/lock.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A foreign thread's hold on a record.
struct lease {
    std::uint64_t uid = 0; // of the scheduler
    std::uint32_t generation = 0;
    scheduler* pool = nullptr;
    worker* record = nullptr;
};

/// Guards every record's lease: a pool that ends and a thread that exits may meet.
inline constinit lock lease_lock;

/// Set when the thread's leases have been given up: it is about to exit, and gets no other.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local bool leases_are_over = false;

/// The lease used last.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local lease last_lease{};

/// record_in(), where the lease used last is another.
worker* find_record_in(scheduler& pool) noexcept;

/// Returns: the calling thread's record in `pool`, or null when there can be none.
inline worker* record_in(scheduler& pool) noexcept {
    if (last_lease.uid == pool.uid()) [[likely]]
        return last_lease.record;
    return find_record_in(pool);
}

} // namespace detail
PEL_NAMESPACE_END
