// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <chrono>
#include <memory>

namespace {

const workload::idle_runtime with_pel("pel", [] {
    auto pel = std::make_shared<bench::pel_workers>(workload::workers);
    return [pel](int items, void (*body)(int)) { pel::parallel_for(pel->policy(), 0, items, body); };
});

workload::posted_runtime::post post_to(const pel::thread_pool_options& options) {
    auto pel = std::make_shared<bench::pel_workers>(options);
    return [pel](void (*task)()) { pel->pool().post(task); };
}

pel::thread_pool_options spinning_for(std::chrono::nanoseconds spin) {
    pel::thread_pool_options options;
    options.concurrency = workload::workers;
    options.spin = spin;
    return options;
}

const workload::posted_runtime posted("pel", [] { return post_to(spinning_for(pel::thread_pool_options().spin)); });
const workload::posted_runtime posted_no_spin("pel_no_spin", [] { return post_to(spinning_for({})); });

} // namespace
