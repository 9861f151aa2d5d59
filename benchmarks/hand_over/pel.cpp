// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "threads.hpp"

#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/counting_semaphore.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/mutex.hpp>

#include <array>

namespace {

using workload::turns;

struct events {
    std::array<pel::auto_reset_event, 2> of;

    void wake(unsigned party) { of[party].set(); }
    void wait(unsigned party) { of[party].wait(); }
    auto async_wait(unsigned party) { return of[party].async_wait(); }
};

struct semaphores : workload::semaphores<pel::binary_semaphore> {
    auto async_wait(unsigned party) { return of(party).async_acquire(); }
};

using condition = workload::condition<pel::mutex, pel::condition_variable>;

const bool threads_semaphore = workload::register_threads<semaphores>("semaphore", "pel");
const bool threads_condition = workload::register_threads<condition>("condition", "pel");
const bool threads_event = workload::register_threads<events>("event", "pel");

template <class Between>
pel::task<> suspend_by_turns(Between& between, turns& all, unsigned party, std::uint32_t rounds) {
    for (std::uint32_t round = 0; round != rounds; ++round) {
        if (party != 0 || round != 0) co_await between.async_wait(party);
        all.take(party);
        between.wake(1 - party);
    }
}
pel::task<> suspend_by_turns(condition& between, turns& all, unsigned party, std::uint32_t rounds) {
    for (std::uint32_t round = 0; round != rounds; ++round) {
        {
            std::unique_lock lock = co_await between.mutex.async_lock();
            co_await between.changed.async_wait(lock, [&] { return between.turn == party; });
            all.take(party);
            between.turn = 1 - party;
        }
        between.changed.notify_one();
    }
}

template <class Between>
pel::task<> run_both(Between& between, turns& all, std::uint32_t rounds) {
    co_await pel::when_all(suspend_by_turns(between, all, 0, rounds), suspend_by_turns(between, all, 1, rounds));
}

template <class Between>
bool register_coroutines(const char* runtime) {
    return workload::register_turns<bench::pel_workers>(
        "coroutines", runtime, bench::each_count, workload::rounds_of_coroutines,
        [](bench::pel_workers& pel, std::uint32_t rounds) {
            Between between;
            turns all(rounds);
            pel.run([&] { pel::sync_wait(run_both(between, all, rounds)); });
            return all.seconds();
        });
}

const bool by_event = register_coroutines<events>("pel");
const bool by_semaphore = register_coroutines<semaphores>("pel_semaphore");
const bool by_condition = register_coroutines<condition>("pel_condition");

} // namespace
