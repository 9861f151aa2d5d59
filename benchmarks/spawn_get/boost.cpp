// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/boost_fibers.hpp"
#include "workload.hpp"

#include <boost/fiber/future.hpp>

namespace {

struct by_fiber {
    using workers = bench::boost_fibers;
    workers& thread;

    void post(const auto& task) { thread.run(task); }

    template <std::size_t Count>
    std::uint64_t run() {
        return workload::get_all<Count>(
            [](std::uint32_t i) { return boost::fibers::async([i] { return workload::value_of(i); }); });
    }
};

const bool outside = workload::register_all_outside<by_fiber>("spawn_get_", "boost", 1);
const bool on_worker = workload::register_all_on_worker<by_fiber>("spawn_get_", "boost", 1);

} // namespace
