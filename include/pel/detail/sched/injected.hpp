// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A job that goes through an injector: a submission, a task that waited for others. It counts as submitted, so its pool
// ends after it. Whoever unlinks its entry runs it.
//   who made it ready: inject().  any thread: try_claim().
#pragma once

#include <pel/detail/sched/foreign.hpp>

#include <new>

PEL_NAMESPACE_BEGIN
namespace detail {

class injected_job : public job {
public:
    injected_job(scheduler& pool, job_function function) noexcept : job(nullptr), pool_(pool) {
        entry_.single.function = function;
        entry_.single.frame = this;
    }

    scheduler& pool() const noexcept { return pool_; }

    /// Into the injector of the caller's node. A pool at its end, or of the parent process, runs it here and now.
    void inject() noexcept;
    /// The same by the last words of `ended`: if inject() runs that here and now, it runs this when that is over, not inside.
    /// So a chain takes no more stack than one job.
    void inject_after(const injected_job& ended) noexcept;
    /// Takes it out of its injector. False: it is not there, or not any more.
    bool try_claim() noexcept { return pool_.shared().try_remove(entry_); }

    /// The record that counts for the calling thread in `pool`.
    static worker& counting_record(scheduler& pool) {
        if (current_worker->pool == &pool) return *current_worker;
        worker* const lease = record_in(pool);
        return lease != nullptr ? *lease : no_worker;
    }

protected:
    ~injected_job() = default;

    /// Whether threads will come to what is injected.
    bool is_served() const noexcept { return !pool_.is_stopping() && pool_.is_from_this_process(); }
    /// Who has claimed it, when it has run.
    void count_run(worker& runner) noexcept {
        if (was_injected_) pool_.count_injected(runner, from_seat_);
    }

    scheduler& pool_;
    injector_entry entry_;
    const std::uint64_t fp_environment_ = read_fp_environment(); // its maker's
    bool is_counted_ = false;                                    // as a submission that is to end

private:
    /// A job that inject() runs here and now.
    struct inline_run {
        injected_job* running;
        injected_job* next;
        inline_run* outer;
    };
    [[gnu::tls_model("initial-exec")]] static inline constinit thread_local inline_run* innermost_run = nullptr;

    void run_inline() noexcept;
    void push_near(worker& by) noexcept;

    bool was_injected_ = false;   // or is, until it is claimed
    std::uint16_t from_seat_ = 0; // where that was
};

/// Where an injected job lies: in a frame pool, unless a result or callable of its is aligned to more than frames are.
template <class Job>
struct injected_memory {
    static constexpr bool is_frame = alignof(Job) <= 64;

    /// In the frame pool of the record that counts for the caller. Throws: std::bad_alloc.
    static void* allocate(scheduler& pool) {
        if constexpr (is_frame)
            return allocate_frame(injected_job::counting_record(pool), sizeof(Job));
        else
            return ::operator new(sizeof(Job), std::align_val_t{alignof(Job)});
    }
    /// `own`: the calling thread's frame pool or null.
    static void release(void* memory, [[maybe_unused]] frame_pool* own) noexcept {
        if constexpr (is_frame)
            frame_pool::release(memory, sizeof(Job), own);
        else
            ::operator delete(memory, std::align_val_t{alignof(Job)});
    }
};

/// Returns: make(memory), to be given back by injected_memory. Throws: std::bad_alloc, and what make() throws.
template <class Job, class Make>
Job* make_injected(scheduler& pool, const Make& make) {
    void* const memory = injected_memory<Job>::allocate(pool);
    Job* made = nullptr;
    call_unwinding([&] { made = make(memory); }, [&] { injected_memory<Job>::release(memory, nullptr); });
    return made;
}

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE void injected_job::inject() noexcept {
    if (!is_served()) [[unlikely]]
        return run_inline();
    worker& by = counting_record(pool_);
    // The job may be done, and the pool gone, before a thread of no pool's has looked: that counts as another.
    const bool is_outside = current_worker->pool != &pool_;
    const std::uint64_t counts = (is_counted_ ? 0U : 1U) + (is_outside ? 1U : 0U);
    if (counts != 0) pool_.submission_begins(counts);
    is_counted_ = true;
    const bool is_back = std::exchange(was_injected_, true);
    by.counts.injected.add();
    scheduler& pool = pool_; // the job may be done, and gone, after the push
    if (is_back) [[unlikely]]
        pool.shared().push(entry_, entry_.home.load(relaxed) - 1U); // others may look for it there
    else if (!pool.has_places()) [[likely]]
        pool.shared().push(entry_, 0);
    else
        push_near(by);
    pool.look(by);
    if (is_outside) pool.submission_ends();
}

PEL_INLINE void injected_job::inject_after(const injected_job& ended) noexcept {
    if (innermost_run != nullptr && innermost_run->running == &ended) [[unlikely]]
        innermost_run->next = this;
    else
        inject();
}

PEL_COLD PEL_INLINE void injected_job::run_inline() noexcept {
    inline_run here{this, nullptr, innermost_run};
    innermost_run = &here;
    do {
        const job_slot slot = here.running->entry_.single; // the job may be gone when it has run
        slot.function(slot, *current_worker, job_action::run);
        here.running = std::exchange(here.next, nullptr);
    } while (here.running != nullptr);
    innermost_run = here.outer;
}

PEL_NOINLINE PEL_INLINE void injected_job::push_near(worker& by) noexcept {
    if (&by != current_worker || by.has_left) pool_.come_by(by);
    from_seat_ = static_cast<std::uint16_t>(by.seat.load(relaxed)); // its own hint
    pool_.shared().push(entry_, by.near_injector);
}

} // namespace detail
PEL_NAMESPACE_END
#endif
