// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Semaphores: every unit reaches somebody who waits, whoever gives up at the same time, and brings along what was done
// before its release; who has got the last unit may destroy the semaphore though release() may not have returned.
#include "waiting.hpp"

#include <pel/detail/sync/semaphore_core.hpp>

#include <string>

namespace {

using namespace pel_test;

struct world {
    explicit world(std::uint32_t takers) : left(takers) {}

    mortal<pel::detail::semaphore_core> semaphore{0};
    model::plain<int> before{0};
    users left;
    stop_once stop;
    std::string told;

    void release_units(int units) {
        before.write(1);
        semaphore->release_units(units);
    }
    void finish() {
        model::check(before.read() == 1, "what was done before the release");
        if (left.is_last()) semaphore.destroy();
    }
    void take() {
        block(semaphore);
        finish();
    }
    void take_at_last() {
        told = block_at_last(semaphore);
        finish();
    }
    void take_unless_stopped() {
        bool got = false;
        {
            thread_waiter self;
            stop.arm(*semaphore, self);
            got = wait_in<stay>(*semaphore, self, no_limit());
            stop.disarm();
        }
        told = got ? "in time" : "stopped";
        if (!got) block(semaphore);
        finish();
    }
};

template <class Body>
model::program with(std::uint32_t takers, Body body) {
    return [=](model::execution& run) {
        auto& w = run.share<world>(takers);
        body(run, w);
        run.finally([&w] { model::outcome(w.told); });
    };
}

const model::registered programs[] = {
    {{.name = "semaphore: one unit", .pure_spins = true},
     with(1,
          [](model::execution& run, world& w) {
              run.thread("releases", [&w] { w.release_units(1); });
              run.thread("takes", [&w] { w.take_at_last(); });
          }),
     {.outcomes = {"in time", "too late"}}},
    {{.name = "semaphore: two units for two", .pure_spins = true, .early_timeouts = 0},
     with(2,
          [](model::execution& run, world& w) {
              run.thread("releases", [&w] { w.release_units(2); });
              run.thread("takes", [&w] { w.take(); });
              run.thread("takes too", [&w] { w.take(); });
          })},
    {{.name = "semaphore: two units for two, a deadline", .pure_spins = true},
     with(2,
          [](model::execution& run, world& w) {
              run.thread("releases", [&w] { w.release_units(2); });
              run.thread("takes", [&w] { w.take(); });
              run.thread("takes at last", [&w] { w.take_at_last(); });
          }),
     {.outcomes = {"in time", "too late"}}},
    {{.name = "semaphore: a stop token", .pure_spins = true, .early_timeouts = 0},
     with(1,
          [](model::execution& run, world& w) {
              run.thread("releases", [&w] { w.release_units(1); });
              run.thread("takes", [&w] { w.take_unless_stopped(); });
              run.thread("stops", [&w] { w.stop.request(); });
          }),
     {.outcomes = {"in time", "stopped"}}},
    {{.name = "semaphore: a coroutine", .pure_spins = true, .early_timeouts = 0},
     with(2,
          [](model::execution& run, world& w) {
              auto& suspended = run.share<coroutine>([&w] { w.finish(); });
              run.thread("releases", [&w] { w.release_units(2); });
              run.thread("takes", [&w] { w.take(); });
              run.thread("starts", [&w, &suspended] { suspended.start(*w.semaphore); });
          })},
};

} // namespace
