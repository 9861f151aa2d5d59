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
#include <cstdlib>
#include <functional>
#include <string>

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
    ~node_pools();

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
                     [this](std::exception_ptr error) {
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
    unsigned max_threads = 0;                           ///< the pool's threads, callers not counted; 0: 4 × seats + 16
    std::size_t stack_size = 0;                         ///< bytes, of the pool's threads; 0: the system's default
    std::chrono::nanoseconds spin = std::chrono::microseconds(200); ///< search or wait before sleep; 0 allowed
    std::string name = "pel";                                       ///< threads are called "pel/3"
    std::function<void(unsigned)> on_worker_start = {}; ///< on the new thread, with its index; must not wait for work
    std::function<void(unsigned)> on_worker_stop = {};  ///< likewise, when it ends
    std::function<void(std::exception_ptr)> on_unhandled = {}; ///< what escapes a post; default: std::terminate
};

/// Where one of a pool's seats is: where one of its threads runs, if it is bound.
struct seat_place {
    unsigned pu = 0;                       ///< logical index, of topology::pus()
    unsigned node = 0;                     ///< likewise of numa_nodes(); their number, if there is none
    pel::binding bound_to = binding::none; ///< core, numa_node, or none: the thread may run elsewhere
};

/// Threads that share work. Any thread may call everything; a call takes part in its own work meanwhile.
class thread_pool {
public:
    /// Requires: concurrency at most 2047; 0 means the default, as in the options. Throws: std::invalid_argument,
    /// std::bad_alloc. Cost: starts no thread; threads start one by one when there is work for them.
    explicit thread_pool(unsigned concurrency);
    explicit thread_pool(thread_pool_options options = {});
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;
    /// Completes what was submitted and posted, then joins the threads. Blocks. Requires: no other call is under way;
    /// from inside one of its own tasks it ends the program with a message.
    ~thread_pool();

    /// Runs f here and now as a task of this pool: inside, the calling thread is a worker and holds a seat.
    /// Returns: what f returns. Throws: what f throws. Cost: some 30 ns outside the pool, nothing inside.
    template <class F>
    auto execute(F&& f) -> std::invoke_result_t<F> {
        const detail::foreign_call call(core());
        return std::invoke(std::forward<F>(f));
    }

    /// Hands f to the pool. Returns: a future of its result. Throws: std::bad_alloc.
    template <class F>
        requires std::invocable<std::decay_t<F>&>
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

    /// Hands f to the pool, as what pel::with() has made of it: it begins when it has its units. Throws: std::bad_alloc.
    /// Defined in pel/graph/with.hpp.
    template <class F, std::size_t N>
    auto submit(limited_function<F, N> f) -> future<std::invoke_result_t<F&>>;

    /// Awaited: a pel::task goes on in this pool, after what is ready there. Defined in pel/coro/schedule.hpp.
    auto schedule();

    /// Hands f to the pool and forgets it. What escapes f goes to on_unhandled. Throws: std::bad_alloc.
    template <class F>
    void post(F&& f) {
        using function = std::decay_t<F>;
        constexpr bool has_effect = detail::callable_for_effect<function&>;
        static_assert(
            has_effect || !std::invocable<function&>,
            "pel::thread_pool::post: nobody awaits the coroutine that f returns, so it would never begin: say "
            "pool.submit(f()) or async_scope::spawn(f())");
        static_assert(std::invocable<function&>, "pel::thread_pool::post: f must be callable as f()");
        if constexpr (has_effect)
            (void)submit(detail::posted_call<function>{std::forward<F>(f), &options_.on_unhandled});
    }

    /// Returns: the number of seats: how many threads look for work at once, callers included.
    unsigned concurrency() const noexcept { return seats_; }
    const topology& machine() const noexcept { return options_.topology; }
    /// Returns: counters since the pool was made, those of par.on_node()'s threads included. Exact when nothing runs.
    pool_stats stats() const;
    /// Returns: what two threads have in common, at least, that are so far apart as a tier of stats() says: "core",
    /// "L3", "remote 21". Empty as long as the pool has not needed to know, and counts all in the first.
    std::vector<std::string> tiers() const;
    /// Returns: where its seats are, in the order of the machine, which this reads. Throws: std::bad_alloc.
    std::vector<seat_place> places() const;
    /// Returns: how far apart two seats are, as an index into tiers(). Reads the machine. Requires: both < concurrency().
    /// Throws: std::bad_alloc.
    unsigned tier(unsigned seat, unsigned other) const { return places_.make_plan().order().tier(seat, other); }

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
    mutable detail::lock restart_;
    mutable detail::atomic<detail::scheduler*> core_{nullptr};
    mutable detail::node_pools node_pools_;
};

/// The pool of all who name none. Made at first use, never destroyed; its threads end with the process.
/// Throws at first use: as thread_pool's constructor, also for a PEL_NUM_THREADS that is no number from 1 to 2047.
thread_pool& default_pool();

/// Sets what the default pool is made from. Throws: std::logic_error once it exists; std::invalid_argument.
void configure_default_pool(thread_pool_options options);

namespace detail {

/// The library's own way to a pool's scheduler.
struct pool_access {
    static scheduler& core(const thread_pool& pool) { return pool.core(); }
    static const pool_machine& places(const thread_pool& pool) { return pool.places_; }
    /// The pool whose scheduler it is.
    static thread_pool& owner(const scheduler& core) { return *static_cast<thread_pool*>(core.owner()); }
    static thread_pool& node_pool(const thread_pool& pool, unsigned node) {
        const thread_pool& whole = pool.whole_ != nullptr ? *pool.whole_ : pool;
        return whole.node_pools_.get(whole, node);
    }
    static scheduler_config config_of(const thread_pool& pool);
    static void abandon(thread_pool& pool) noexcept {
        scheduler* const core = pool.core_.load(acquire); // sync(K1) acquire: as in thread_pool::core()
        if (core->is_from_this_process()) core->abandon(100'000'000);
        pool.node_pools_.for_each([](thread_pool& each) { abandon(each); });
    }
    /// The scheduler that a policy names, or null.
    template <class Policy>
    static scheduler* chosen(const Policy& policy) {
        return policy.pool_ != nullptr ? &core(*policy.pool_) : nullptr;
    }
};

/// The scheduler of the calling worker's pool, else of the default pool.
inline scheduler& current_scheduler() {
    scheduler* const pool = current_worker->pool;
    return pool != nullptr ? *pool : pool_access::core(default_pool());
}

/// Returns: PEL_NUM_THREADS, 0 if it is not set. Throws: std::invalid_argument.
inline unsigned threads_from_environment() {
    const char* text = std::getenv("PEL_NUM_THREADS");
    if (text == nullptr || *text == '\0') return 0;
    unsigned value = 0;
    const char* at = text;
    for (; *at >= '0' && *at <= '9' && value <= seats::most_seats; ++at)
        value = value * 10 + static_cast<unsigned>(*at - '0');
    if (*at != '\0' || value == 0 || value > seats::most_seats) {
        throw_error<std::invalid_argument>("pel: PEL_NUM_THREADS is \"" + std::string(text) +
                                           "\", not a number from 1 to " + std::to_string(seats::most_seats));
    }
    return value;
}

} // namespace detail

inline thread_pool::thread_pool(unsigned concurrency)
    : thread_pool([&] {
          thread_pool_options options;
          options.concurrency = concurrency;
          return options;
      }()) {}

inline thread_pool::thread_pool(thread_pool_options options)
    : options_(std::move(options)), seats_(choose_seats()),
      places_(options_.topology, seats_, options_.binding, options_.smt, detail::placement::any_node) {
    core_.store(make_core(), detail::release); // sync(K1) release: constructed
}

inline thread_pool::thread_pool(const thread_pool& whole, unsigned node)
    : options_(whole.options_), whole_(&whole), seats_(whole.places_.seats_on(node)),
      places_(options_.topology, seats_, binding::numa_node, options_.smt, node) {
    core_.store(make_core(), detail::release); // sync(K1) release: constructed
}

inline pool_stats thread_pool::stats() const {
    pool_stats sum;
    core().add_to(sum);
    node_pools_.for_each([&](const thread_pool& each) { each.core().add_to(sum); });
    return sum;
}

inline unsigned thread_pool::choose_seats() const {
    unsigned wanted = options_.concurrency;
    if (wanted == 0) wanted = detail::threads_from_environment();
    if (wanted == 0) {
        wanted = std::min(options_.topology.concurrency(), detail::seats::most_seats);
        const std::size_t cores = options_.smt ? 0 : options_.topology.cores().size();
        if (cores != 0 && cores < wanted) wanted = static_cast<unsigned>(cores);
    }
    if (wanted > detail::seats::most_seats) {
        detail::throw_error<std::invalid_argument>("pel::thread_pool: concurrency " + std::to_string(wanted) +
                                                   " is more than " + std::to_string(detail::seats::most_seats));
    }
    if (options_.max_threads > detail::seats::most_threads) {
        detail::throw_error<std::invalid_argument>("pel::thread_pool: max_threads " +
                                                   std::to_string(options_.max_threads) + " is more than " +
                                                   std::to_string(detail::seats::most_threads));
    }
    if (options_.spin < std::chrono::nanoseconds(0)) {
        detail::throw_error<std::invalid_argument>("pel::thread_pool: spin " + std::to_string(options_.spin.count()) +
                                                   " ns is negative");
    }
    return wanted;
}

inline detail::scheduler* thread_pool::make_core() const {
    return new detail::scheduler(detail::pool_access::config_of(*this));
}

inline detail::scheduler_config detail::pool_access::config_of(const thread_pool& pool) {
    const thread_pool_options& options = pool.options_;
    scheduler_config config;
    config.seats = pool.seats_;
    config.max_threads =
        options.max_threads != 0 ? options.max_threads : std::min(4 * pool.seats_ + 16, seats::most_threads);
    config.stack_size = options.stack_size;
    config.spin_ns = options.spin.count();
    config.context = const_cast<thread_pool*>(&pool);
    config.prepare = [](void* context, unsigned index) {
        const auto& its = *static_cast<const thread_pool*>(context);
        char name[32]; // the kernel keeps 15 characters
        std::snprintf(name, sizeof name, "%.9s/%u", its.options_.name.c_str(), index);
        name_this_thread(name);
        its.places_.widen_affinity();
    };
    config.on_start = [](void* context, unsigned index) {
        const auto& hook = static_cast<const thread_pool*>(context)->options_.on_worker_start;
        if (hook) hook(index);
    };
    config.on_stop = [](void* context, unsigned index) {
        const auto& hook = static_cast<const thread_pool*>(context)->options_.on_worker_stop;
        if (hook) hook(index);
    };
    config.wants_plan = [](void* context, bool before_work) {
        return static_cast<const thread_pool*>(context)->places_.wants_plan(before_work);
    };
    config.make_plan = [](void* context) { return static_cast<const thread_pool*>(context)->places_.useful_plan(); };
    config.settle = [](void* context, const seat_plan& plan, unsigned seat) {
        return static_cast<const thread_pool*>(context)->places_.settle(plan, seat);
    };
    return config;
}

inline std::vector<seat_place> thread_pool::places() const {
    const detail::placement& all = places_.make_plan().places();
    std::vector<seat_place> found(seats_);
    for (unsigned seat = 0; seat < seats_; ++seat) found[seat] = {all[seat].pu, all[seat].node, all[seat].bound_to};
    return found;
}

inline std::vector<std::string> thread_pool::tiers() const {
    std::vector<std::string> names;
    const detail::seat_plan* const plan = places_.try_get_plan();
    for (unsigned tier = 0; plan != nullptr && tier < plan->distances().tiers(); ++tier)
        names.push_back(plan->distances().tier_at(tier).name);
    return names;
}

/// In a fork child: the parent's scheduler is left as it is, with threads that do not exist here.
PEL_COLD inline detail::scheduler& thread_pool::restart() const {
    const detail::lock_guard guard(restart_);
    detail::scheduler* current = core_.load(detail::relaxed); // under the lock
    if (!current->is_from_this_process()) {
        detail::scheduler* const of_parent = current;
        current = make_core();
        current->predecessor = of_parent;
        core_.store(current, detail::release); // sync(K1) release: constructed
    }
    return *current;
}

inline thread_pool::~thread_pool() {
    detail::scheduler* const core = core_.load(detail::acquire); // sync(K1) acquire: as in core()
    if (!core->is_from_this_process()) return;
    bool is_inside = detail::current_worker->pool == core;
    for (auto* level = detail::current_worker->level; level != nullptr; level = level->outer)
        is_inside = is_inside || level->pool == core;
    if (is_inside) {
        std::fputs("pel::thread_pool: destroyed by one of its own tasks\n", stderr);
        std::terminate();
    }
    {
        const detail::foreign_call call(*core);
        core->complete_submissions(call.own());
    }
    if (!core->is_from_this_process()) return; // a task forked, and this is the child
    core->stop();
    delete core;
}

namespace detail {

struct node_pools::list {
    list(const thread_pool& whole, unsigned of) : node(of), pool(whole, of) {}
    const unsigned node;
    thread_pool pool;
    list* next = nullptr;
};

inline node_pools::~node_pools() {
    for (list* each = first_.load(acquire); each != nullptr;) { // sync(K3) acquire: it
        list* const done = each;
        each = each->next;
        delete done;
    }
}

template <class Do>
void node_pools::for_each(const Do& action) const {
    for (list* each = first_.load(acquire); each != nullptr; each = each->next) // sync(K3) acquire: it
        action(each->pool);
}

/// Threads that race may make the same one twice, and then use the first in the list.
inline thread_pool& node_pools::get(const thread_pool& whole, unsigned node) {
    list* first = first_.load(acquire); // sync(K3) acquire: the pools
    const auto find = [&]() -> thread_pool* {
        for (list* each = first; each != nullptr; each = each->next) {
            if (each->node == node) return &each->pool;
        }
        return nullptr;
    };
    thread_pool* found = find();
    if (found != nullptr) return *found;
    list* const fresh = new list(whole, node);
    do {
        found = find();
        if (found != nullptr) {
            delete fresh;
            return *found;
        }
        fresh->next = first;
    } while (!first_.compare_exchange(first, fresh, acq_rel)); // sync(K3) acq_rel: it; or those that came first
    return fresh->pool;
}

/// Published, never destroyed, and made by whoever comes first: no lock that a fork child could find held.
inline constinit once_pointer<thread_pool> the_default_pool;

/// What the default pool is to be made from: the newest of what was configured. Never freed, since somebody may read it.
struct configured_options {
    thread_pool_options options;
    const configured_options* older;
};
inline constinit atomic<const configured_options*> default_pool_options{nullptr};

/// Ends the default pool's idle threads at exit; running ones get 100 ms. What calls later runs alone.
inline void abandon_default_pool() noexcept {
    if (thread_pool* const pool = the_default_pool.try_get()) pool_access::abandon(*pool);
}

PEL_COLD inline thread_pool& make_default_pool() {
    static constinit atomic<bool> ends_at_exit{false};
    do_once(ends_at_exit, [] { call_at_exit([] { abandon_default_pool(); }); });
    return the_default_pool.get_or_build([] {
        // sync(K2) acquire: what was configured
        const configured_options* const newest = default_pool_options.load(acquire);
        return newest == nullptr ? new thread_pool() : new thread_pool(newest->options);
    });
}

} // namespace detail

inline thread_pool& default_pool() {
    thread_pool* const pool = detail::the_default_pool.try_get();
    return pool != nullptr ? *pool : detail::make_default_pool();
}

inline void configure_default_pool(thread_pool_options options) {
    if (detail::the_default_pool.try_get() != nullptr)
        detail::throw_error<std::logic_error>("pel::configure_default_pool: the default pool exists already");
    auto* const newest = new detail::configured_options{std::move(options), nullptr};
    const detail::configured_options* older = detail::default_pool_options.load(detail::relaxed); // CAS below
    do {
        newest->older = older;
    } while (!detail::default_pool_options.compare_exchange(older, newest, detail::acq_rel)); // sync(K2) acq_rel: them
}

PEL_NAMESPACE_END
