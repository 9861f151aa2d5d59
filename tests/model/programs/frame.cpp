// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A forked job that was stolen: its thief runs it, or gives it back to the injector, where a server and the forker compete
// for it; the forker waits, parks and is woken. The frame ends with the join, and nobody touches it later.
#include "scheduler_access.hpp"

namespace {

using namespace pel_test;

struct body {
    model::plain<int> result{0};
    int runs = 0;
    void operator()() {
        model::check(++runs == 1, "the job ran twice");
        result.write(1);
    }
};

struct world : pool_world {
    worker& forker = foreign("forker");
    worker& thief = foreign("thief");
    worker& server = foreign("server");
    body call;
    std::optional<forked_call<body>> child;
    job_slot claimed;

    world() : pool_world(2) {
        for (worker* each : {&forker, &thief, &server}) pool.begin_foreign_call(*each);
        child.emplace(nullptr, call);
        model::name(*child, "frame");
        forker.deque.push(0, &forked_call<body>::act, &*child);
        forker.deque.expose(1);
        claimed = forker.deque.try_steal();
        claimed.forker = &forker;
        claimed.position = 0;
    }
    void join() {
        current_worker = &forker;
        if (pool.join_slow(forker, 0, *child, child->entry())) call();
        model::check(call.result.read() == 1, "the join returned before the job had run");
        child.reset();
    }
    void run_or_give_back(unsigned choices) {
        current_worker = &thief;
        if (model::choose(choices) == 0) return pool.run(thief, claimed);
        claimed.function(claimed, thief, job_action::give_back);
    }
    void serve() {
        current_worker = &server;
        if (const job_slot slot = pool.shared().try_pop()) pool.run(server, slot);
    }
};

/// The whole way of one fork: private, taken behind its owner's back or not, joined asleep or not.
struct deep_world : pool_world {
    worker& forker = foreign("forker");
    worker& thief = foreign("thief");
    body call;

    deep_world() : pool_world(2) {
        for (worker* each : {&forker, &thief}) pool.begin_foreign_call(*each);
        forker.deque.clear_request();
    }
    void fork_and_join() {
        become(forker);
        auto nothing = [] {};
        fork_join(nothing, call);
        model::check(call.result.read() == 1, "the join returned before the job had run");
    }
    void steal_deep() {
        become(thief);
        job_slot slot = forker.deque.try_deep_steal([]() noexcept { asymmetric_fence_heavy(); });
        if (!slot) return;
        slot.forker = &forker;
        pool.run(thief, slot);
    }
};

const model::registered programs[] = {
    {{.name = "frame: taken by a deep thief", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<deep_world>();
         run.thread("forker", [&w] { w.fork_and_join(); });
         run.thread("thief", [&w] { w.steal_deep(); });
     }},
    {{.name = "frame: forker and thief", .pure_spins = true},
     [](model::execution& run) {
         auto& w = run.share<world>();
         run.thread("forker", [&w] { w.join(); });
         run.thread("thief", [&w] { w.run_or_give_back(1); });
     }},
    {{.name = "frame: forker, and a thief that gives it back", .pure_spins = true},
     [](model::execution& run) {
         auto& w = run.share<world>();
         run.thread("forker", [&w] { w.join(); });
         run.thread("thief", [&w] { w.run_or_give_back(2); });
     }},
    {{.name = "frame: forker, thief and server", .pure_spins = true},
     [](model::execution& run) {
         auto& w = run.share<world>();
         run.thread("forker", [&w] { w.join(); });
         run.thread("thief", [&w] { w.run_or_give_back(2); });
         run.thread("server", [&w] { w.serve(); });
     }},
};

} // namespace
