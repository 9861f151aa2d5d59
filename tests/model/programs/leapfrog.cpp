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

    /// Forks `inner` while it runs; both note who ran them.
    struct outer {
        leapfrog_world* world;
        model::plain<int> inner_ran{0};
        bool is_inside; // of what the waiter waits for
        void operator()() {
            auto first = [] {};
            auto second = [this] {
                const bool by_waiter = current_worker == &world->waiter;
                model::check(is_inside || !by_waiter, "a wait ran work from outside");
                inner_ran.write(inner_ran.read() + 1);
            };
            fork_join(first, second);
            model::check(inner_ran.read() == 1, "the join returned before its job had run once");
        }
    };
    outer awaited{this, {0}, true}, unrelated{this, {0}, false};
    std::optional<forked_call<outer>> child, other;
    job_slot claimed, claimed_later;

    leapfrog_world() : pool_world(3) {
        for (worker* each : {&waiter, &thief, &server}) pool.begin_foreign_call(*each);
        child.emplace(nullptr, awaited);
        other.emplace(nullptr, unrelated);
        model::name(*child, "awaited");
        model::name(*other, "unrelated");
        claimed = steal_from(waiter, *child);
        claimed_later = steal_from(server, *other);
        thief.deque.request(); // what it forks is public
    }
    static job_slot steal_from(worker& forker, forked_call<outer>& forked) {
        forker.deque.push(0, &forked_call<outer>::act, &forked);
        forker.deque.expose(1);
        job_slot slot = forker.deque.try_steal();
        slot.forker = &forker;
        return slot;
    }
    void serve_both() {
        become(thief);
        pool.run(thief, claimed);
        thief.deque.request();
        pool.run(thief, claimed_later);
    }
    /// A wait that looks `times` times for something to help with, and then only waits.
    void wait(int times) {
        become(waiter);
        for (int i = 0; i < times && !child->state.is_done(); ++i) pool.leapfrog(waiter, *child);
        while (!child->state.is_done()) cpu_relax();
        model::check(awaited.inner_ran.read() == 1, "the wait returned before the job had run");
    }
    void serve_injector() {
        become(server);
        if (const job_slot slot = pool.shared().try_pop()) pool.run(server, slot);
    }
};

model::program leapfrog_with(int times, bool has_server) {
    return [=](model::execution& run) {
        auto& w = run.share<leapfrog_world>();
        run.thread("thief", [&w] { w.serve_both(); });
        run.thread("waiter", [&w, times] { w.wait(times + static_cast<int>(model::bound())); });
        if (has_server) run.thread("server", [&w] { w.serve_injector(); });
    };
}

const model::registered programs[] = {
    {{.name = "leapfrog: waiter and thief", .pure_spins = true, .early_timeouts = 0}, leapfrog_with(2, false)},
    {{.name = "leapfrog: waiter, thief and server", .pure_spins = true, .early_timeouts = 0}, leapfrog_with(1, true)},
};

} // namespace
