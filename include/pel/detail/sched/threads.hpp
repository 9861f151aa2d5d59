// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A scheduler's threads and records: made lazily, one at a time, by who finds work and a free seat; ended together.
//   X1: stop()'s release of stopping_ -> is_stopping(): whatever the stopping thread did before.
//   X2: begin_end()'s store of stopping_, before sleepers look into the injectors <-> look()'s load of it, after a push: either
//   the sleeper finds the job, or who pushed it finds that nobody but sleepers will come for it.
#pragma once

#include <pel/detail/platform/asymmetric_fence.hpp>
#include <pel/detail/platform/fork.hpp>
#include <pel/detail/sched/lease.hpp>
#include <pel/detail/sched/process.hpp>
#include <pel/detail/sched/recordless_wait.hpp>
#include <pel/detail/sched/search.hpp>
#include <pel/detail/sched/waiting.hpp>

#include <cstdlib>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constinit atomic<std::uint64_t> next_scheduler_uid{1};

/// Held while libc's list of exit handlers changes. fork() waits for it: libc guards that list by a lock which a child
/// would find held for ever, and could not even exit.
inline constinit lock exit_handlers_lock;

/// What happens around a fork(). Racing threads may have registered these twice, so they count.
struct fork_handlers {
    static inline constinit thread_local int depth = 0;

    static void before() noexcept {
        if (depth++ != 0) return;
        exit_handlers_lock.acquire_lock();
        frame_pool::hold_for_fork();
    }
    static void in_parent() noexcept {
        if (--depth != 0) return;
        frame_pool::release_after_fork();
        exit_handlers_lock.release_lock();
    }
    static void in_child() noexcept {
        if (--depth != 0) return;
        exit_handlers_lock.reset_after_fork();
        fork_generation.fetch_add(1, relaxed);
        current_worker = &no_worker;
        record_table::reset_after_fork();
        lease_lock.reset_after_fork();
        frame_pool::reset_after_fork();
        if (cancellation_listener* const listener = listening.load(relaxed)) listener->reset_after_fork(); // alone here
    }
};

PEL_INLINE void prepare_for_forks() {
    static constinit atomic<bool> is_prepared{false};
    do_once(is_prepared,
            [] { register_fork_handlers(fork_handlers::before, fork_handlers::in_parent, fork_handlers::in_child); });
}

PEL_INLINE void call_at_exit(void (*handler)()) {
    prepare_for_forks();
    const lock_guard guard(exit_handlers_lock);
    std::atexit(handler);
}

struct scheduler::tables {
    atomic<worker*> records[most_records];
    atomic<std::uint64_t> idle[most_records / 64];
    atomic<std::uint64_t> waiting[most_records / 64];
    seating::tables places;
    native_thread natives[most_records];

    static tables* make() {
        void* memory = map_pages((sizeof(tables) + 4095) & ~std::size_t{4095});
        if (memory == nullptr) throw_error<std::bad_alloc>();
        return static_cast<tables*>(memory); // zero pages are valid values of all members
    }
};

PEL_INLINE scheduler::scheduler(const scheduler_config& config)
    : config_(config), uid_(next_scheduler_uid.fetch_add(1, relaxed)), generation_(fork_generation.load(relaxed)),
      has_heavy_fence_(asymmetric_fence_register()), tables_(tables::make()), records_(tables_->records),
      idle_(tables_->idle, most_records / 64), waiting_(tables_->waiting, most_records / 64),
      seating_(tables_->places, config.seats), natives_(tables_->natives), seats_(config.seats) {
    prepare_ticks();
    prepare_for_forks();
}

PEL_INLINE scheduler::~scheduler() {
    const lock_guard guard(lease_lock);
    for (std::uint32_t each = 0; each < record_count(); ++each) {
        worker& mine = record(each);
        mine.pool = nullptr;
        mine.lease = 0;
        record_table::give(mine);
    }
    unmap_pages(tables_, (sizeof(tables) + 4095) & ~std::size_t{4095});
}

PEL_INLINE void scheduler::add_to(pool_stats& sum) const noexcept {
    for (std::uint32_t each = 0; each < record_count(); ++each) record(each).counts.add_to(sum);
    sum.threads_started += threads_.load(relaxed);
}

/// Makes a record a member, of a pool thread at the seat that is nearest to `near`. Requires: membership_ is held.
/// False: there are too many.
PEL_INLINE bool scheduler::attach(worker& fresh, bool foreign, std::uint32_t near) noexcept {
    const std::uint32_t index = record_count_.load(relaxed); // under the lock
    if (index == most_records) return false;
    fresh.pool = this;
    fresh.index = index;
    fresh.is_foreign = foreign;
    fresh.stands = standing::unknown;
    fresh.seat.store(near, relaxed); // a hint
    fresh.near_injector = 0;
    fresh.woken_by.store(0, relaxed);
    fresh.wakes_from = 0; // as the last call of a foreign thread has left it
    fresh.has_left = fresh.is_blocking = false;
    if (!foreign) {
        fresh.slot = seating_.take_slot(near);
        seating_.set_record_at(fresh.slot, index);
    }
    fresh.generation = generation_;
    fresh.counts.reset();
    fresh.deque.keep_request();
    records_[index].store(&fresh, relaxed);
    record_count_.store(index + 1, release); // sync(R2) release: the record above
    return true;
}

/// The thread of a record.
class pool_thread {
public:
    static void* main(void* argument) {
        worker& own = *static_cast<worker*>(argument);
        scheduler& pool = *own.pool;
        own.adopt_stack(this_stack());
        own.beat = first_beat_ns;
        own.fp_environment.set(read_fp_environment());
        current_worker = &own;
        if (pool.config_.prepare != nullptr) pool.config_.prepare(pool.config_.context, own.index);
        (void)pool.plan_before_work();
        pool.come_to(own); // before on_start, which may bind the thread as it likes
        if (pool.config_.on_start != nullptr) pool.config_.on_start(pool.config_.context, own.index);
        pool.work(own);
        if (!pool.is_from_this_process()) return nullptr; // the child of a fork() made by a job
        if (pool.config_.on_stop != nullptr) pool.config_.on_stop(pool.config_.context, own.index);
        current_worker = &no_worker;
        return nullptr;
    }
};

/// Requires: the caller took a seat for it. False: out of memory, records or threads.
PEL_INLINE bool scheduler::start_thread_with_seat(worker& by) noexcept {
    static constinit atomic<bool> is_pinned{false};
    do_once(is_pinned, [] { pin_shared_object(reinterpret_cast<const void*>(&pool_thread::main)); });
    const lock_guard guard(membership_);
    worker* fresh = stopping_.load(relaxed) ? nullptr : record_table::take();
    if (fresh == nullptr) return false;
    if (!attach(*fresh, false, by.seat.load(relaxed))) { // a hint
        record_table::give(*fresh);
        return false;
    }
    if (start_thread(natives_[fresh->index], config_.stack_size, &pool_thread::main, fresh) == 0) return true;
    record_count_.store(fresh->index, release); // sync(R2) release: detached again; a late look at it is harmless
    seating_.give_slot_back(fresh->slot);
    fresh->pool = nullptr;
    record_table::give(*fresh);
    return false;
}

PEL_INLINE void scheduler::submission_ends() noexcept {
    scheduler* const whole = config_.whole; // the pool may be gone afterwards
    if (const std::uint32_t waiter = submissions_.subtract(1)) record_table::record_of(waiter).sleep.unpark();
    if (whole != nullptr) [[unlikely]]
        whole->submission_ends();
}

/// One that is listed or was submitted, without a record. Returns: whether there was one.
PEL_INLINE bool scheduler::run_alone() noexcept {
    const job_slot slot = injectors_.try_pop(0);
    if (slot) slot.function(slot, no_worker, job_action::run);
    return static_cast<bool>(slot);
}

PEL_INLINE bool scheduler::help_abandoned() noexcept { return is_stopping() && run_alone(); }

PEL_INLINE bool scheduler::help_abandoned(worker& own) noexcept {
    if (!is_stopping()) return false;
    const job_slot slot = injectors_.try_pop(own.near_injector);
    if (slot) run(own, slot);
    return static_cast<bool>(slot);
}

PEL_INLINE void scheduler::complete_submissions(worker* own) {
    const auto is_complete = [&] { return submissions_.is_complete() || !is_from_this_process(); };
    const auto help_parts = [&] { return config_.help_parts != nullptr && config_.help_parts(config_.context); };
    if (own == nullptr) return wait_without_record(is_complete, [&] { return run_alone() || help_parts(); });
    if (submissions_.try_register(own->id) == group_count::registration::complete) return;
    wait_until(
        *own, is_complete,
        [&] {
            const job_slot slot = find_once(*own);
            if (slot) run(*own, slot);
            return static_cast<bool>(slot) || help_parts();
        },
        [] { return true; });
}

PEL_INLINE void scheduler::unpark_everybody() noexcept {
    for (std::uint32_t each = 0; each < record_count(); ++each) record(each).sleep.unpark();
}

PEL_INLINE void scheduler::stop() {
    {
        const lock_guard guard(membership_);
        stopping_.store(true, release); // sync(X1) release: to is_stopping()
    }
    unpark_everybody();
    for (std::uint32_t each = 0; each < record_count(); ++each) {
        if (!record(each).is_foreign) join_thread(natives_[each]);
    }
}

PEL_INLINE void scheduler::begin_end() noexcept {
    {
        const lock_guard guard(membership_);
        stopping_.store(true, seq_cst); // sync(X1, X2) seq_cst: to is_stopping(); before sleepers look once more
    }
    unpark_everybody();
}

PEL_INLINE void scheduler::abandon(std::int64_t deadline) noexcept {
    if (std::exchange(is_abandoned_, true)) return;
    begin_end();
    for (std::uint32_t each = 0; each < record_count(); ++each) {
        if (record(each).is_foreign) continue;
        const native_thread thread = natives_[each];
        bool is_gone = false;
        wait_without_record(
            [&] { return is_this_thread(thread) || (is_gone = try_join_thread(thread)) || now_ns() >= deadline; },
            [] { return false; });
        if (!is_gone) detach_thread(thread); // it may be at work for ever
    }
    // exit() does not return: what follows on this thread is none of its job, and as a member it would wait for others.
    if (current_worker->pool == this) current_worker = &no_worker;
}

} // namespace detail
PEL_NAMESPACE_END
