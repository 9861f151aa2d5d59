// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_graphs.hpp"

#include "workload.hpp"

#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <vector>

namespace {

/// A task_group knows no order: each task counts those before it that have run, and the last of these runs it.
template <class Function>
class counting_tasks {
public:
    counting_tasks(bench::tbb_workers& tbb, const bench::dag& shape, Function function)
        : tbb_(tbb), shape_(shape), function_(function), missing_(shape.size()), first_after_(shape.size() + 1) {}

    void run() {
        tbb_.run([this] {
            find_successors();
            for (const std::uint32_t each : shape_.sources()) spawn(each);
            group_.wait();
        });
    }

private:
    void find_successors() {
        std::fill(first_after_.begin(), first_after_.end(), 0);
        for (std::uint32_t i = 0; i != shape_.size(); ++i) {
            const std::span<const std::uint32_t> before = shape_.before(i);
            missing_[i].store(static_cast<std::uint32_t>(before.size()), std::memory_order_relaxed);
            for (const std::uint32_t each : before) ++first_after_[each + 1];
        }
        for (std::uint32_t i = 0; i != shape_.size(); ++i) first_after_[i + 1] += first_after_[i];
        after_.resize(first_after_.back());
        std::vector<std::uint32_t> next = first_after_;
        for (std::uint32_t i = 0; i != shape_.size(); ++i) {
            for (const std::uint32_t each : shape_.before(i)) after_[next[each]++] = i;
        }
    }
    void spawn(std::uint32_t node) {
        group_.run([this, node] { run_from(node); });
    }
    /// Goes on with one of those that become ready, so a chain takes neither tasks nor stack.
    void run_from(std::uint32_t node) {
        constexpr std::uint32_t none = ~std::uint32_t{0};
        while (node != none) {
            function_(node)();
            std::uint32_t ready = none;
            for (std::uint32_t i = first_after_[node]; i != first_after_[node + 1]; ++i) {
                if (missing_[after_[i]].fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
                if (ready != none) spawn(ready);
                ready = after_[i];
            }
            node = ready;
        }
    }

    bench::tbb_workers& tbb_;
    const bench::dag& shape_;
    Function function_;
    std::vector<std::atomic<std::uint32_t>> missing_;
    std::vector<std::uint32_t> first_after_, after_; ///< which tasks come after each
    tbb::task_group group_;
};

struct counting_groups {
    using workers = bench::tbb_workers;
    template <class Function>
    using graph = counting_tasks<Function>;
};

const bool graphs = workload::register_spawns<bench::tbb_graphs>("tbb", bench::each_count);
const bool groups = workload::register_spawns<counting_groups>("tbb_group", bench::each_count);

} // namespace
