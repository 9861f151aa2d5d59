// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pools that learn where their threads are: the machine is read while others search and sleep, threads are seen where
// they are not, and slots go to new threads. Whatever is known or believed of places, no work is left alone.
#include "scheduler_access.hpp"

namespace {

using namespace pel_test;

/// A job that somebody else has to come for: its forker does not take it back.
struct forked_job : job {
    forked_job() : job(nullptr) {}
    bool is_done() const { return done.load(acquire); }
    static void act(const job_slot& claimed, worker&, job_action) {
        auto& self = static_cast<forked_job&>(*claimed.frame);
        model::check(!self.done.load(relaxed), "the job ran twice");
        self.done.store(true, release);
    }
    atomic<bool> done{false};
};

struct places_world : pool_world {
    worker& caller = foreign("caller");
    worker& other = foreign("other");
    forked_job forked;
    posted_job posted[3];

    using pool_world::pool_world;

    void fork(worker& own) {
        const std::uint32_t position = own.deque.bottom();
        if (!own.deque.try_push(position, &forked_job::act, &forked))
            pool.push_slow(own, position, &forked_job::act, &forked);
    }
    /// A call, from its begin on: it forks, and goes on for long.
    void call(worker& own, unsigned cpu) {
        modelled_cpus[model::self()] = cpu;
        become(own);
        own.wakes_from = 1; // as an outermost call that may be small, the only one to fork fast at once
        pool.begin_foreign_call(own);
        fork(own);
    }
    /// The life of a pool thread that has found nothing, up to and with its first job, which is a long one.
    void read_and_serve_one(worker& own) {
        become(own);
        read_machine(own);
        serve_one(own);
    }
    void check_forked() { model::check(forked.is_done(), "a private job, and all sleep"); }
    void check_posted(unsigned count) {
        for (unsigned each = 0; each < count; ++each)
            model::check(posted[each].is_done(), "a job in the injector, and all sleep");
    }
};

// ---- the machine is read -----------------------------------------------------------------------------------------------

/// A thread reads the machine and publishes the plan, while another one sleeps, or searches, and a job is posted.
void publish(model::execution& run, bool other_searches) {
    auto& w = run.share<places_world>(2u, 2u, places::unread);
    worker& reader = w.searching("reader");
    worker& second = other_searches ? w.searching("second") : w.idle("second");
    run.daemon("reader", [&w, &reader] { w.read_and_serve_one(reader); });
    run.daemon("second", [&w, &second, other_searches] {
        w.become(second);
        if (!other_searches) w.sleep_registered(second);
        w.serve_one(second);
    });
    run.thread("poster", [&w] { w.posted[0].post(w, w.other); });
    run.finally([&w] { w.check_posted(1); });
}

/// The last searcher reads the machine, which takes longer than the call: somebody else must come for what is forked.
void read_for_long(model::execution& run) {
    auto& w = run.share<places_world>(3u, 2u, places::unread);
    worker& reader = w.searching("reader");
    worker& second = w.idle("second");
    w.pool.begin_foreign_call(w.caller);
    w.while_reading = [](pool_world& world) {
        while (!static_cast<places_world&>(world).forked.is_done()) cpu_relax();
    };
    run.thread("caller", [&w] {
        w.become(w.caller);
        w.fork(w.caller);
        while (!w.forked.is_done()) cpu_relax();
    });
    run.daemon("reader", [&w, &reader] { w.read_and_serve_one(reader); });
    run.daemon("second", [&w, &second] { w.sleep_and_serve_one(second); });
}

// ---- hints -------------------------------------------------------------------------------------------------------------

/// Two callers are seen at one seat, so the first is seen nowhere; and it forks as the last searcher leaves.
void hide(model::execution& run) {
    auto& w = run.share<places_world>(3u, 1u, places::known);
    worker& searcher = w.searching("searcher");
    w.pool.begin_foreign_call(w.caller);
    w.caller.deque.clear_request(); // served while there was a searcher
    run.thread("caller", [&w] {
        w.become(w.caller);
        w.fork(w.caller);
    });
    run.thread("other", [&w] {
        w.become(w.other);
        w.pool.begin_foreign_call(w.other);
        w.pool.end_foreign_call(w.other);
    });
    run.daemon("searcher", [&w, &searcher] { w.work(searcher); });
    run.finally([&w] { w.check_forked(); });
}

/// The record that was seen at a seat is another thread's by now, which is elsewhere.
void pass_on(model::execution& run) {
    auto& w = run.share<places_world>(2u, 1u, places::known);
    worker& searcher = w.searching("searcher");
    w.settles = false; // the searcher roams, too: where the first caller was
    w.pool.begin_foreign_call(w.caller);
    w.pool.end_foreign_call(w.caller);
    w.pool.return_record(w.caller);
    run.thread("new caller", [&w] {
        worker& own = *w.pool.lease_record();
        model::check(&own == &w.caller, "a returned record is used again");
        w.call(own, 1);
    });
    run.daemon("searcher", [&w, &searcher] {
        w.become(searcher);
        w.serve_one(searcher);
    });
    run.finally([&w] { w.check_forked(); });
}

// ---- slots -------------------------------------------------------------------------------------------------------------

/// Two jobs, two wakers, two sleepers, one of which may wake up by itself: each bit has one taker.
void wake_two(model::execution& run) {
    auto& w = run.share<places_world>(2u, 2u, places::known);
    worker& first = w.idle("first");
    worker& second = w.idle("second");
    run.thread("one", [&w] { w.posted[0].post(w, w.caller); });
    run.thread("two", [&w] { w.posted[1].post(w, w.other); });
    run.daemon("first", [&w, &first] { w.sleep_and_serve_one(first); });
    run.daemon("second", [&w, &second] { w.sleep_and_serve_one(second); });
    run.finally([&w] { w.check_posted(2); });
}

/// A thread is started, after so many that cannot be; its slot is not its record's number, and another wakes it there.
void start(model::execution& run, unsigned failures) {
    auto& w = run.share<places_world>(1u, 1u, places::known);
    starts_that_fail = failures;
    run.thread("starter", [&w, failures] {
        for (unsigned each = 0; each <= failures; ++each) w.posted[each].post(w, w.caller);
    });
    run.thread("waker", [&w, failures] { w.posted[failures + 1].post(w, w.other); });
    run.finally([&w, failures] { w.check_posted(failures + 2); });
}

model::options bounded(const char* name, int preemptions, unsigned from_bound = 0) {
    return {.name = name,
            .pure_spins = true,
            .early_timeouts = 0,
            .idle_timeouts = 1,
            .preemptions = preemptions,
            .from_bound = from_bound};
}
const auto as_one_sleeps = [](model::execution& run) { publish(run, false); };
const auto as_two_search = [](model::execution& run) { publish(run, true); };
const auto started = [](model::execution& run) { start(run, 0); };
const auto started_late = [](model::execution& run) { start(run, 1); };

const model::registered programs[] = {
    {bounded("places: a plan and a job appear as one sleeps", 3), as_one_sleeps},
    {bounded("places: a plan and a job appear as one sleeps, 4 preemptions", 4, 1), as_one_sleeps},
    {bounded("places: a plan and a job appear as two search", 2), as_two_search},
    {bounded("places: a plan and a job appear as two search, 4 preemptions", 4, 1), as_two_search},
    {bounded("places: the last searcher reads for long", 4), read_for_long},
    {bounded("places: the last searcher reads for long, 7 preemptions", 7, 1), read_for_long},
    {bounded("places: a caller seen nowhere forks", 3), hide},
    {bounded("places: a caller seen nowhere forks, 6 preemptions", 6, 1), hide},
    {{.name = "places: the record seen at a seat is another's", .early_timeouts = 0, .idle_timeouts = 2}, pass_on},
    {bounded("places: two wakers, two sleepers", 3), wake_two},
    {bounded("places: two wakers, two sleepers, 5 preemptions", 5, 1), wake_two},
    {bounded("places: a thread must be started", 3), started},
    {bounded("places: a thread must be started, 5 preemptions", 5, 1), started},
    {bounded("places: a thread must be started, after one that fails", 2), started_late},
    {bounded("places: a thread must be started, after one that fails, 4 preemptions", 4, 1), started_late},
};

} // namespace
