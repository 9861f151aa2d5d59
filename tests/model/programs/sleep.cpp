// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Going to sleep: a thread at work forks privately and fast, so somebody must be awake, or watch as guardian, or have left
// a request that makes the next fork slow. Programs end with a thread in a long call, and look at who is left.
#include "scheduler_access.hpp"

namespace {

using namespace pel_test;

/// A job that keeps its thread for ever.
struct long_job : job {
    long_job() : job(nullptr) {}
    bool has_begun = false;
    static void act(const job_slot& claimed, worker&, job_action) {
        auto& self = static_cast<long_job&>(*claimed.frame);
        model::check(!self.has_begun, "the job ran twice");
        self.has_begun = true;
        parker nobody_wakes;
        for (;;) nobody_wakes.park();
    }
};

struct sleep_world : pool_world {
    worker& caller = foreign("caller");
    long_job jobs[4];

    using pool_world::pool_world;

    void fork(std::uint32_t position) {
        if (!caller.deque.try_push(position, &long_job::act, &jobs[position]))
            pool.push_slow(caller, position, &long_job::act, &jobs[position]);
    }
    /// Woken, looks for work, and sleeps again if there is none: from then on, see who is left.
    void sleep_and_look(worker& own) {
        become(own);
        sleep_registered(own);
        if (const job_slot found = find(own, 1)) return run_found(own, found);
        sleep_idle(own);
    }
    void check_watched() {
        const seats_view view = seats_now();
        const bool is_fast = !caller.deque.is_asked();
        const bool may_be_asked = view.searching() != 0 || view.has_guardian() || view.free() <= 0;
        model::check(!is_fast || may_be_asked, "forks are fast, and nobody will ask");
    }
};

/// A call begins while the last searcher goes to sleep: nobody was in a call when it looked.
void enter(model::execution& run, places its) {
    auto& w = run.share<sleep_world>(2u, 1u, its);
    worker& searcher = w.searching("searcher");
    w.caller.wakes_from = 1; // as an outermost call that may be small, the only one to fork fast at once
    run.thread("caller", [&w] {
        w.become(w.caller);
        w.pool.begin_foreign_call(w.caller);
        w.fork(0);
    });
    run.daemon("searcher", [&w, &searcher] { w.work(searcher); });
    run.finally([&w] { model::check(w.jobs[0].has_begun, "a private job, and all sleep"); });
}

/// Nobody but the guardian can tell that a fork was made behind its back.
void guard(model::execution& run, places its) {
    auto& w = run.share<sleep_world>(2u, 1u, its);
    worker& searcher = w.searching("searcher");
    w.pool.begin_foreign_call(w.caller);
    w.caller.deque.clear_request(); // served while there was a searcher
    run.thread("caller", [&w] {
        w.become(w.caller);
        w.fork(0);
    });
    run.daemon("searcher", [&w, &searcher] { w.work(searcher); });
    run.finally([&w] { model::check(w.jobs[0].has_begun, "a private job, and all sleep"); });
}

/// The last searcher has claimed the last visible job, and the caller has answered its request: forks are fast. The next
/// one may stay private only if somebody comes to ask for it.
void absorb(model::execution& run, std::uint32_t forks, places its) {
    auto& w = run.share<sleep_world>(3u, 2u, its);
    worker& first = w.searching("first");
    worker& second = w.idle("second");
    w.pool.begin_foreign_call(w.caller);
    w.caller.deque.push(0, &long_job::act, &w.jobs[0]);
    w.caller.deque.expose(1);
    w.caller.deque.clear_request();
    job_slot claimed = w.caller.deque.try_steal();
    claimed.forker = &w.caller;
    run.thread("caller", [&w, forks] {
        w.become(w.caller);
        for (std::uint32_t position = 1; position <= forks; ++position) w.fork(position);
    });
    run.daemon("first", [&w, &first, claimed] {
        w.become(first);
        w.run_found(first, claimed);
    });
    run.daemon("second", [&w, &second] { w.sleep_and_look(second); });
    run.finally([&w] { w.check_watched(); });
}

const model::registered programs[] = {
    {{.name = "sleep: a call begins as the last searcher parks", .early_timeouts = 0},
     [](model::execution& run) { enter(run, places::unknown); }},
    {{.name = "sleep: a call begins as the last searcher parks, places known", .early_timeouts = 0},
     [](model::execution& run) { enter(run, places::known); }},
    {{.name = "sleep: a fork as the guardian parks"}, [](model::execution& run) { guard(run, places::unknown); }},
    {{.name = "sleep: a fork as the guardian parks, places known"},
     [](model::execution& run) { guard(run, places::known); }},
    {{.name = "sleep: the last searcher takes the last job", .early_timeouts = 0, .idle_timeouts = 0},
     [](model::execution& run) { absorb(run, 1, places::unknown); }},
    {{.name = "sleep: the last searcher takes the last job, places known",
      .early_timeouts = 0,
      .idle_timeouts = 0,
      .from_bound = 1},
     [](model::execution& run) { absorb(run, 1, places::known); }},
    {{.name = "sleep: the last searcher takes the last job, two forks",
      .early_timeouts = 0,
      .idle_timeouts = 0,
      .from_bound = 2},
     [](model::execution& run) { absorb(run, 2, places::unknown); }},
};

} // namespace
