// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task that begins after others: a node, the job that it becomes when it is ready, and what it holds. Handles, its pool
// (until it is done) and those that look for cycles count it.
//   its maker: begin_after().  who has claimed it: serve().  any thread: the rest of what is public.
// I4  a task is counted as a submission of its pool from when it is ready until it is done, or has passed the count on.
//     One that waits is not: a task of the same pool that it waits for is. If all may be of other pools, it is counted.
// I5  who ends a task of a pool is of that pool, or inside a call of it. Others send what they make ready.
//   SA3: a reference dropped -> the last one: everything done with the task, before it is destroyed.
//   SA4: send()'s last store -> await_sender(): the sender has left the pool, which may end from then on.
#pragma once

#include <pel/detail/graph/after/node.hpp>
#include <pel/detail/sched/injected.hpp>

#include <memory>

PEL_NAMESPACE_BEGIN
namespace detail {

class task_core;

/// The library's own way to the task of a handle.
struct task_access {
    template <class Handle>
    static task_core& core(const Handle& handle) noexcept {
        return *handle.core_;
    }
    template <class Handle>
    static Handle make(task_core* core) noexcept {
        return Handle(core);
    }
};

/// The task that the calling thread runs, and those below it on its stack.
struct running_task {
    task_core* task;
    const scope* inside; // opened for it; null: of a thread without a record
    const running_task* outer;
};
[[gnu::tls_model("initial-exec")]] inline constinit thread_local const running_task* running_here = nullptr;

/// The task whose code is the caller; null: none of this thread's. (A fork or loop of a task may be on any thread.)
inline task_core* task_of_caller() noexcept {
    const running_task* const here = running_here;
    if (here == nullptr) return nullptr;
    const scope* around = current_worker->innermost;
    while (around != nullptr && around != here->inside) around = around->parent();
    return around == here->inside ? here->task : nullptr;
}

/// A thread that sleeps until a task is done: whom to tell, in the task's list.
struct waiting_thread : task_edge {
    explicit waiting_thread(worker& own) noexcept : record(&own) {}
    worker* const record;
    completion state;
};

/// Edges that found no place in their task.
struct edge_block {
    edge_block* next;
    std::uint32_t size;

    task_edge* edges() noexcept { return reinterpret_cast<task_edge*>(this + 1); }
    static std::size_t bytes(std::uint32_t size) noexcept { return sizeof(edge_block) + size * sizeof(task_edge); }
    /// Throws: std::bad_alloc.
    static edge_block* make(worker& by, std::uint32_t size, edge_block* next) {
        auto* const made = ::new (allocate_frame(by, bytes(size))) edge_block{next, size};
        std::uninitialized_value_construct_n(made->edges(), size);
        return made;
    }
    static void free_all(edge_block* first) noexcept {
        while (first != nullptr) {
            edge_block* const each = std::exchange(first, first->next);
            frame_pool::release(each, bytes(each->size), &current_worker->frames);
        }
    }
};

class task_core : public injected_job, public task_node {
public:
    static constexpr std::uint64_t anything = ~std::uint64_t{0}; // a "wait" of a thread that may run whatever there is

    explicit task_core(scheduler& pool, bool is_limited = false) noexcept
        : injected_job(pool, &act), is_limited_(is_limited) {}

    virtual void call() noexcept = 0;    // the callable, which is gone afterwards
    virtual void drop() noexcept = 0;    // it, uncalled
    virtual void destroy() noexcept = 0; // frees this
    // Of one that is_limited: it runs with units of resources (limited_task.hpp).
    virtual bool get_units() noexcept { return true; } // false: somebody else serves it, once it has them
    virtual void return_units() noexcept {}
    virtual bool give_up() noexcept { return false; } // true: it will not begin, and waits no more

    /// Throws: std::runtime_error in a fork child, for a task of the parent that is not done.
    void check_process() const {
        if (generation_ != fork_generation.load(relaxed) && !is_done()) throw_lost_in_fork(); // changes in a child only
    }

    /// Requires: a reference, or that node.hpp says that it lives.
    void hold() noexcept { references_.fetch_add(1, relaxed); }
    /// Returns: whether that was the last reference; the caller then destroys it.
    bool let_go() noexcept {
        if (references_.load(acquire) == 1) return true; // sync(SA3) acquire: nobody else can come by one
        if (references_.fetch_sub(1, detail::release) != 1) return false; // sync(SA3) release: done with it
        (void)references_.load(acquire);                                  // sync(SA3) acquire: so are all others
        return true;
    }
    void release() noexcept {
        if (let_go()) destroy();
    }

    /// Its maker, once: begins it when all of `predecessors` are done, `size` handles that are checked. Throws:
    /// std::bad_alloc; then the maker destroys the task.
    template <class Predecessors>
    void begin_after(const Predecessors& predecessors, std::size_t size);
    /// True: this task begins after `other` is done. Throws: std::logic_error for a cycle, std::bad_alloc.
    bool add_predecessor(task_core& other);
    /// The running task: is not done before `other` is. Throws: as add_predecessor().
    void hand_over_to(task_core& other);
    /// True: it will not begin.
    bool cancel() noexcept;
    void wait();

    /// Runs or ends this task, which the caller has claimed, and then those that it makes ready and `wait` wants.
    void serve(worker& own, std::uint64_t wait) noexcept;

protected:
    ~task_core() = default;

    void send() noexcept;
    bool must_run() const noexcept { return end() == task_end::completed && !has_handed_over(); }

private:
    friend class task_walk;
    friend class task_wait;
    struct ready_list;

    static constexpr std::uint32_t places = 2; // for edges, in the task
    static constexpr unsigned longest_run = 1024;

    static void act(const job_slot& claimed, worker& runner, job_action) noexcept {
        // On top of a wait, which was to run something else, it is one task at a time.
        const bool goes_on = runner.is_member() && !runner.is_foreign && running_here == nullptr;
        static_cast<task_core&>(*claimed.frame).serve(runner, goes_on ? anything : 0);
    }
    task_edge& next_edge(worker& by);
    void attach(task_edge& edge, task_core& predecessor) noexcept;
    void count_across(const task_core& other) noexcept;
    void count() noexcept;
    bool run(worker& own) noexcept;
    bool try_return() noexcept;
    void start() noexcept;
    void await_sender() const noexcept;
    static task_core* end_all(task_core& first, std::uint64_t wait) noexcept;

    atomic<std::uint32_t> references_{2}; // the handle's, the pool's
    atomic<bool> is_being_sent_{false};
    bool was_sent_ = false;
    const bool is_limited_;
    bool keeps_count_ = false;     // waits for a task of another pool, after it has run
    std::uint8_t used_places_ = 0; // of places_, by a task that runs
    const std::uint32_t generation_ = fork_generation.load(relaxed);
    task_core* later_ = nullptr;        // in a list of who ends or runs it
    task_core* next_in_walk_ = nullptr; // guarded by the lock of edges.hpp, like the next
    std::uint64_t walked_by_ = 0;
    edge_block* more_edges_ = nullptr;
    task_edge places_[places];
};

// ---- running and ending ------------------------------------------------------------------------------------------------

inline void task_core::await_sender() const noexcept {
    if (!was_sent_) return;
    while (is_being_sent_.load(acquire)) yield_thread(); // sync(SA4) acquire: it has left the pool
}

/// Ready, found so by a thread that may not be inside the pool (I5).
inline void task_core::send() noexcept {
    if (!is_served()) return inject();
    hold();
    was_sent_ = true; // published by the injector's lock
    is_being_sent_.store(true, relaxed);
    inject();
    is_being_sent_.store(false, detail::release); // sync(SA4) release: out of the pool
    release();
}

/// The callable, as the scheduler would run a job of its own. Returns: whether `own` is said to serve it from now on.
inline bool task_core::run(worker& own) noexcept {
    running_task here{this, nullptr, running_here};
    const bool is_inside = own.is_member() && own.pool == &pool_;
    if (!is_inside) {
        running_here = &here;
        call();
    } else {
        scope* const outer = own.innermost;
        segment* const kept = own.open_segments;
        thief.store(own.id, relaxed); // a hint for leapfrogging
        own.serving.set(this, nullptr, own.deque.bottom());
        scope inside(nullptr, nullptr, 0, 0);
        own.open_scope(&inside);
        here.inside = &inside;
        running_here = &here;
        {
            const adopted_fp_environment adopted(own, fp_environment_);
            call();
        }
        if (own.open_segments != kept) spill_segments(own, kept);
        own.innermost = outer;
    }
    running_here = here.outer;
    return is_inside;
}

inline void task_core::serve(worker& own, std::uint64_t wait) noexcept {
    task_core* next = this;
    bool is_serving = false;
    for (unsigned turn = 0; next != nullptr; ++turn) {
        task_core& it = *std::exchange(next, next->later_);
        it.await_sender();
        it.count_run(own);
        edge_block::free_all(std::exchange(it.more_edges_, nullptr));
        const bool has_run = it.has_handed_over();
        if (it.is_limited_ && !has_run && !it.get_units()) continue;
        if (it.must_run())
            is_serving = it.run(own) || is_serving;
        else
            it.drop();
        if (it.is_limited_) it.return_units();
        if (!has_run && it.has_handed_over() && !it.try_return()) continue;
        task_core* const ready = end_all(it, turn < longest_run ? wait : 0);
        if (ready == nullptr) continue;
        task_core* last = ready;
        while (last->later_ != nullptr) last = last->later_;
        last->later_ = std::exchange(next, ready);
    }
    // Not after each: nobody waits for one that is done, and who waits for another in its place asks that one's thief.
    if (is_serving) own.serving.set(nullptr, nullptr, own.deque.bottom());
}

/// After a run that has handed over. False: who tells it of the last that it waits for ends it; it may be gone. What it
/// waits for in this pool is counted, if it is not done (I4).
inline bool task_core::try_return() noexcept {
    scheduler& pool = pool_;
    const bool passes_on = is_counted_ && !keeps_count_;
    if (passes_on) is_counted_ = false;
    const bool is_ours = has_returned();
    if (is_ours)
        is_counted_ = is_counted_ || passes_on;
    else if (passes_on)
        pool.submission_ends();
    return is_ours;
}

/// What is found ready while others end.
struct task_core::ready_list {
    const scheduler& pool;
    const bool is_served;
    const std::uint64_t wait;
    task_core* to_end = nullptr;
    task_core* next = nullptr; // oldest first
    task_core* last = nullptr;

    PEL_ALWAYS_INLINE void add(task_core& task, bool is_wanted) noexcept {
        if (&task.pool_ != &pool) {
            task.send();
        } else if (!task.must_run()) {
            task.later_ = std::exchange(to_end, &task);
        } else if (!is_served || (next == nullptr && (wait == anything || (wait != 0 && is_wanted)))) {
            task.later_ = nullptr; // nobody serves the injectors: then all
            (next == nullptr ? next : last->later_) = &task;
            last = &task;
        } else {
            task.inject();
        }
    }
};

/// Ends a task that has run or was dropped, and all that end with it. Returns: the caller's to run next, or null.
inline task_core* task_core::end_all(task_core& first, std::uint64_t wait) noexcept {
    scheduler& pool = first.pool_;
    bool has_count = std::exchange(first.is_counted_, false);
    ready_list ready{.pool = pool, .is_served = first.is_served(), .wait = wait};
    for (task_core* ending = &first; ending != nullptr;) {
        task_core& it = *ending;
        edge_block::free_all(std::exchange(it.more_edges_, nullptr));
        for (task_edge *edge = it.close(), *following = nullptr; edge != nullptr; edge = following) {
            following = edge->next;
            if (edge->successor == nullptr) {
                auto& sleeper = static_cast<waiting_thread&>(*edge);
                worker& record = *sleeper.record;
                (void)sleeper.state.finish(); // its last access
                record.sleep.unpark();
            } else {
                auto& successor = static_cast<task_core&>(*edge->successor);
                const arrival came = successor.arrive(*edge, it, wait);
                if (came.is_ready) ready.add(successor, came.is_wanted);
            }
        }
        if (std::exchange(it.is_counted_, false)) pool.submission_ends(); // for what it waited for in another pool
        it.release();
        ending = ready.to_end;
        if (ending == nullptr) break;
        ready.to_end = ending->later_;
        ending->drop();
    }
    if (has_count && ready.next != nullptr && !ready.next->is_counted_)
        ready.next->is_counted_ = std::exchange(has_count, false);
    if (has_count) pool.submission_ends();
    return ready.next;
}

/// Ready, and nobody has it: by a thread inside the pool, or about to be.
inline void task_core::start() noexcept {
    if (must_run()) return inject();
    drop();
    for (task_core* next = end_all(*this, 0); next != nullptr;) std::exchange(next, next->later_)->inject();
}

} // namespace detail
PEL_NAMESPACE_END
