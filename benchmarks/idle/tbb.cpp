// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <memory>

namespace {

const workload::idle_runtime with_tbb("tbb", [] {
    auto tbb = std::make_shared<bench::tbb_workers>(workload::workers);
    return [tbb](int items, void (*body)(int)) { tbb->run([=] { tbb::parallel_for(0, items, body); }); };
});

const workload::posted_runtime posted("tbb", [] {
    auto tbb = std::make_shared<bench::tbb_threads>(workload::workers);
    return [tbb](void (*task)()) { tbb->enqueue(task); };
});

} // namespace
