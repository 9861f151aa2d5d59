// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

#include <numeric>
#include <vector>

namespace {

pel::task<std::uint32_t> value(std::uint32_t task) { co_return workload::value_of(task); }

/// What all ways have.
struct of_pool {
    using workers = bench::pel_workers;
    workers& pel;

    void post(const auto& task) { pel.pool().post(task); }
};

struct by_submit : of_pool {
    template <std::size_t Count>
    std::uint64_t run() {
        return workload::get_all<Count>([this](std::uint32_t i) { return pel.pool().submit(value(i)); });
    }
};

struct by_function : of_pool {
    template <std::size_t Count>
    std::uint64_t run() {
        return workload::get_all<Count>(
            [this](std::uint32_t i) { return pel.pool().submit([i] { return workload::value_of(i); }); });
    }
};

struct by_sync_wait : of_pool {
    template <std::size_t Count>
    std::uint64_t run() {
        return pel.run([] { return wait_for<Count>(); });
    }

private:
    template <std::size_t Count>
    static std::uint64_t wait_for() {
        if constexpr (Count == 1) {
            return pel::sync_wait(value(0));
        } else {
            std::vector<pel::task<std::uint32_t>> tasks;
            tasks.reserve(Count);
            for (std::uint32_t i = 0; i != Count; ++i) tasks.push_back(value(i));
            const std::vector<std::uint32_t> values = pel::sync_wait(pel::when_all(std::move(tasks)));
            return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
        }
    }
};

template <class Way>
bool register_both(const char* form, const char* name) {
    return workload::register_all_outside<Way>(form, name, bench::each_count) &&
           workload::register_all_on_worker<Way>(form, name, bench::each_count);
}

const bool coroutines = register_both<by_submit>("spawn_get_", "pel");
const bool functions = register_both<by_function>("spawn_get_", "pel_function");
const bool sync_waits = register_both<by_sync_wait>("spawn_wait_", "pel");

} // namespace
