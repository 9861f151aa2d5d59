// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/sync/barrier.hpp>
#include <pel/sync/latch.hpp>
#include <pel/task_group.hpp>

namespace {

using workload::meeting;

constexpr unsigned seats = 2;

void meet_in_tasks(meeting& all) {
    bench::pel_workers pel(seats);
    pel::barrier<> barrier(all.members());
    pel.run([&] {
        pel::task_group members;
        for (unsigned me = 0; me != all.members(); ++me)
            members.run(
                [&, me] { workload::take_part(all, me, [&](unsigned, std::uint32_t) { barrier.arrive_and_wait(); }); });
        (void)members.wait();
    });
}

pel::task<void> member(meeting& all, pel::barrier<>& barrier, unsigned me) {
    for (std::uint32_t phase = 1;; ++phase) {
        all.begin(me, phase);
        co_await barrier.async_arrive_and_wait();
        if (!all.end(me, phase)) co_return;
    }
}

void meet_in_coroutines(meeting& all) {
    bench::pel_workers pel(seats);
    pel::barrier<> barrier(all.members());
    std::vector<pel::task<void>> members;
    for (unsigned me = 0; me != all.members(); ++me) members.push_back(member(all, barrier, me));
    pel.run([&] { pel::sync_wait(pel::when_all(std::move(members))); });
}

const bool threads = workload::register_types<pel::barrier<>, pel::latch>("pel");
const bool tasks = workload::register_meetings("barrier", "pel_tasks", {2, 4}, meet_in_tasks);
const bool coroutines = workload::register_meetings("barrier", "pel_coroutines", {2, 4}, meet_in_coroutines);

} // namespace
