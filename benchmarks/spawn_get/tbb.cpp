// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/task_group.h>

#include <future>
#include <memory>

namespace {

/// An arena whose workers do everything, and the standard library's futures: TBB has none. Not for workers, which would
/// block.
struct by_arena {
    using workers = bench::tbb_threads;
    workers& threads;

    template <std::size_t Count>
    std::uint64_t run() {
        return workload::get_all<Count>([this](std::uint32_t i) {
            const auto promised = std::make_shared<std::promise<std::uint32_t>>();
            std::future<std::uint32_t> value = promised->get_future();
            threads.enqueue([promised, i] { promised->set_value(workload::value_of(i)); });
            return value;
        });
    }
};

/// A group, in whose wait() the caller takes part.
template <class Workers>
struct by_group {
    using workers = Workers;
    workers& threads;

    void post(const auto& task) { threads.enqueue(task); }

    template <std::size_t Count>
    std::uint64_t run() {
        std::array<std::uint32_t, Count> values{};
        tbb::task_group group;
        for (std::uint32_t i = 0; i != Count; ++i) group.run([&values, i] { values[i] = workload::value_of(i); });
        group.wait();
        std::uint64_t sum = 0;
        for (const std::uint32_t each : values) sum += each;
        return sum;
    }
};

const bool arena = workload::register_all_outside<by_arena>("spawn_get_", "tbb_arena", 2);
const bool group =
    workload::register_all_outside<by_group<bench::tbb_workers>>("spawn_wait_", "tbb", bench::each_count);
const bool group_on_worker =
    workload::register_all_on_worker<by_group<bench::tbb_threads>>("spawn_wait_", "tbb", bench::each_count);

} // namespace
