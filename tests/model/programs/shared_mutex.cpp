// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shared mutexes: one writer or any number of readers, nobody is forgotten, whoever gives up; a writer that is the last
// to use it may destroy it.
#include "waiting.hpp"

#include <pel/detail/sync/shared_mutex_core.hpp>

#include <initializer_list>
#include <string>

namespace {

using namespace pel_test;

struct impatient {
    static constexpr unsigned spins = 0, longest_pause = 1, patience = 1;
};
using shared_mutex_core = pel::detail::basic_shared_mutex_core<impatient>;

struct world {
    world(std::uint32_t count, bool are_spinning) : spins(are_spinning), left(count) {}

    const bool spins; // a writer that spins keeps readers out
    mortal<shared_mutex_core> mutex;
    model::plain<int> value{0};
    users left;
    stop_once stop;
    atomic<std::uint32_t> met{0};
    std::string order;

    template <class Limit = no_limit>
    bool lock(std::uint32_t ticket, const Limit& limit = {}) {
        if (ticket == shared_mutex_core::shared && mutex->try_lock_shared_at_once()) return true;
        thread_waiter self(ticket);
        return (spins ? mutex->spin(ticket) : mutex->try_take(self)) || wait_in<stay>(*mutex, self, limit);
    }
    void write_and_unlock() {
        value.write(value.read() + 1);
        order += 'w';
        const bool is_last = left.is_last();
        mutex->unlock();
        if (is_last) mutex.destroy();
    }
    void read_and_unlock() {
        (void)value.read();
        order += 'r';
        (void)left.is_last();
        mutex->unlock_shared();
    }
    void write() {
        lock(shared_mutex_core::exclusive);
        write_and_unlock();
    }
    void read() {
        lock(shared_mutex_core::shared);
        read_and_unlock();
    }
    /// If it cannot, it reads.
    void write_in_time() {
        if (lock(shared_mutex_core::exclusive, soon())) return write_and_unlock();
        order += '-';
        read();
    }
    /// Holds it until meet() was called by another reader.
    void read_until_met() {
        lock(shared_mutex_core::shared);
        while (met.load(acquire) == 0) cpu_relax();
        read_and_unlock();
    }
    void meet() {
        lock(shared_mutex_core::shared);
        met.store(1, release);
        read_and_unlock();
    }
    void read_in_time() {
        if (lock(shared_mutex_core::shared, soon())) return read_and_unlock();
        order += '-';
        write();
    }
    bool lock_unless_stopped(std::uint32_t ticket) {
        thread_waiter self(ticket);
        stop.arm(*mutex, self);
        const bool got = wait_in<stay>(*mutex, self, no_limit());
        stop.disarm();
        return got;
    }
    /// If it is stopped before it has it, it reads.
    void write_unless_stopped() {
        if (lock_unless_stopped(shared_mutex_core::exclusive)) return write_and_unlock();
        order += '-';
        read();
    }
    /// If it is stopped before it has it, it writes.
    void read_unless_stopped() {
        if (lock_unless_stopped(shared_mutex_core::shared)) return read_and_unlock();
        order += '-';
        write();
    }
    void give_up() {
        order += '-';
        (void)left.is_last(); // others may be in the middle of an unlock
    }
};

/// A coroutine that writes, unless it is stopped before: as detail::stoppable_wait.
class stoppable_writer : public waiter {
public:
    explicit stoppable_writer(world& where)
        : waiter(&go_on, shared_mutex_core::exclusive | shared_mutex_core::takes_over), where_(where) {}

    void start() {
        where_.stop.arm(*where_.mutex, *this);
        const entry came_to = where_.mutex->enter(*this);
        if (came_to != entry::queued) end(came_to == entry::passed, true); // if it was, it may be over by now
    }

private:
    static void go_on(waiter& self) noexcept {
        auto& writer = static_cast<stoppable_writer&>(self);
        const bool has_it = writer.made() == decision::granted;
        writer.end(has_it, has_it); // who was stopped is in the callback, which does not wait for itself
    }
    void end(bool has_it, bool awaits_callback) {
        if (awaits_callback) where_.stop.disarm();
        if (has_it)
            where_.write_and_unlock();
        else
            where_.give_up();
    }

    world& where_;
};

template <class Body>
model::program with(std::uint32_t users, Body body, bool are_spinning = false) {
    return [=](model::execution& run) {
        auto& w = run.share<world>(users, are_spinning);
        body(run, w);
        run.finally([&w] { model::outcome(w.order); });
    };
}

const auto two_readers_and_a_writer = [](model::execution& run, world& w) {
    run.thread("writer", [&w] { w.write(); });
    run.thread("a", [&w] { w.read(); });
    run.thread("b", [&w] { w.read(); });
};
const auto a_writer_gives_up = [](model::execution& run, world& w) {
    run.thread("writer", [&w] { w.write_in_time(); });
    run.thread("a", [&w] { w.read(); });
    run.thread("b", [&w] { w.read(); });
};

const model::registered programs[] = {
    {{.name = "shared_mutex: two writers", .pure_spins = true, .early_timeouts = 0},
     with(2,
          [](model::execution& run, world& w) {
              run.thread("a", [&w] { w.write(); });
              run.thread("b", [&w] { w.write(); });
          })},
    {{.name = "shared_mutex: two readers and a writer", .pure_spins = true, .early_timeouts = 0},
     with(3, two_readers_and_a_writer),
     {.outcomes = {"rrw", "rwr", "wrr"}}},
    {{.name = "shared_mutex: two readers and a spinning writer",
      .pure_spins = true,
      .early_timeouts = 0,
      .preemptions = 4},
     with(3, two_readers_and_a_writer, true)},
    {{.name = "shared_mutex: a writer gives up", .pure_spins = true, .preemptions = 6}, with(3, a_writer_gives_up)},
    {{.name = "shared_mutex: a spinning writer gives up", .pure_spins = true, .preemptions = 4},
     with(3, a_writer_gives_up, true)},
    {{.name = "shared_mutex: a reader waits for another", .pure_spins = true, .preemptions = 4},
     with(3,
          [](model::execution& run, world& w) {
              run.thread("writer", [&w] { w.write_in_time(); });
              run.thread("a", [&w] { w.read_until_met(); });
              run.thread("b", [&w] { w.meet(); });
          })},
    {{.name = "shared_mutex: a writer gives up that was woken", .pure_spins = true, .preemptions = 3},
     with(4,
          [](model::execution& run, world& w) {
              model::check(w.mutex->try_lock(), "nobody else is here");
              run.thread("first", [&w] { w.write_and_unlock(); });
              run.thread("writer", [&w] { w.write_in_time(); });
              run.thread("a", [&w] { w.read_until_met(); });
              run.thread("b", [&w] { w.meet(); });
          })},
    {{.name = "shared_mutex: a writer gives up, another comes behind a reader", .pure_spins = true, .preemptions = 3},
     with(4,
          [](model::execution& run, world& w) {
              model::check(w.mutex->try_lock_shared(), "nobody else is here");
              run.thread("first", [&w] { w.read_and_unlock(); });
              run.thread("w1", [&w] { w.write_in_time(); });
              run.thread("r2", [&w] { w.read(); });
              run.thread("w2", [&w] { w.write(); });
          })},
    {{.name = "shared_mutex: a writer gives up while another is woken and a third comes",
      .pure_spins = true,
      .early_timeouts = 0},
     with(5,
          [](model::execution& run, world& w) {
              constexpr std::uint32_t handed = shared_mutex_core::takes_over;
              auto& woken = run.share<thread_waiter>(shared_mutex_core::exclusive);
              auto& leaver =
                  run.share<coroutine>([&w] { w.write_and_unlock(); }, shared_mutex_core::exclusive | handed);
              auto& reader = run.share<coroutine>([&w] { w.read_and_unlock(); }, shared_mutex_core::shared | handed);
              model::check(w.mutex->try_lock(), "nobody else is here");
              for (waiter* const each : std::initializer_list<waiter*>{&woken, &leaver, &reader}) w.mutex->enter(*each);
              run.thread("first", [&w] {
                  w.write_and_unlock();
                  if (w.mutex->try_lock()) w.write_and_unlock();
              });
              run.thread("leaves", [&w, &leaver] {
                  if (leaver.give_up()) w.mutex->leave(leaver);
              });
              run.thread("woken", [&w, &woken] {
                  woken.sleep(no_limit());
                  woken.rearm();
                  ++woken.passed_over;
                  model::check(wait_in<stay>(*w.mutex, woken, no_limit()), "without a limit it is locked");
                  w.write_and_unlock();
              });
          })},
    {{.name = "shared_mutex: a reader gives up", .pure_spins = true, .preemptions = 6},
     with(3,
          [](model::execution& run, world& w) {
              run.thread("writer", [&w] { w.write(); });
              run.thread("a", [&w] { w.read_in_time(); });
              run.thread("b", [&w] { w.write(); });
          })},
    {{.name = "shared_mutex: a writer is stopped", .pure_spins = true, .early_timeouts = 0},
     with(2,
          [](model::execution& run, world& w) {
              run.thread("reads", [&w] { w.read(); });
              run.thread("writes", [&w] { w.write_unless_stopped(); });
              run.thread("stops", [&w] { w.stop.request(); });
          })},
    {{.name = "shared_mutex: a reader is stopped", .pure_spins = true, .early_timeouts = 0},
     with(2,
          [](model::execution& run, world& w) {
              run.thread("writes", [&w] { w.write(); });
              run.thread("reads", [&w] { w.read_unless_stopped(); });
              run.thread("stops", [&w] { w.stop.request(); });
          })},
    {{.name = "shared_mutex: a writer is stopped before a reader that another waits for",
      .pure_spins = true,
      .early_timeouts = 0,
      .preemptions = 4},
     with(3,
          [](model::execution& run, world& w) {
              run.thread("writer", [&w] { w.write_unless_stopped(); });
              run.thread("a", [&w] { w.read_until_met(); });
              run.thread("b", [&w] { w.meet(); });
              run.thread("stops", [&w] { w.stop.request(); });
          })},
    {{.name = "shared_mutex: a writer is stopped that was woken",
      .pure_spins = true,
      .early_timeouts = 0,
      .preemptions = 4},
     with(3,
          [](model::execution& run, world& w) {
              model::check(w.mutex->try_lock(), "nobody else is here");
              run.thread("first", [&w] { w.write_and_unlock(); });
              run.thread("writer", [&w] { w.write_unless_stopped(); });
              run.thread("a", [&w] { w.write(); });
              run.thread("stops", [&w] { w.stop.request(); });
          })},
    {{.name = "shared_mutex: a coroutine that writes is stopped",
      .pure_spins = true,
      .early_timeouts = 0,
      .preemptions = 4},
     with(3,
          [](model::execution& run, world& w) {
              auto& suspended = run.share<stoppable_writer>(w);
              run.thread("a", [&w] { w.read(); });
              run.thread("starts", [&suspended] { suspended.start(); });
              run.thread("b", [&w] { w.read(); });
              run.thread("stops", [&w] { w.stop.request(); });
          })},
    {{.name = "shared_mutex: a coroutine reads", .pure_spins = true, .early_timeouts = 0},
     with(3,
          [](model::execution& run, world& w) {
              auto& suspended = run.share<coroutine>([&w] { w.read_and_unlock(); },
                                                     shared_mutex_core::shared | shared_mutex_core::takes_over);
              run.thread("writer", [&w] { w.write(); });
              run.thread("starts", [&w, &suspended] { suspended.start(*w.mutex); });
              run.thread("b", [&w] { w.read(); });
          })},
};

} // namespace
