// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Events and latches: whoever waits goes on, and sees what was done before; the last one may destroy it though set() or
// count_down() may not have returned.
#include "waiting.hpp"

#include <pel/detail/sync/event_core.hpp>
#include <pel/detail/sync/latch_core.hpp>

#include <string>

namespace {

using namespace pel_test;
using pel::detail::latch_core;
using pel::detail::reset_mode;
using manual_event = pel::detail::event_core<reset_mode::manual>;
using automatic_event = pel::detail::event_core<reset_mode::automatic>;

template <class Core>
struct world {
    template <class First>
    world(std::uint32_t waiters, First first) : primitive(first), left(waiters) {}

    mortal<Core> primitive;
    model::plain<int> before{0}, also_before{0};
    users left;
    std::string told;

    void finish() {
        model::check(before.read() == 1, "what was done before");
        if (left.is_last()) primitive.destroy();
    }
    void wait() {
        block(primitive);
        finish();
    }
    void wait_at_last() {
        told = block_at_last(primitive);
        finish();
    }
    void set() {
        before.write(1);
        primitive->set();
    }
    /// An event that one at a time passes: hands it on.
    void wait_and_set() {
        block(primitive);
        model::check(before.read() == 1, "what was done before");
        const bool is_last = left.is_last();
        if (is_last)
            primitive.destroy();
        else
            primitive->set();
    }
    void wait_at_last_and_set() {
        told = block_at_last(primitive);
        model::check(before.read() == 1, "what was done before");
        const bool is_last = left.is_last();
        if (is_last)
            primitive.destroy();
        else
            primitive->set();
    }
    void count_down(model::plain<int>& done) {
        done.write(1);
        primitive->count_down(1);
    }
    void count_nothing() {
        primitive->count_down(0);
        if (left.is_last()) primitive.destroy();
    }
    void wait_for_both() {
        told = block_at_last(primitive);
        model::check(also_before.read() == 1, "what was done before, by the other one");
        finish();
    }
};

template <class Core, class First, class Body>
model::program with(std::uint32_t waiters, First first, Body body) {
    return [=](model::execution& run) {
        auto& w = run.share<world<Core>>(waiters, first);
        body(run, w);
        run.finally([&w] { model::outcome(w.told); });
    };
}

const model::registered programs[] = {
    {{.name = "event: for all", .pure_spins = true, .early_timeouts = 0},
     with<manual_event>(2, false,
                        [](model::execution& run, auto& w) {
                            run.thread("sets", [&w] { w.set(); });
                            run.thread("waits", [&w] { w.wait(); });
                            run.thread("waits too", [&w] { w.wait(); });
                        })},
    {{.name = "event: for all, a deadline", .pure_spins = true},
     with<manual_event>(2, false,
                        [](model::execution& run, auto& w) {
                            run.thread("sets", [&w] { w.set(); });
                            run.thread("waits", [&w] { w.wait(); });
                            run.thread("waits at last", [&w] { w.wait_at_last(); });
                        }),
     {.outcomes = {"in time", "too late"}}},
    {{.name = "event: for one at a time", .pure_spins = true, .early_timeouts = 0},
     with<automatic_event>(2, false,
                           [](model::execution& run, auto& w) {
                               run.thread("sets", [&w] { w.set(); });
                               run.thread("waits", [&w] { w.wait_and_set(); });
                               run.thread("waits too", [&w] { w.wait_and_set(); });
                           })},
    {{.name = "event: for one at a time, a deadline", .pure_spins = true, .preemptions = 3},
     with<automatic_event>(2, false,
                           [](model::execution& run, auto& w) {
                               run.thread("sets", [&w] { w.set(); });
                               run.thread("waits", [&w] { w.wait_and_set(); });
                               run.thread("waits at last", [&w] { w.wait_at_last_and_set(); });
                           }),
     {.outcomes = {"in time", "too late"}}},
    {{.name = "latch: two of two", .pure_spins = true},
     with<latch_core>(1, 2,
                      [](model::execution& run, auto& w) {
                          run.thread("counts", [&w] { w.count_down(w.before); });
                          run.thread("counts too", [&w] { w.count_down(w.also_before); });
                          run.thread("waits", [&w] { w.wait_for_both(); });
                      }),
     {.outcomes = {"in time", "too late"}}},
    {{.name = "latch: two who wait", .pure_spins = true},
     with<latch_core>(2, 1,
                      [](model::execution& run, auto& w) {
                          run.thread("counts", [&w] { w.count_down(w.before); });
                          run.thread("waits", [&w] { w.wait(); });
                          run.thread("waits at last", [&w] { w.wait_at_last(); });
                      }),
     {.outcomes = {"in time", "too late"}}},
    {{.name = "latch: one who counts nothing", .pure_spins = true, .early_timeouts = 0},
     with<latch_core>(2, 1,
                      [](model::execution& run, auto& w) {
                          run.thread("counts", [&w] { w.count_down(w.before); });
                          run.thread("counts nothing", [&w] { w.count_nothing(); });
                          run.thread("waits", [&w] { w.wait(); });
                      })},
};

} // namespace
