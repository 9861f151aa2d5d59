// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Condition variables: who waits is notified, or has given up; who has notified all may destroy it at once.
#include "waiting.hpp"

#include <pel/detail/sync/condition_core.hpp>
#include <pel/detail/sync/lock.hpp>

#include <string>

namespace {

using namespace pel_test;

struct world {
    mortal<pel::detail::condition_core> condition;
    pel::detail::lock mutex;
    bool is_ready = false; // under the mutex
    std::string told;

    template <class Limit>
    bool wait_once(const Limit& limit) {
        thread_waiter self;
        condition->enter(self);
        mutex.release_lock();
        bool notified = true;
        if (!self.sleep(limit)) {
            if (self.give_up()) {
                condition->leave(self);
                notified = false;
            } else {
                self.sleep(no_limit());
            }
        }
        mutex.acquire_lock();
        return notified;
    }
    void wait() {
        mutex.acquire_lock();
        while (!is_ready) wait_once(no_limit());
        mutex.release_lock();
    }
    void wait_in_time() {
        mutex.acquire_lock();
        const char* how = "ready";
        if (!is_ready) how = wait_once(soon()) ? "notified" : "too late";
        told = how;
        mutex.release_lock();
    }
    void notify_and_destroy() {
        mutex.acquire_lock();
        is_ready = true;
        condition->notify_all();
        condition.destroy();
        mutex.release_lock();
    }
    void notify() {
        mutex.acquire_lock();
        is_ready = true;
        mutex.release_lock();
        condition->notify_one();
        condition->notify_one();
    }
};

const model::registered programs[] = {
    {{.name = "condition: destroyed when all are notified", .pure_spins = true},
     [](model::execution& run) {
         auto& w = run.share<world>();
         run.thread("notifies", [&w] { w.notify_and_destroy(); });
         run.thread("waits", [&w] { w.wait_in_time(); });
         run.finally([&w] { model::outcome(w.told); });
     },
     {.outcomes = {"notified", "ready", "too late"}}},
    {{.name = "condition: one by one", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<world>();
         run.thread("notifies", [&w] { w.notify(); });
         run.thread("waits", [&w] { w.wait(); });
         run.thread("waits too", [&w] { w.wait(); });
     }},
};

} // namespace
