// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The mutex: one holder at a time, who sees what the last one wrote; no wake-up is lost, whoever barges in, is handed the
// lock, or gives up; and whoever is the last to use it may destroy it.
#include "waiting.hpp"

#include <pel/detail/sync/mutex_core.hpp>

#include <string>

namespace {

using namespace pel_test;

template <unsigned Patience>
struct tuned {
    static constexpr unsigned spins = 0, longest_pause = 1;
    static constexpr unsigned patience = Patience;
};

template <unsigned Patience>
struct world {
    using core = pel::detail::basic_mutex_core<tuned<Patience>>;

    explicit world(int users_of_it) : users(users_of_it) {}

    mortal<core> mutex;
    model::plain<int> users;
    model::plain<int> entered{0};
    stop_once stop;
    std::string order;

    /// The critical section, and its end.
    void hold_and_release(const char* who) {
        entered.write(entered.read() + 1);
        order += who;
        leave_for_good();
    }
    void leave_for_good() {
        const int left = users.read() - 1;
        users.write(left);
        mutex->unlock();
        if (left == 0) mutex.destroy();
    }
    template <class Limit = no_limit>
    bool lock(const Limit& limit = {}) {
        if (mutex->try_lock_at_once()) return true;
        thread_waiter self;
        const bool got = wait_in<stay>(*mutex, self, limit);
        model::check(self.passed_over <= Patience, "nobody is woken in vain more often");
        return got;
    }
    void use(const char* who) {
        model::check(lock(), "without a limit it is locked");
        hold_and_release(who);
    }
    void use_times(int times, const char* who) {
        for (int each = 1; each != times; ++each) {
            model::check(lock(), "without a limit it is locked");
            entered.write(entered.read() + 1);
            mutex->unlock();
        }
        use(who);
    }
    /// Who did not get it comes again without a limit.
    void try_for_a_while(const char* who) {
        if (!lock(soon())) {
            order += who;
            order += " gave up, ";
            use("");
        } else {
            hold_and_release(who);
        }
    }
    void try_until_stopped(const char* who) {
        bool got = false;
        {
            thread_waiter self;
            stop.arm(*mutex, self);
            got = wait_in<stay>(*mutex, self, no_limit());
            stop.disarm();
        }
        if (!got) {
            order += who;
            order += " gave up, ";
            use("");
        } else {
            hold_and_release(who);
        }
    }
};

template <unsigned Patience, class Body>
model::program with(int users, Body body) {
    return [=](model::execution& run) {
        auto& w = run.share<world<Patience>>(users);
        body(run, w);
        run.finally([&w] { model::outcome(w.order); });
    };
}

const auto two = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use("a"); });
    run.thread("b", [&w] { w.use("b"); });
};
const auto one_comes_again = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use_times(2, "a"); });
    run.thread("b", [&w] { w.use("b"); });
};
const auto one_comes_three_times = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use_times(3, "a"); });
    run.thread("b", [&w] { w.use("b"); });
};
const auto three = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use("a"); });
    run.thread("b", [&w] { w.use("b"); });
    run.thread("c", [&w] { w.use("c"); });
};
const auto a_deadline = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use("a"); });
    run.thread("b", [&w] { w.try_for_a_while("b"); });
};
const auto a_deadline_of_three = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use("a"); });
    run.thread("b", [&w] { w.try_for_a_while("b"); });
    run.thread("c", [&w] { w.use("c"); });
};
const auto one_gives_up_for_good = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use("a"); });
    run.thread("b", [&w] {
        if (w.lock(soon())) w.hold_and_release("b");
    });
    run.thread("c", [&w] { w.use("c"); });
};
const auto a_stop_token = [](model::execution& run, auto& w) {
    run.thread("a", [&w] { w.use("a"); });
    run.thread("b", [&w] { w.try_until_stopped("b"); });
    run.thread("stop", [&w] { w.stop.request(); });
};
const auto a_coroutine = [](model::execution& run, auto& w) {
    auto& suspended = run.share<coroutine>([&w] { w.hold_and_release("co"); }, w.mutex->takes_over);
    run.thread("a", [&w] { w.use("a"); });
    run.thread("starts", [&w, &suspended] { suspended.start(*w.mutex); });
    run.thread("b", [&w] { w.use("b"); });
};

const model::registered programs[] = {
    {{.name = "mutex: two threads", .pure_spins = true, .early_timeouts = 0},
     with<1>(2, two),
     {.outcomes = {"ab", "ba"}}},
    {{.name = "mutex: one thread comes again", .pure_spins = true, .early_timeouts = 0}, with<1>(2, one_comes_again)},
    {{.name = "mutex: three threads", .pure_spins = true, .early_timeouts = 0}, with<1>(3, three)},
    {{.name = "mutex: one thread comes three times, the other is more patient",
      .pure_spins = true,
      .early_timeouts = 0},
     with<2>(2, one_comes_three_times)},
    {{.name = "mutex: a deadline", .pure_spins = true},
     with<1>(2, a_deadline),
     {.outcomes = {"ab", "ab gave up, ", "ba"}}},
    {{.name = "mutex: a deadline, three threads", .pure_spins = true, .preemptions = 4},
     with<1>(3, a_deadline_of_three)},
    {{.name = "mutex: one gives up for good", .pure_spins = true, .preemptions = 4}, with<1>(4, one_gives_up_for_good)},
    {{.name = "mutex: a stop token", .pure_spins = true, .early_timeouts = 0}, with<1>(2, a_stop_token)},
    {{.name = "mutex: a coroutine", .pure_spins = true, .early_timeouts = 0}, with<1>(3, a_coroutine)},
};

} // namespace
