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

const bool outside = workload::register_all_outside<by_call>("serial", 1);
const bool on_worker = workload::register_all_on_worker<by_call>("serial", 1);

} // namespace
