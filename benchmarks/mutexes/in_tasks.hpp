// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Locks in the items of parallel loops, on two workers. mutex_in_tasks_100ns: every item works for about 1 us of its own,
// then for 100 ns under the lock. mutex_in_tasks_100us: half of the items work for 100 us under the lock, the others for
// as long without it: whoever waits for the lock may do others meanwhile, if its library can. The time is that of the loop;
// half of the serial one is the best that can be.
#pragma once

#include "workload.hpp"

namespace workload {

/// An item's work. The lock is held for all of it in half of the items, or at the end of each.
struct item_work {
    std::string_view name;
    std::size_t items, quick_items;
    std::uint32_t outside, held;
    bool is_in_half;
};
inline constexpr std::array<item_work, 2> item_works{
    {{"mutex_in_tasks_100ns", 4'000, 1'000, 833, 83, false}, {"mutex_in_tasks_100us", 64, 32, 0, 83'333, true}}};

inline bool is_heads(std::size_t i) { return bench::chain(static_cast<std::uint32_t>(i), 3) >> 31 != 0; }

template <class Locks>
struct locking_body {
    lock_and_data<Locks>* shared;
    item_work work;

    void operator()(std::size_t i) const {
        auto mine = static_cast<std::uint32_t>(i);
        if (work.is_in_half && is_heads(i)) {
            mine = bench::chain(mine, work.held);
        } else {
            mine = bench::chain(mine, work.outside);
            const typename Locks::alone hold(shared->mutex);
            shared->data.change(work.held);
        }
        bench::hide(mine);
    }
};

template <class Locks, class Loop>
void loop_over_items(benchmark::State& state, unsigned count, const Loop& loop, const item_work& work) {
    typename Loop::workers workers(count);
    const std::size_t n = bench::size(work.items, work.quick_items);
    std::uint64_t changes = 0;
    for (std::size_t i = 0; i != n; ++i) changes += work.is_in_half && is_heads(i) ? 0 : 1;
    for (auto _ : state) {
        lock_and_data<Locks> shared;
        const bench::clock::time_point start = bench::clock::now();
        loop(workers, n, locking_body<Locks>{&shared, work});
        state.SetIterationTime(bench::seconds_since(start));
        if (!shared.data.is_right(changes)) {
            bench::fail(state);
            break;
        }
    }
}

template <class Locks, class Loop>
bool register_in_tasks(const std::string& runtime, unsigned workers, const Loop& loop) {
    for (const item_work& work : item_works) {
        const bench::registration variant(
            std::string(work.name), runtime, workers, 4,
            [=](benchmark::State& state, unsigned count) { loop_over_items<Locks>(state, count, loop, work); });
    }
    return true;
}

} // namespace workload
