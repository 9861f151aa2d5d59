// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All of it together: the whole way of a fork — private, exposed, stolen, taken by the guardian — with the search, the
// sleep and the wake-ups around it. Programs begin where the caller is inside its call, and end with the join.
#include "scheduler_access.hpp"

#include <pel/detail/sched/few_items.hpp>

namespace {

using namespace pel_test;

const char* const callers = "run by the caller";
const char* const others = "run by the other thread";

struct fork_world : pool_world {
    worker& caller = foreign("caller");
    model::plain<int> left{0}, right{0};
    atomic<bool> right_is_done{false};
    const worker* runner = nullptr;
    bool is_whole; // with the end of the call, and what the thread does before and after its job

    explicit fork_world(bool whole) : pool_world(2, 1), is_whole(whole) { pool.begin_foreign_call(caller); }

    /// `waits`: the left side waits for the right one, so another thread must come for it.
    void fork_and_join(bool waits) {
        auto f = [this, waits] {
            left.write(left.read() + 1);
            while (waits && !right_is_done.load(acquire)) cpu_relax();
        };
        auto g = [this] {
            right.write(right.read() + 1);
            runner = current_worker;
            right_is_done.store(true, release);
        };
        fork_join(f, g);
        model::check(left.read() == 1 && right.read() == 1, "each side ran once");
    }
    void call(bool waits) {
        become(caller);
        fork_and_join(waits);
        if (is_whole) pool.end_foreign_call(caller);
    }
    /// The life of a pool thread up to the end of its first job.
    void search_and_serve_one(worker& own) {
        become(own);
        std::int64_t window = 1;
        for (;;) {
            if (const job_slot found = find(own, window)) return serve(own, found);
            window = sleep_idle(own) ? 0 : 1;
        }
    }
    void serve(worker& own, const job_slot& found) {
        if (is_whole) return run_found(own, found);
        seats_word().found();
        found.function(found, own, job_action::run);
    }
    void tell_outcome() const { model::outcome(runner == &caller ? callers : others); }
};

/// Which items of a loop of few ran in a row, and where they end.
class counting_strand {
public:
    explicit counting_strand(fork_world& world) : world_(world) {}
    void run(std::uint64_t lo, std::uint64_t hi) {
        model::check(count_ == 0 || lo == end_, "a strand skips items");
        count_ += hi - lo;
        end_ = hi;
        if (current_worker != &world_.caller) world_.runner = current_worker;
    }
    counting_strand split() const { return counting_strand(world_); }
    void join(counting_strand&& next) {
        model::check(next.end_ - next.count_ == end_, "a strand comes back at another place");
        count_ += next.count_;
        end_ = next.end_;
    }
    std::uint64_t count() const { return count_; }

private:
    fork_world& world_;
    std::uint64_t count_ = 0, end_ = 0;
};

/// A loop of few items inside the call, while a searcher asks and takes what it finds.
model::program few_items(std::uint64_t count) {
    return [count](model::execution& run) {
        auto& w = run.share<fork_world>(false);
        worker& searcher = w.searching("searcher");
        w.caller.deque.clear_request();
        w.runner = &w.caller;
        run.thread("caller", [&w, count] {
            w.become(w.caller);
            counting_strand all(w);
            strand_rooms<counting_strand, 1> room;
            run_few_items(w.caller, ref_of(all, room), 0, count);
            model::check(all.count() == count, "each item ran once");
        });
        run.daemon("searcher", [&w, &searcher] { w.search_and_serve_one(searcher); });
        run.finally([&w] { w.tell_outcome(); });
    };
}

/// The other half of few items throws: who runs this one notices, though no scope tells it.
struct thrown_world : fork_world {
    atomic<bool> is_told{false};
    bool was_known = false, was_seen_early = false;

    thrown_world() : fork_world(false) { model::name(is_told, "told"); }

    void run_near_items() {
        become(caller);
        auto near = [this] {
            cancellation_check check(caller);
            was_seen_early = check.is_cancelled();
            if (was_seen_early) return;
            for (int item = 0; item < 2; ++item) {
                const bool known = is_told.load(acquire);
                const bool seen = check.has_news() && check.is_cancelled();
                model::check(seen || !known, "the next item runs");
                was_known = was_known || known;
                was_seen_early = was_seen_early || (seen && !known);
                if (seen) return;
            }
        };
        auto far = [] {};
        fork_join(near, far);
    }
    void throw_far() {
        caller.floor.lower(0);
        is_told.store(true, release);
    }
    void tell_outcome() const { model::outcome(was_known ? "known" : was_seen_early ? "seen" : "over"); }
};

model::program far_half_throws() {
    return [](model::execution& run) {
        auto& w = run.share<thrown_world>();
        w.caller.deque.clear_request();
        run.thread("caller", [&w] { w.run_near_items(); });
        run.thread("thief", [&w] { w.throw_far(); });
        run.thread("another", [] { announce_cancellation(); });
        run.finally([&w] { w.tell_outcome(); });
    };
}

/// The fork finds its request set, exposes itself and wakes the thread.
model::program sleeper_comes(bool waits, bool is_whole) {
    return [=](model::execution& run) {
        auto& w = run.share<fork_world>(is_whole);
        worker& sleeper = w.idle("sleeper");
        run.thread("caller", [&w, waits] { w.call(waits); });
        run.daemon("sleeper", [&w, &sleeper] {
            w.become(sleeper);
            w.sleep_registered(sleeper);
            w.search_and_serve_one(sleeper);
        });
        run.finally([&w] { w.tell_outcome(); });
    };
}

/// The fork is fast, while the searcher asks, looks for the last time and goes to sleep.
model::program searcher_leaves(bool waits, bool is_whole) {
    return [=](model::execution& run) {
        auto& w = run.share<fork_world>(is_whole);
        worker& searcher = w.searching("searcher");
        w.caller.deque.clear_request();
        run.thread("caller", [&w, waits] { w.call(waits); });
        run.daemon("searcher", [&w, &searcher] { w.search_and_serve_one(searcher); });
        run.finally([&w] { w.tell_outcome(); });
    };
}

/// There is no thread yet: the fork starts one, and the end of the pool joins it.
model::program thread_is_started(bool waits) {
    return [=](model::execution& run) {
        auto& w = run.share<fork_world>(false);
        run.thread("caller", [&w, waits] {
            w.call(waits);
            w.pool.stop();
        });
        run.finally([&w] { w.tell_outcome(); });
    };
}

struct state {
    scheduler pool;
    model::plain<int> left{0}, right{0};
    explicit state(unsigned seats, unsigned threads) : pool(scheduler_config{.seats = seats, .max_threads = threads}) {
        model::name(pool, "pool");
    }
};

/// From the foreign thread's first call on, with threads started on demand.
model::program from_outside(unsigned seats, unsigned threads) {
    return [=](model::execution& run) {
        auto& s = run.share<state>(seats, threads);
        run.thread("main", [&s] {
            const foreign_call call(s.pool);
            auto f = [&s] { s.left.write(s.left.read() + 1); };
            auto g = [&s] { s.right.write(s.right.read() + 1); };
            fork_join(f, g);
            model::check(s.left.read() == 1 && s.right.read() == 1, "each side ran once");
        });
    };
}

const model::expectation either{.outcomes = {callers, others}}, other{.outcomes = {others}};

const model::registered programs[] = {
    {{.name = "fork: a sleeper comes", .pure_spins = true, .early_timeouts = 0}, sleeper_comes(false, false), either},
    {{.name = "fork: a sleeper must come", .pure_spins = true, .early_timeouts = 0}, sleeper_comes(true, true), other},
    {{.name = "fork: the searcher leaves", .pure_spins = true, .early_timeouts = 0},
     searcher_leaves(false, false),
     either},
    {{.name = "fork: the searcher leaves, and must come back", .pure_spins = true, .early_timeouts = 0},
     searcher_leaves(true, true),
     other},
    {{.name = "fork: a thread must be started", .pure_spins = true, .early_timeouts = 0},
     thread_is_started(true),
     other},
    {{.name = "fork: from outside, 1 seat", .pure_spins = true}, from_outside(1, 1)},
    {{.name = "fork: two items", .pure_spins = true, .early_timeouts = 0}, few_items(2), either},
    {{.name = "fork: three items", .pure_spins = true, .early_timeouts = 0, .from_bound = 2}, few_items(3), either},
    {{.name = "fork: the far half of few items throws", .pure_spins = true},
     far_half_throws(),
     {.outcomes = {"known", "over", "seen"}}},
    {{.name = "whole fork: a sleeper comes", .pure_spins = true, .early_timeouts = 0, .from_bound = 1},
     sleeper_comes(false, true),
     either},
    {{.name = "whole fork: the searcher leaves", .pure_spins = true, .early_timeouts = 0, .from_bound = 2},
     searcher_leaves(false, true),
     either},
    {{.name = "whole fork: a thread is started", .pure_spins = true, .early_timeouts = 0, .from_bound = 2},
     thread_is_started(false),
     either},
    {{.name = "whole fork: from outside, 2 seats", .pure_spins = true, .from_bound = 2}, from_outside(2, 1)},
};

} // namespace
