// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The scheduler of one pool: its records, seats, sleepers and injectors, and the rule look() that connects them. This is
// the map; wake.hpp shares work and wakes, search.hpp finds work, waiting.hpp waits, threads.hpp starts and stops.
//   any thread: everything public; what takes a worker& is for that worker's own thread.
//   R2: record_count_'s release store -> record_count()'s acquire load: the records below it are attached.
// README.md beside this file has rules S1–S6, the edges S1, S2 and the argument.
#pragma once

#include <pel/detail/platform/clock.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/platform/stack.hpp>
#include <pel/detail/platform/thread.hpp>
#include <pel/detail/queue/injectors.hpp>
#include <pel/detail/queue/job.hpp>
#include <pel/detail/sched/group_count.hpp>
#include <pel/detail/sched/records.hpp>
#include <pel/detail/sched/seating.hpp>
#include <pel/detail/sched/seats.hpp>
#include <pel/detail/sched/sleeper_set.hpp>
#include <pel/detail/sync/fork_generation.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class victim_walk;

/// What a scheduler needs to know to start.
struct scheduler_config {
    unsigned seats = 1;
    unsigned max_threads = 1;
    std::size_t stack_size = 0;
    std::int64_t spin_ns = 0;
    scheduler* whole = nullptr; // of the pool that this one's is part of: what is submitted here counts there, too
    void* context = nullptr;    // for the functions
    void (*prepare)(void* context, unsigned index) = nullptr;  // on the thread, before anything else
    void (*on_start)(void* context, unsigned index) = nullptr; // then, before its first work
    void (*on_stop)(void* context, unsigned index) = nullptr;
    // Returns: whether a plan would be of use: before the first work, or else when there is none.
    bool (*wants_plan)(void* context, bool before_work) = nullptr;
    // Returns: where the seats are; null if it does not matter.
    const seat_plan* (*make_plan)(void* context) = nullptr;
    // Returns: whether it has run something of a pool that is part of this one's.
    bool (*help_parts)(void* context) = nullptr;
    // Returns: whether the calling thread is to be found at that seat from now on.
    bool (*settle)(void* context, const seat_plan& plan, unsigned seat) = nullptr;
};

/// What became of a request for work.
enum class service { exposed, nothing_private, not_wanted };

class scheduler {
public:
    static constexpr std::int64_t small_call_ns = 20'000;   // an outermost call shorter than this wakes nobody
    static constexpr std::size_t nested_stack = 256 * 1024; // what must be left to run other work while waiting
    static constexpr std::uint32_t most_records = 8192;

    /// Throws: std::bad_alloc.
    explicit scheduler(const scheduler_config& config);
    ~scheduler();
    scheduler(const scheduler&) = delete;
    scheduler& operator=(const scheduler&) = delete;

    scheduler* predecessor = nullptr; // in a fork child: the parent's, left as it is, and not lost

    unsigned concurrency() const noexcept { return seats_.count(); }
    std::uint64_t uid() const noexcept { return uid_; }
    std::uint32_t generation() const noexcept { return generation_; }
    void* owner() const noexcept { return config_.context; }
    /// For a thread that has just begun. Returns: where the seats are, if that matters to its work; else null.
    const seat_plan* plan_before_work() noexcept {
        if (try_begin_plan(true)) make_plan();
        return seating_.plan();
    }
    /// Returns: a seat that no thread has taken, the last of them; the last of all if there is none. A hint.
    unsigned vacant_seat() const noexcept { return seating_.vacant_seat(); }
    bool is_from_this_process() const noexcept {
        return generation_ == fork_generation.load(relaxed);
    } // changes in a child only
    /// Whether a thread is awake and looks for work. A hint.
    bool has_searchers() const noexcept { return seats_.load().searching() != 0; }
    void add_to(pool_stats& sum) const noexcept;

    // ---- forks and joins: the slow paths (wake.hpp, waiting.hpp) -----------------------------------------------------

    /// A push that found the request set, or the deque full. False: not pushed, make it a call.
    bool push_slow(worker& own, std::uint32_t position, job_function function, job* frame) noexcept;
    /// Serves a request: exposes the older half of what is private, and wakes.
    service serve_request(worker& own) noexcept;
    /// Whether the outermost call has taken long enough by the tick `now` to wake others for.
    bool may_wake(worker& own, std::int64_t now) noexcept;
    /// A join that found its job public. True: it is the caller's to run. False: its thief has run it.
    /// Throws: std::runtime_error in a fork child whose parent has the thief.
    bool join_slow(worker& own, std::uint32_t position, job& forked, injector_entry& entry);

    // ---- waiting (waiting.hpp) -----------------------------------------------------------------------------------------

    /// Waits for a job that another thread may have claimed. True: the caller has claimed it, and runs it.
    bool wait_for_job(worker& own, job& awaited, injector_entry& entry);
    /// (No lambda: as part of a class it would be another type in each file, and each would compile its own scheduler.)
    struct never {
        constexpr bool operator()() const noexcept { return false; }
    };
    /// Blocks until is_ready(). help() runs something inside what is awaited, if there is any, and says whether it did;
    /// announce() tells who makes it ready that this record sleeps, false when it is ready by now; can_help() ends a
    /// sleep, and whoever makes it true posts a permit.
    template <class IsReady, class Help, class Announce, class CanHelp = never>
    void wait_until(worker& own, IsReady&& is_ready, Help&& help, Announce&& announce, CanHelp&& can_help = CanHelp());
    /// Takes and runs one job from the thief of `awaited`, if it is surely inside.
    bool leapfrog(worker& own, const job& awaited) noexcept;
    /// Takes and runs one job from any worker that serves a job of `inside`.
    bool leapfrog_scope(worker& own, const scope& inside) noexcept;

    // ---- membership (foreign.hpp) --------------------------------------------------------------------------------------

    /// A record for a foreign thread, null when there can be none.
    worker* lease_record() noexcept;
    void return_record(worker& leased) noexcept;
    void begin_foreign_call(worker& own) noexcept;
    void end_foreign_call(worker& own) noexcept;
    /// A member gives its seat up for something that may block, and takes one again. Blocks: never.
    void leave_seat(worker& own) noexcept;
    void return_to_seat(worker& own) noexcept;
    /// The same for a region that blocks, and may fork, too (S5). Requires: it is not inside of one.
    void begin_blocking(worker& own) noexcept;
    void end_blocking(worker& own) noexcept;

    // ---- work ----------------------------------------------------------------------------------------------------------

    injectors& shared() noexcept { return injectors_; }
    /// S2: after work was made visible, or a seat freed. Wakes or starts whom it takes. `by` need not be a member.
    void look(worker& by) noexcept;
    /// Runs a claimed job on top of the caller's stack.
    void run(worker& own, const job_slot& slot) noexcept;

    /// Jobs submitted and not finished; complete_submissions() runs and awaits them.
    void submission_begins(std::uint64_t count = 1) noexcept {
        submissions_.add(count);
        if (config_.whole != nullptr) [[unlikely]]
            config_.whole->submission_begins(count);
    }
    /// Unless the caller is a member, its last access to the pool.
    void submission_ends() noexcept;
    /// Whether it matters where a thread is.
    bool has_places() const noexcept { return seating_.plan() != nullptr; }
    /// A thread that holds no seat is about to make work known: it is near the one where the kernel has it run.
    void come_by(worker& own) noexcept;
    /// A job that was submitted near the seat `from` has run.
    void count_injected(worker& runner, unsigned from) noexcept;

    /// `own`: the caller's record, null if it can have none.
    void complete_submissions(worker* own);
    /// A pool that could get no thread: who waits for it runs what was submitted. Returns: whether there was anything.
    bool help_without_threads() noexcept {
        return threads_.load(relaxed) == 0 && run_alone();
    } // stale: helped too much
    /// Ends and joins the threads. Requires: nothing is under way.
    void stop();
    /// At exit: nothing starts here any more.
    void begin_end() noexcept;
    /// Then: threads at work get until `deadline`. The calling one may be one of them.
    void abandon(std::int64_t deadline) noexcept;
    /// A thread that waits once the pool is at its end: nobody else comes to what it waits for, which may need what is in the
    /// list of another group (a scope that is not joined yet) or was submitted. So it runs whatever lies there, as
    /// complete_submissions() does. Returns: whether there was anything.
    bool help_abandoned() noexcept;            // no member
    bool help_abandoned(worker& own) noexcept; // a member: it waited when the pool's end began
    bool is_stopping() const noexcept { return stopping_.load(acquire); } // sync(X1) acquire: after stop()'s release

private:
    friend class pool_thread;

    // wake.hpp
    service expose_at_once(worker& own) noexcept;
    bool wake_one(worker& by) noexcept;
    void wake_up_to(worker& by, std::uint32_t count) noexcept;
    bool wake_or_start(worker& by, bool in_debt) noexcept;
    bool start_one(worker& by, bool in_debt) noexcept;
    bool has_visible_work() const noexcept;
    bool has_stranded_work() const noexcept;
    bool must_wake_in_debt() const noexcept;
    void seat_was_freed(worker& by, seats_view after, bool is_stranding = false) noexcept;
    void ask_everybody(const worker& by) noexcept;
    void prepare_poll(worker& own) noexcept;
    bool can_start() const noexcept;
    bool has_private_work(const worker& but) const noexcept;
    worker& wake_idle(worker& by) noexcept;
    void wake_waiter(worker& by) noexcept;
    bool withdraw_idle(worker& own) noexcept;
    bool withdraw_waiter(worker& own) noexcept;

    // search.hpp
    void work(worker& own) noexcept;
    bool read_machine(worker& own) noexcept;
    job_slot find(worker& own, std::int64_t window_ns) noexcept;
    template <class Look>
    job_slot look_until(worker& own, std::int64_t window_ns, Look&& look) noexcept;
    job_slot find_once(worker& own) noexcept;
    job_slot look_around(worker& own, victim_walk& walk, bool may_ask) noexcept;
    job_slot steal_nearest(worker& own) noexcept;
    static unsigned doublings_of(const worker& victim) noexcept;
    bool is_worth_the_way(const worker& own, const worker& victim) const noexcept;
    job_slot look_at_waker(worker& own) noexcept;
    job_slot steal_from(worker& own, worker& victim) noexcept;
    unsigned pauses_between_looks() const noexcept;
    void ask_again(const worker& own) noexcept;
    job_slot steal_any(worker& own) noexcept;
    job_slot deep_steal_any(worker& own) noexcept;
    bool try_spend_fence() noexcept;
    void settle_fence(std::int64_t measured_ns, bool found) noexcept;
    bool must_be_replaced(seats_view after) const noexcept;
    void run_found(worker& own, const job_slot& slot) noexcept;
    bool sleep_idle(worker& own) noexcept;
    bool try_unregister(worker& own) noexcept;
    bool try_repay(worker& own) noexcept;
    bool sleep_registered(worker& own, bool guardian) noexcept;

    // waiting.hpp
    template <class IsOver, class Announce>
    void sleep_as_waiter(worker& own, IsOver&& is_over, Announce&& announce) noexcept;
    bool begin_waiting(worker& own) noexcept;
    bool end_waiting(worker& own) noexcept;
    bool go_away(worker& own) noexcept;
    bool leave_waiting(worker& own) noexcept;
    void end_brief_call(worker& own) noexcept;
    void run_anything(worker& own) noexcept;
    job_slot leapfrog_from(worker& own, worker& victim, const serving_record::entry& seen) noexcept;

    // whereabouts.hpp
    bool try_begin_plan(bool before_work) noexcept;
    void make_plan() noexcept;
    const seat_plan* come_to(worker& own) noexcept;
    static void note_seat(worker& own, const seat_plan& plan, unsigned seat) noexcept;
    unsigned tier(const worker& one, const worker& other) const noexcept;
    void count_steal(worker& own, const worker& victim) noexcept;

    // threads.hpp
    bool run_alone() noexcept;
    bool has_abandoned_work() const noexcept { return is_stopping() && !injectors_.is_empty(); }
    void unpark_everybody() noexcept;
    bool start_thread_with_seat(worker& by) noexcept;
    bool attach(worker& fresh, bool foreign, std::uint32_t near) noexcept;

    worker& record(std::uint32_t index) const noexcept { return *records_[index].load(relaxed); }
    std::uint32_t record_count() const noexcept { return record_count_.load(acquire); } // sync(R2) acquire: attached

    const scheduler_config config_;
    const std::uint64_t uid_;
    const std::uint32_t generation_;
    const bool has_heavy_fence_;
    struct tables;
    tables* const tables_; // records and sleeper bits: zero pages

    atomic<worker*>* const records_; // of this pool, by index
    sleeper_set idle_, waiting_;     // by slot, by record index
    seating seating_;
    atomic<unsigned> plans_tried_{0}; // bits: before work, after
    atomic<std::uint32_t> record_count_{0};
    atomic<std::uint32_t> threads_{0}; // started or being started
    atomic<bool> start_failed_{false}; // the last time: waiters must do without (S4)
    atomic<bool> stopping_{false};
    atomic<bool> unsafe_wait_reported_{false};
    bool is_abandoned_ = false;  // by the thread that exits
    lock membership_;            // guards the next three, and attaching
    worker* returned_ = nullptr; // foreign records without a thread
    std::uint32_t foreign_records_ = 0;
    native_thread* const natives_; // of pool threads, by record index
    seats seats_;
    injectors injectors_;

    alignas(cache_line) group_count submissions_;

    alignas(cache_line) atomic<std::int64_t> next_fence_{0}; // the time from which a heavy fence may be spent
    atomic<std::int64_t> fence_cost_{20'000};                // measured; a guess before the first
    atomic<std::uint32_t> fence_backoff_{0};                 // failures in a row
};

/// Somebody has asked for work: who has any shares it. (no_worker is always asked, and has none.)
PEL_COLD inline void serve_with_private_jobs(worker& own) noexcept {
    if (own.deque.private_jobs() != 0) own.pool->serve_request(own);
}
/// For who runs one job after the other: these may push nothing, so nothing else would serve a request.
PEL_ALWAYS_INLINE void serve_request_between(worker& own) noexcept {
    if (own.deque.is_asked()) [[unlikely]]
        serve_with_private_jobs(own);
}

} // namespace detail
PEL_NAMESPACE_END
