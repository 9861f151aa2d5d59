// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Locks whose waiters sleep: one holder at a time, what one did is visible to the next, and nobody sleeps for ever. In the
// queue all that have come wait their turn, and a lock may be gone as soon as its last user has it.
#include <pel/detail/sync/lock.hpp>
#include <pel/detail/sync/queue_lock.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include "model/programs/impatient.hpp"

#include <optional>
#include <string>

namespace {

using namespace pel::detail;
using pel_test::impatient;
using pel_test::patient;

struct unfair_lock {
    lock its;

    template <class Wait>
    void acquire_for(Wait& wait) {
        if (!its.try_acquire_lock()) its.acquire_slow(wait);
    }
    void give_back() { its.release_lock(); }
};

struct fair_lock {
    queue_lock its;

    template <class Wait>
    void acquire_for(Wait& wait) {
        if (!its.try_lock()) its.lock(wait);
    }
    void give_back() { its.unlock(); }
};

template <class Lock>
struct counter {
    std::optional<Lock> guard{std::in_place};
    model::plain<unsigned> count;
    unsigned order = 0; // of the threads, a digit each
    bool is_freed_at_the_end;
    unsigned rounds_left;

    counter(unsigned rounds, bool frees) : is_freed_at_the_end(frees), rounds_left(rounds) {
        model::name(*guard, "lock");
    }

    template <class Wait>
    void add() {
        Wait wait;
        guard->acquire_for(wait);
        count.write(count.read() + 1);
        order = order * 10 + model::self() + 1;
        const bool is_last = --rounds_left == 0;
        guard->give_back();
        if (is_last && is_freed_at_the_end) guard.reset();
    }
};

template <class Lock, class Wait, unsigned Threads, unsigned Rounds, bool Frees = false>
void count_together(model::execution& run) {
    auto& one = run.share<counter<Lock>>(Threads * Rounds, Frees);
    constexpr const char* names[] = {"first", "second", "third"};
    for (unsigned n = 0; n < Threads; ++n) {
        run.thread(names[n], [&one] {
            for (unsigned round = 0; round < Rounds; ++round) one.template add<Wait>();
        });
    }
    run.finally([&one] {
        model::check(one.rounds_left == 0, "a turn was lost");
        model::outcome(std::to_string(one.order));
    });
}

const model::registered programs[] = {
    {{.name = "lock: 2 threads, twice each"}, count_together<unfair_lock, impatient, 2, 2>},
    {{.name = "lock: 3 threads"}, count_together<unfair_lock, impatient, 3, 1>},
    {{.name = "queue: 2 threads, twice each"}, count_together<fair_lock, impatient, 2, 2>},
    {{.name = "queue: 2 threads that spin", .pure_spins = true}, count_together<fair_lock, patient, 2, 2>},
    {{.name = "queue: 3 threads, and the lock is freed"},
     count_together<fair_lock, impatient, 3, 1, true>,
     {.outcomes = {"123", "132", "213", "231", "312", "321"}}},
    {{.name = "queue: 3 threads, twice each", .preemptions = 2}, count_together<fair_lock, impatient, 3, 2>},
};

} // namespace
