// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

struct by_call {
    using workers = bench::this_thread;
    workers& here;

    void post(const auto& task) { here.run(task); }

    template <std::size_t Count>
    std::uint64_t run() {
        std::uint64_t sum = 0;
        for (std::uint32_t i = 0; i != Count; ++i) {
            std::uint32_t task = i;
            bench::hide(task);
            sum += workload::value_of(task);
        }
        return sum;
    }
};

bool register_form(const char* form) {
    return workload::register_all_outside<by_call>(form, "serial", 1) &&
           workload::register_all_on_worker<by_call>(form, "serial", 1);
}

const bool futures = register_form("spawn_get_");
const bool waits = register_form("spawn_wait_");

} // namespace
