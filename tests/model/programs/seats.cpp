// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Seats and look(): whoever makes work visible, frees a seat, takes one as a foreign thread or goes to sleep looks, so
// no work stays visible while somebody could take it. Each program begins where the last one to look might miss it.
#include "scheduler_access.hpp"

namespace {

using namespace pel_test;

void wait_for(const posted_job& job) {
    while (!job.is_done()) cpu_relax();
}

/// S3: one seat. Its holder blocks, a foreign thread loops until the posted job has run, the job must find a server.
struct injector_world : pool_world {
    worker& holder = serving("holder");
    worker& caller = foreign("caller");
    worker& sleeper = idle("sleeper");
    posted_job job;
    explicit injector_world(places its) : pool_world(1, 2, its) { model::name(job, "job"); }
};

void serve_injector(model::execution& run, places its) {
    auto& w = run.share<injector_world>(its);
    run.thread("poster", [&w] { w.job.post(w, w.holder); });
    run.thread("holder", [&w] {
        w.become(w.holder);
        w.pool.leave_seat(w.holder);
    });
    run.thread("caller", [&w] {
        w.become(w.caller);
        w.pool.begin_foreign_call(w.caller);
        wait_for(w.job);
    });
    run.daemon("sleeper", [&w] { w.sleep_and_serve_one(w.sleeper); });
}

const model::registered s3[] = {
    {{.name = "seats: S3, the injector has a server", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) { serve_injector(run, places::unknown); }},
    {{.name = "seats: S3, the injector has a server, places known",
      .pure_spins = true,
      .early_timeouts = 0,
      .preemptions = 4},
     [](model::execution& run) { serve_injector(run, places::known); }},
};

/// Work appears between the last search and the sleep.
struct parking_world : pool_world {
    worker& searcher = searching("searcher");
    posted_job job;
    explicit parking_world(places its) : pool_world(1, 1, its) { model::name(job, "job"); }
};

void post_as_searcher_parks(model::execution& run, places its) {
    auto& w = run.share<parking_world>(its);
    run.thread("poster", [&w] { w.job.post(w, w.searcher); });
    run.daemon("searcher", [&w] { w.work(w.searcher); });
    run.finally([&w] { model::check(w.job.is_done(), "visible work, a free seat, and all sleep"); });
}

const model::registered parking[] = {
    {{.name = "seats: work appears as the last searcher parks", .early_timeouts = 0},
     [](model::execution& run) { post_as_searcher_parks(run, places::unknown); }},
    {{.name = "seats: work appears as the last searcher parks, places known", .early_timeouts = 0},
     [](model::execution& run) { post_as_searcher_parks(run, places::known); }},
    {{.name = "seats: work appears as the last searcher reads the machine, and parks", .early_timeouts = 0},
     [](model::execution& run) { post_as_searcher_parks(run, places::unread); }},
};

/// The same, and it lies in the injector of another node.
struct far_parking_world : parking_world {
    worker& far_poster = foreign("poster");
    far_parking_world() : parking_world(places::unknown) {
        pool.shared().open(2);
        far_poster.near_injector = 1;
    }
};

const model::registered far_parking{
    {.name = "seats: work appears far away as the last searcher parks", .early_timeouts = 0},
    [](model::execution& run) {
        auto& w = run.share<far_parking_world>();
        run.thread("poster", [&w] { w.job.post(w, w.far_poster); });
        run.daemon("searcher", [&w] { w.work(w.searcher); });
        run.finally([&w] { model::check(w.job.is_done(), "visible work, a free seat, and all sleep"); });
    }};

/// S4: all threads that the pool may have wait for what the posted job does, so one of the waiters must run it.
struct waiters_world : pool_world {
    worker& first = serving("first");
    worker& second = serving("second");
    posted_job job;
    waiters_world() : pool_world(2, 2) {
        model::name(job, "job");
        job.woken[0] = &first;
        job.woken[1] = &second;
    }
    void wait(worker& own) {
        become(own);
        pool.wait_until(own, [&] { return job.is_done(); }, [] { return false; }, [] { return true; });
    }
};

const model::registered s4[] = {
    {{.name = "seats: S4, all threads wait", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<waiters_world>();
         run.thread("first", [&w] {
             w.become(w.first);
             w.job.post(w, w.first);
             w.wait(w.first);
         });
         run.thread("second", [&w] { w.wait(w.second); });
     }},
    {{.name = "seats: S4, all threads wait, posted by a third",
      .pure_spins = true,
      .early_timeouts = 0,
      .from_bound = 1},
     [](model::execution& run) {
         auto& w = run.share<waiters_world>();
         run.thread("poster", [&w] { w.job.post(w, w.first); });
         run.thread("first", [&w] { w.wait(w.first); });
         run.thread("second", [&w] { w.wait(w.second); });
     }},
};

/// Two foreign threads hold both seats; one exposes a job, the other leaves; the sleeper must come for the job.
struct leaving_world : pool_world {
    worker& leaver = foreign("leaver");
    worker& forker = foreign("forker");
    worker& sleeper = idle("sleeper");
    posted_job job;
    leaving_world() : pool_world(2, 1) {
        pool.begin_foreign_call(leaver);
        pool.begin_foreign_call(forker);
        forker.deque.request();
    }
};

const model::registered leave{
    {.name = "seats: a foreign thread leaves", .pure_spins = true, .early_timeouts = 0}, [](model::execution& run) {
        auto& w = run.share<leaving_world>();
        run.thread("leaver", [&w] { w.pool.end_foreign_call(w.leaver); });
        run.thread("forker", [&w] {
            w.become(w.forker);
            w.pool.push_slow(w.forker, 0, w.job.entry.single.function, &w.job);
        });
        run.daemon("sleeper", [&w] { w.sleep_and_serve_one(w.sleeper); });
        run.finally([&w] { model::check(w.job.is_done(), "visible work, a free seat, and all sleep"); });
    }};

/// S3, one seat, which a foreign thread holds: who was woken in debt for the injector keeps the seat while work is there.
const model::registered serving_alone{
    {.name = "seats: S3, no debt is repaid while work is stranded"}, [](model::execution& run) {
        auto& w = run.share<injector_world>(places::unknown);
        w.pool.begin_foreign_call(w.caller);
        w.pool.shared().push(w.job.entry, 0);
        run.thread("holder", [&w] {
            w.become(w.holder);
            model::check(!(w.pool.*member(try_repay_of{}))(w.holder), "the only server went to sleep");
        });
    }};

/// S5, one seat: its holder blocks, and forks meanwhile. The fork finds somebody to run it, and the seat stays free for
/// what is posted after it, whose end the holder waits for.
struct blocking_world : pool_world {
    worker& holder = serving("holder");
    worker& sleeper = idle("sleeper");
    posted_job forked, posted;
    blocking_world() : pool_world(1, 1) {
        model::name(forked, "forked");
        model::name(posted, "posted");
    }
    void block_and_fork() {
        become(holder);
        pool.begin_blocking(holder);
        pool.push_slow(holder, 0, forked.entry.single.function, &forked);
    }
};

const model::registered s5[] = {
    {{.name = "seats: S5, a fork while the holder blocks", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<blocking_world>();
         run.thread("holder", [&w] {
             w.block_and_fork();
             wait_for(w.forked);
         });
         run.daemon("sleeper", [&w] { w.sleep_and_serve_one(w.sleeper); });
     }},
    {{.name = "seats: S5, a fork and a post while the holder blocks", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<blocking_world>();
         run.thread("holder", [&w] {
             w.block_and_fork();
             if (!w.holder.deque.try_take_private(0) && w.holder.deque.take_public(0) == split_deque::taken::stolen)
                 return;
             w.posted.post(w, w.holder);
             wait_for(w.posted);
         });
         run.daemon("sleeper", [&w] { w.sleep_and_serve_one(w.sleeper); });
     }},
};

/// S1, one seat: its holder has emptied its deque; a woken waiter is in debt, and waits for a job in the injector.
struct debt_world : pool_world {
    worker& holder = serving("holder");
    worker& waiter = serving("waiter");
    posted_job job;
    debt_world() : pool_world(1, 2) {
        pool.shared().push(job.entry, 0);
        job.woken[0] = &waiter;
    }
};

const model::registered repay{
    {.name = "seats: S1, debt is repaid", .pure_spins = true, .early_timeouts = 0}, [](model::execution& run) {
        auto& w = run.share<debt_world>();
        run.daemon("holder", [&w] {
            w.become(w.holder);
            if (!(w.pool.*member(try_repay_of{}))(w.holder)) w.seats_word().search();
            w.serve_one(w.holder);
        });
        run.thread("waiter", [&w] {
            w.become(w.waiter);
            w.pool.wait_until(w.waiter, [&w] { return w.job.is_done(); }, [] { return false; }, [] { return true; });
        });
    }};

} // namespace
