// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/dag.hpp"
#include "support/pel_workers.hpp"

#include "workload.hpp"

#include <pel/graph/spawn_after.hpp>

#include <vector>

namespace {

template <class Function>
class spawned_tasks {
public:
    /// function(i) returns what node i runs.
    spawned_tasks(bench::pel_workers& pel, const bench::dag& shape, Function function)
        : pel_(pel), shape_(shape), function_(function) {}

    void run() {
        pel_.run([this] {
            std::vector<pel::task_ref> tasks;
            std::vector<pel::task_ref> before;
            tasks.reserve(shape_.size());
            for (std::uint32_t i = 0; i != shape_.size(); ++i) tasks.push_back(spawn(i, tasks, before));
            for (std::uint32_t i = 0; i != shape_.size(); ++i) {
                if (shape_.is_last(i)) tasks[i].wait();
            }
        });
    }

private:
    pel::task_ref spawn(std::uint32_t node, const std::vector<pel::task_ref>& tasks,
                        std::vector<pel::task_ref>& before) {
        const std::span<const std::uint32_t> numbers = shape_.before(node);
        switch (numbers.size()) {
        case 0: return pel::spawn_after({}, function_(node));
        case 1: return pel::spawn_after({tasks[numbers[0]]}, function_(node));
        case 2: return pel::spawn_after({tasks[numbers[0]], tasks[numbers[1]]}, function_(node));
        default:
            before.clear();
            for (const std::uint32_t each : numbers) before.push_back(tasks[each]);
            return pel::spawn_after(before, function_(node));
        }
    }

    bench::pel_workers& pel_;
    const bench::dag& shape_;
    Function function_;
};

struct spawned {
    using workers = bench::pel_workers;
    template <class Function>
    using graph = spawned_tasks<Function>;
};

const bool spawns = workload::register_spawns<spawned>("pel", bench::each_count);

} // namespace
