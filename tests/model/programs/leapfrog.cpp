// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Leapfrogging: who waits for a stolen job takes work from its thief, which may be done with that job by then and serve
// another. What was claimed from outside goes back to where its forker, or anybody else, takes it.
#include "scheduler_access.hpp"

namespace {

using namespace pel_test;

struct leapfrog_world : pool_world {
    worker& waiter = foreign("waiter");
    worker& thief = foreign("thief");
    worker& server = foreign("server");
    bool sleeps; // joins are the real ones; else the thief looks all the time, and nothing else is explored of its wait
    bool has_helped = false;

    /// What `outer` forks; notes who runs it.
    struct inner {
        leapfrog_world* world;
        bool is_inside; // of what the waiter waits for
        model::plain<int> runs{0};
        void operator()() {
            const bool by_waiter = current_worker == &world->waiter;
            model::check(is_inside || !by_waiter, "a wait ran work from outside");
            world->has_helped = world->has_helped || by_waiter;
            runs.write(runs.read() + 1);
        }
    };
    struct outer {
        inner forked;
        void operator()() {
            auto nothing = [] {};
            if (forked.world->sleeps)
                fork_join(nothing, forked);
            else
                forked.world->fork_and_join(forked);
            model::check(forked.runs.read() == 1, "the join returned before its job had run once");
        }
    };
    outer awaited{{this, true}}, unrelated{{this, false}};
    std::optional<forked_call<outer>> child, other;
    job_slot claimed, claimed_later;

    explicit leapfrog_world(bool joins_asleep) : pool_world(3), sleeps(joins_asleep) {
        for (worker* each : {&waiter, &thief, &server}) pool.begin_foreign_call(*each);
        child.emplace(nullptr, 0, awaited);
        other.emplace(nullptr, 0, unrelated);
        model::name(*child, "awaited");
        model::name(*other, "unrelated");
        claimed = steal_from(waiter, *child);
        claimed_later = steal_from(server, *other);
    }
    static job_slot steal_from(worker& forker, forked_call<outer>& forked) {
        forker.deque.push(0, &forked_call<outer>::act, &forked);
        forker.deque.expose(1);
        job_slot slot = forker.deque.try_steal();
        slot.forker = &forker;
        return slot;
    }
    /// fork_join() without sleep, seats and requests.
    void fork_and_join(inner& job) {
        split_deque& deque = thief.deque;
        forked_call<inner> forked(nullptr, 0, job);
        deque.push(0, &forked_call<inner>::act, &forked);
        deque.expose(1);
        if (deque.try_take_private(0) || deque.take_public(0) != split_deque::taken::stolen) return job();
        while (!forked.state.is_settled()) cpu_relax();
        if (!forked.state.is_done() && pool.shared().try_remove(forked.entry()))
            job();
        else
            while (!forked.state.is_done()) cpu_relax();
        deque.close_stolen(0);
    }
    void serve_both() {
        become(thief);
        if (sleeps) thief.deque.request(); // what it forks is public
        pool.run(thief, claimed);
        if (sleeps) thief.deque.request();
        pool.run(thief, claimed_later);
    }
    /// A wait that looks `times` times for something to help with, and then only waits.
    void wait(int times) {
        become(waiter);
        for (int i = 0; i < times && !child->state.is_done(); ++i) pool.leapfrog(waiter, *child);
        while (!child->state.is_done()) cpu_relax();
        model::check(awaited.forked.runs.read() == 1, "the wait returned before the job had run");
    }
    void serve_injector() {
        become(server);
        if (const job_slot slot = pool.shared().try_pop(0)) slot.function(slot, server, job_action::run);
    }
    void tell_outcome() const {
        model::outcome(has_helped ? "helped" : waiter.counts.give_backs.get() != 0 ? "gave back" : "did not help");
    }
};

model::program leapfrog_with(bool sleeps, int times, bool has_server) {
    return [=](model::execution& run) {
        auto& w = run.share<leapfrog_world>(sleeps);
        run.thread("thief", [&w] { w.serve_both(); });
        run.thread("waiter", [&w, times] { w.wait(times); });
        if (has_server) run.thread("server", [&w] { w.serve_injector(); });
        run.finally([&w] { w.tell_outcome(); });
    };
}

const model::expectation ways{.outcomes = {"did not help", "gave back", "helped"}};

const model::registered programs[] = {
    {{.name = "leapfrog: waiter and thief", .pure_spins = true}, leapfrog_with(false, 1, false), ways},
    {{.name = "leapfrog: waiter and thief, twice", .pure_spins = true}, leapfrog_with(false, 2, false), ways},
    {{.name = "leapfrog: waiter, thief and server", .pure_spins = true}, leapfrog_with(false, 1, true), ways},
    {{.name = "leapfrog: waiter and thief, joins asleep", .pure_spins = true, .from_bound = 1},
     leapfrog_with(true, 1, false),
     ways},
    {{.name = "leapfrog: waiter, thief and server, joins asleep", .pure_spins = true, .from_bound = 2},
     leapfrog_with(true, 1, true),
     ways},
};

} // namespace
