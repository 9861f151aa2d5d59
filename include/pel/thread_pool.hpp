// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pools: how many threads may work at once, and the process-wide default. Work is sent with execute, submit and post, or
// with the free functions of the other headers, which use the calling worker's pool and elsewhere the default.
#pragma once

#include <pel/detail/platform/duration.hpp>
#include <pel/detail/sched/binding.hpp>
#include <pel/detail/sched/callable.hpp>
#include <pel/detail/sched/foreign.hpp>
#include <pel/detail/sched/pool_machine.hpp>
#include <pel/future.hpp>
#include <pel/topology.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <string>
#include <vector>

PEL_NAMESPACE_BEGIN
class thread_pool;
template <class F, std::size_t N>
class limited_function;

namespace detail {

struct pool_access;

/// The pools of single nodes that belong to a pool: made at their first use.
class node_pools {
public:
    constexpr node_pools() noexcept = default;
    node_pools(const node_pools&) = delete;
    node_pools& operator=(const node_pools&) = delete;
    ~node_pools() { end(); }
    /// Requires: nothing is under way in them.
    void end() noexcept;

    /// Throws: std::invalid_argument if nobody may work on the node, std::bad_alloc.
    thread_pool& get(const thread_pool& whole, unsigned node);
    template <class Do>
    void for_each(const Do& action) const;

private:
    struct list;
    atomic<list*> first_{nullptr}; // K3: release by who adds one -> acquire: the pool is complete
};

/// What post() submits: nothing escapes it.
template <class F>
struct posted_call {
    F function;
    const std::function<void(std::exception_ptr)>* on_unhandled;

    void operator()() {
        call_guarded([this] { std::invoke(function); },
                     [this](std::exception_ptr error) noexcept { // what on_unhandled throws ends the program
                         if (!*on_unhandled) std::terminate();
                         (*on_unhandled)(std::move(error));
                     });
    }
};

} // namespace detail

/// What a pool is made from. Every member may be left as it is.
struct thread_pool_options {
    unsigned concurrency = 0; ///< seats; 0: PEL_NUM_THREADS, else topology.concurrency(), or its cores without smt
    pel::topology topology = pel::topology::discover(); ///< read when a thread needs it
    pel::binding binding = binding::automatic;          ///< where its threads may run
    bool smt = true;                                    ///< false: one seat per core
    unsigned max_threads = 0;                           ///< callers not counted, up to 4095; 0: 4 × seats + 16, or 4095
    std::size_t stack_size = 0;                         ///< bytes, of the pool's threads; 0: the system's default
    std::chrono::nanoseconds spin = std::chrono::microseconds(200); ///< search or wait before sleep; 0 allowed
    std::string name = "pel"; ///< threads are called "pel/3"; 9 characters are used
    /// These may be called by several threads at once; what they throw ends the program.
    std::function<void(unsigned)> on_worker_start = {}; ///< on the new thread, with its index; must not wait for work
    std::function<void(unsigned)> on_worker_stop = {};  ///< likewise, when it ends
    /// For what escapes a post, by several threads at once. Default, and if it throws: std::terminate.
    std::function<void(std::exception_ptr)> on_unhandled = {};
};

/// Where one of a pool's seats is: where one of its threads runs, if it is bound.
struct seat_place {
    unsigned pu = 0;                       ///< logical index, of topology::pus()
    unsigned node = 0;                     ///< likewise of numa_nodes(); their number, if there is none
    pel::binding bound_to = binding::none; ///< core, numa_node, or none: the thread may run elsewhere
};

/// Threads that share work. Any thread may call everything; a call takes part in its own work meanwhile. So may at most
/// 2047 threads that are not its own, each from its first call until it ends: the calls of others run on those alone.
class thread_pool {
public:
    /// Requires: concurrency at most 2047; 0 means the default, as in the options. Throws: std::invalid_argument, also for
    /// more than 4095 max_threads, std::bad_alloc. Cost: starts no thread; threads start one by one when there is work.
    explicit thread_pool(unsigned concurrency);
    explicit thread_pool(thread_pool_options options = {});
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;
    /// Completes what was submitted and posted, on single nodes too, then joins the threads. Blocks. Requires: no other
    /// call is under way; from inside one of its own tasks it ends the program with a message. So does exit() in a task of a
    /// pool that is a static object, whose destructor that calls: leave such pools to default_pool(), or say quick_exit().
    ~thread_pool();

    /// Runs f here and now as a task of this pool: inside, the calling thread is a worker and holds a seat.
    /// Returns: what f returns. Throws: what f throws. Blocks: never for a seat (f may). At the end of the process, when its
    /// threads are gone, f is just called. Cost: some 30 ns outside the pool, nothing inside.
    template <class F>
    auto execute(F&& f) -> std::invoke_result_t<F> {
        const detail::foreign_call call(core());
        return std::invoke(std::forward<F>(f));
    }

    /// Hands f to the pool. Returns: a future of its result. Throws: std::bad_alloc, and what copying f throws.
    /// Blocks: never. At the end of the process, when its threads are gone, who waits for the future runs f. Cost: memory
    /// for f and its result, and a wake-up if a seat is free.
    template <class F>
        requires(std::invocable<std::decay_t<F>&> && !detail::coroutine_function<std::decay_t<F>&>)
    auto submit(F&& f) -> future<std::invoke_result_t<std::decay_t<F>>> {
        using result = std::invoke_result_t<std::decay_t<F>>;
        auto* state =
            detail::submitted_call<result, std::decay_t<F>>::make(core(), std::decay_t<F>(std::forward<F>(f)));
        state->inject();
        return detail::make_future(state);
    }

    /// Begins the coroutine as a task of the pool. Returns: a future of its result. Throws: std::bad_alloc;
    /// std::logic_error unless valid(). Defined in pel/coro/submit.hpp.
    template <class T>
    future<T> submit(task<T> coroutine);
    /// The same for what f() returns, a pel::task. f is called in a task of the pool and stays until the coroutine is over,
    /// so that it may use what f has captured: `pool.submit([n]() -> pel::task<int> { co_return n; })`.
    template <class F>
        requires detail::coroutine_function<std::decay_t<F>&>
    auto submit(F&& f);
    /// The same for anything else that a coroutine can await and that can be moved: `pool.submit(when_all(a(), b()))`.
    template <class T>
        requires(detail::is_other_awaitable<T> && !std::invocable<T&>)
    auto submit(T awaited);

    /// Hands f to the pool, as what pel::with() has made of it: it begins when it has its units. Throws: std::bad_alloc.
    /// Defined in pel/graph/with.hpp.
    template <class F, std::size_t N>
    auto submit(limited_function<F, N> f) -> future<std::invoke_result_t<F&>>;

    /// Awaited: a pel::task goes on in this pool, after what is ready there. Requires, Throws: as
    /// pel::resume_on(). Defined in pel/coro/schedule.hpp.
    auto schedule();

    /// Hands f to the pool and forgets it. What escapes f goes to on_unhandled. Throws, blocks, costs: as submit().
    /// At the end of the process f may never run.
    template <class F>
    void post(F&& f) {
        using function = std::decay_t<F>;
        constexpr bool has_effect = detail::callable_for_effect<function&>;
        static_assert(
            has_effect || !std::invocable<function&>,
            "pel::thread_pool::post: nobody awaits the coroutine that f returns, so it would never begin: say "
            "pool.submit(f) or async_scope::spawn(f)");
        static_assert(std::invocable<function&>, "pel::thread_pool::post: f must be callable as f()");
        if constexpr (has_effect)
            (void)submit(detail::posted_call<function>{std::forward<F>(f), &options_.on_unhandled});
    }

    /// Returns: the number of seats: how many threads look for work at once, callers included.
    unsigned concurrency() const noexcept { return seats_; }
    /// Returns: what it was made from, as long as the pool lives.
    const topology& machine() const noexcept { return options_.topology; }
    /// Returns: counters since the pool was made, those of par.on_node()'s threads included. Exact when nothing runs.
    pool_stats stats() const;
    /// Returns: what two threads have in common, at least, that are so far apart as a tier of stats() says: "core",
    /// "L3", "remote 21". Empty as long as the pool has not needed to know, and counts all in the first.
    std::vector<std::string> tiers() const;
    /// Returns: where its seats are, in the order of the machine, which this reads: some ms, the first time. Throws:
    /// std::bad_alloc.
    std::vector<seat_place> places() const;
    /// Returns: how far apart two seats are, as an index into tiers(). Reads the machine. Requires: both < concurrency().
    /// Throws: std::bad_alloc.
    unsigned tier(unsigned seat, unsigned other) const;

private:
    friend struct detail::pool_access;
    friend class detail::node_pools; // makes and keeps them

    thread_pool(const thread_pool& whole, unsigned node);

    detail::scheduler& core() const {
        detail::scheduler* const current = core_.load(detail::acquire); // sync(K1) acquire: the new one of a fork child
        return current->is_from_this_process() ? *current : restart();
    }
    detail::scheduler& restart() const;
    detail::scheduler* make_core() const;
    unsigned choose_seats() const;

    thread_pool_options options_;
    const thread_pool* const whole_ = nullptr; // whose node's threads these are
    unsigned seats_;
    detail::pool_machine places_;
    mutable detail::atomic<detail::scheduler*> core_{nullptr};
    mutable detail::node_pools node_pools_;
};

/// The pool of all who name none. Made at first use, never destroyed. At exit its threads end; those at work get 100 ms in
/// all, and what calls it after that runs on the calling thread alone. Its tasks may call exit(). Blocks: at first use only.
/// Throws at first use: as thread_pool's constructor, also for a PEL_NUM_THREADS that is no number from 1 to 2047.
thread_pool& default_pool();

/// Sets what the default pool is made from, with the errors that its constructor has, at first use. Throws:
/// std::logic_error once it exists. Thread safety: any thread; the last one that is in time counts.
void configure_default_pool(thread_pool_options options);

namespace detail {

/// The library's own way to a pool's scheduler.
struct pool_access {
    static scheduler& core(const thread_pool& pool) { return pool.core(); }
    static const pool_machine& places(const thread_pool& pool) { return pool.places_; }
    /// The pool whose scheduler it is.
    static thread_pool& owner(const scheduler& core) { return *static_cast<thread_pool*>(core.owner()); }
    static thread_pool& node_pool(const thread_pool& pool, unsigned node);
    static scheduler_config config_of(const thread_pool& pool);
    /// At exit: its threads, and those of its nodes, end; those at work get until `deadline`.
    static void abandon(const thread_pool& pool, std::int64_t deadline) noexcept;
    /// The scheduler that a policy names, or null.
    template <class Policy>
    static scheduler* chosen(const Policy& policy) {
        return policy.pool_ != nullptr ? &core(*policy.pool_) : nullptr;
    }
};

/// Published, never destroyed, and made by whoever comes first: no lock that a fork child could find held.
inline constinit once_pointer<thread_pool> the_default_pool;

thread_pool& make_default_pool();

} // namespace detail

inline thread_pool& default_pool() {
    thread_pool* const pool = detail::the_default_pool.try_get();
    return pool != nullptr ? *pool : detail::make_default_pool();
}

namespace detail {

/// The scheduler of the calling worker's pool, else of the default pool.
inline scheduler& current_scheduler() {
    scheduler* const pool = current_worker->pool;
    return pool != nullptr ? *pool : pool_access::core(default_pool());
}

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/core/pool_making.hpp>
#endif
