// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

#include <future>

namespace {

/// A thread for each task.
struct by_async {
    using workers = bench::this_thread;
    workers& here;

    template <std::size_t Count>
    std::uint64_t run() {
        return workload::get_all<Count>(
            [](std::uint32_t i) { return std::async(std::launch::async, [i] { return workload::value_of(i); }); });
    }
};

const bool async = workload::register_all_outside<by_async>("spawn_get_", "std_async", 2);

} // namespace
