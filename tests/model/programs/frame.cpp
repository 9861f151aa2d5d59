// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A forked job that was stolen: its thief runs it, or gives it back to the injector, where a server and the forker compete
// for it; the forker waits, parks and is woken. The frame ends with the join, and nobody touches it later.
#include "scheduler_access.hpp"

namespace {

using namespace pel_test;

const char* const forkers = "run by the forker";
const char* const thiefs = "run by the thief";
const char* const servers = "run by the server";

struct body {
    model::plain<int> result{0};
    const worker* runner = nullptr;
    void operator()() {
        model::check(runner == nullptr, "the job ran twice");
        runner = current_worker;
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

    /// `is_busy`: a fourth thread is in a long job, so nobody is woken by S4.
    explicit world(bool is_busy) : pool_world(3) {
        if (is_busy) serving("busy");
        for (worker* each : {&forker, &thief, &server}) pool.begin_foreign_call(*each);
        child.emplace(nullptr, 0, call);
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
        if (choices == 1) return pool.run(thief, claimed); // says that it serves the job
        claimed.function(claimed, thief, model::choose(choices) == 0 ? job_action::run : job_action::give_back);
    }
    void tell_outcome() const {
        const worker* const by = call.runner;
        model::outcome(by == &forker ? forkers : by == &thief ? thiefs : servers);
    }
    void serve() {
        current_worker = &server;
        if (const job_slot slot = pool.shared().try_pop(0)) slot.function(slot, server, job_action::run);
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

model::program join_with(bool is_busy, unsigned choices, bool has_server) {
    return [=](model::execution& run) {
        auto& w = run.share<world>(is_busy);
        run.thread("forker", [&w] { w.join(); });
        run.thread("thief", [&w, choices] { w.run_or_give_back(choices); });
        if (has_server) run.thread("server", [&w] { w.serve(); });
        run.finally([&w] { w.tell_outcome(); });
    };
}

const model::registered programs[] = {
    {{.name = "frame: taken by a deep thief", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<deep_world>();
         run.thread("forker", [&w] { w.fork_and_join(); });
         run.thread("thief", [&w] { w.steal_deep(); });
         run.finally([&w] { model::outcome(w.call.runner == &w.forker ? forkers : thiefs); });
     },
     {.outcomes = {forkers, thiefs}}},
    {{.name = "frame: forker and thief", .pure_spins = true}, join_with(false, 1, false), {.outcomes = {thiefs}}},
    {{.name = "frame: forker, and a thief that gives it back", .pure_spins = true},
     join_with(true, 2, false),
     {.outcomes = {forkers, thiefs}}},
    {{.name = "frame: forker, and a thief that gives it back, all wait", .pure_spins = true},
     join_with(false, 2, false),
     {.outcomes = {forkers, thiefs}}},
    {{.name = "frame: forker, thief and server", .pure_spins = true},
     join_with(true, 2, true),
     {.outcomes = {forkers, servers, thiefs}}},
    {{.name = "frame: forker, thief and server, all wait", .pure_spins = true},
     join_with(false, 2, true),
     {.outcomes = {forkers, servers, thiefs}}},
};

} // namespace
