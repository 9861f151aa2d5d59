// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A scheduler for programs that begin in the middle: records in a chosen state, and the private parts by name, so that
// a protocol can be explored without what leads up to it.
#pragma once

#include <pel/parallel_invoke.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

namespace pel_test {

using namespace pel::detail;

/// Explicit instantiations may name private members: member(Tag) is a pointer to it.
template <class Tag, auto Member>
struct reveal {
    friend constexpr auto member(Tag) { return Member; }
};

#define PEL_TEST_REVEAL(tag, name)                                                                                     \
    struct tag {                                                                                                       \
        friend constexpr auto member(tag);                                                                             \
    };                                                                                                                 \
    template struct reveal<tag, &scheduler::name>

PEL_TEST_REVEAL(seats_of, seats_);
PEL_TEST_REVEAL(idle_of, idle_);
PEL_TEST_REVEAL(seating_of, seating_);
PEL_TEST_REVEAL(threads_of, threads_);
PEL_TEST_REVEAL(attach_to, attach);
PEL_TEST_REVEAL(work_of, work);
PEL_TEST_REVEAL(find_of, find);
PEL_TEST_REVEAL(read_machine_of, read_machine);
PEL_TEST_REVEAL(sleep_idle_of, sleep_idle);
PEL_TEST_REVEAL(sleep_registered_of, sleep_registered);
PEL_TEST_REVEAL(run_found_of, run_found);
PEL_TEST_REVEAL(try_repay_of, try_repay);

/// Two nodes, with one CPU each; and what a pool makes of them. Made once: immutable.
class two_nodes {
public:
    explicit two_nodes(unsigned seats) : machine_(make_machine()), plan_(machine_, seats, pel::binding::none, true) {}

    /// Requires: seats <= 3.
    static const seat_plan& plan_for(unsigned seats) {
        return seats == 1 ? one_.plan_ : seats == 2 ? two_.plan_ : three_.plan_;
    }

private:
    static machine make_machine() {
        machine made;
        for (const unsigned cpu : {0u, 1u}) {
            made.add_pu(cpu);
            made.home_nodes.push_back(cpu);
        }
        made.add_domain(0);
        for (const unsigned node : {0u, 1u}) {
            node_facts facts;
            facts.logical_index = facts.os_index = node;
            facts.pus = {made.pus.data() + node, 1};
            facts.has_memory = facts.is_home = true;
            made.nodes.push_back(pel::numa_node_info(facts));
        }
        made.distances = {10, 20, 20, 10};
        return made;
    }
    static const two_nodes one_, two_, three_;

    machine machine_;
    seat_plan plan_;
};
inline const two_nodes two_nodes::one_{1}, two_nodes::two_{2}, two_nodes::three_{3};

/// What a pool knows of its machine: nothing, its plan from the beginning, or its plan once a thread has read it.
enum class places { unknown, known, unread };

/// A pool none of whose threads is started; programs play them.
struct pool_world {
    const seat_plan& plan;
    model::plain<bool> is_read{false};
    void (*while_reading)(pool_world&) = nullptr;
    bool settles = true; // threads that have a seat are bound to it
    scheduler pool;

    explicit pool_world(unsigned seats, unsigned max_threads = 0, places its = places::unknown)
        : plan(two_nodes::plan_for(seats)),
          pool(scheduler_config{.seats = seats,
                                .max_threads = max_threads,
                                .context = this,
                                .wants_plan = its == places::unread ? &pool_world::wants_plan : nullptr,
                                .make_plan = &pool_world::read,
                                .settle = &pool_world::settle}) {
        model::name(pool, "pool");
        model::name(seats_word(), "seats");
        model::name(pool.shared(), "injectors");
        if (its != places::known) return;
        is_read.write(true);
        pool.shared().open(plan.injectors());
        (pool.*member(seating_of{})).publish(&plan);
    }
    seats& seats_word() { return pool.*member(seats_of{}); }
    seats_view seats_now() { return seats_word().load(); }

    // ---- records, made before the threads run ----

    /// Of a foreign thread that is in no call.
    worker& foreign(const char* name) { return named(*pool.lease_record(), name); }
    /// Of a pool thread that holds a seat and serves a job.
    worker& serving(const char* name) {
        worker& own = searching(name);
        seats_word().found();
        return own;
    }
    /// Of a pool thread that sleeps, and holds no seat.
    worker& idle(const char* name) {
        worker& own = searching(name);
        (pool.*member(idle_of{})).add(own.slot);
        bool guardian = false;
        seats_word().park_searcher(guardian, false);
        return own;
    }
    /// Of a pool thread that holds a seat and looks for work.
    worker& searching(const char* name) {
        worker& own = *record_table::take();
        (pool.*member(attach_to{}))(own, false, 0);
        (pool.*member(threads_of{})).fetch_add(1, relaxed);
        seats_word().enter();
        seats_word().search();
        own.beat = first_beat_ns;
        return named(own, name);
    }

    // ---- what threads do ----

    static void become(worker& own) {
        own.adopt_stack(this_stack());
        current_worker = &own;
    }
    /// The life of a pool thread from its sleep on.
    void sleep_and_work(worker& own) {
        become(own);
        (pool.*member(sleep_registered_of{}))(own, false);
        (pool.*member(work_of{}))(own);
    }
    /// The same up to and with its first job, which is a long one.
    void sleep_and_serve_one(worker& own) {
        become(own);
        (pool.*member(sleep_registered_of{}))(own, false);
        serve_one(own);
    }
    void serve_one(worker& own) {
        job_slot found;
        while (!(found = (pool.*member(find_of{}))(own, 0))) (pool.*member(sleep_idle_of{}))(own);
        seats_word().found();
        found.function(found, own, job_action::run);
    }
    // Steps of a pool thread's life.
    void sleep_registered(worker& own) { (pool.*member(sleep_registered_of{}))(own, false); }
    bool sleep_idle(worker& own) { return (pool.*member(sleep_idle_of{}))(own); }
    bool read_machine(worker& own) { return (pool.*member(read_machine_of{}))(own); }
    job_slot find(worker& own, std::int64_t window) { return (pool.*member(find_of{}))(own, window); }
    void run_found(worker& own, const job_slot& claimed) { (pool.*member(run_found_of{}))(own, claimed); }
    /// The life of a pool thread from its search on.
    void work(worker& own) {
        become(own);
        (pool.*member(work_of{}))(own);
    }

private:
    static bool wants_plan(void*, bool before_work) { return !before_work; }
    static const seat_plan* read(void* context) {
        auto& self = *static_cast<pool_world*>(context);
        model::check(!self.is_read.read(), "the machine is read twice");
        self.is_read.write(true);
        if (self.while_reading != nullptr) self.while_reading(self);
        return &self.plan;
    }
    static bool settle(void* context, const seat_plan&, unsigned) {
        auto& self = *static_cast<pool_world*>(context);
        model::check(self.is_read.read(), "a plan before the machine is read");
        return self.settles;
    }
    static worker& named(worker& own, const char* name) {
        own.fp_environment.set(read_fp_environment());
        model::name(own, name);
        model::name(own.deque, name);
        model::ignore(&own.counts, sizeof(own.counts));
        return own;
    }
};

/// A job in the injector, whose effect others wait for.
struct posted_job : job {
    posted_job() : job(nullptr) { entry.single = {&posted_job::act, this}; }

    bool is_done() const { return done.load(acquire); }
    void post(pool_world& world, worker& by) {
        world.pool.shared().push(entry, by.near_injector);
        world.pool.look(by);
    }

    injector_entry entry;
    atomic<bool> done{false};
    worker* woken[2] = {}; // when it is done

private:
    static void act(const job_slot& claimed, worker&, job_action) {
        auto& self = static_cast<posted_job&>(*claimed.frame);
        model::check(!self.done.load(relaxed), "the posted job ran twice");
        self.done.store(true, release);
        for (worker* each : self.woken)
            if (each != nullptr) each->sleep.unpark();
    }
};

} // namespace pel_test
