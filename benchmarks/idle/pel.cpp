// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <memory>

namespace {

const workload::idle_runtime with_pel("pel", [] {
    auto pel = std::make_shared<bench::pel_workers>(workload::workers);
    return [pel](int items, void (*body)(int)) { pel::parallel_for(pel->policy(), 0, items, body); };
});

} // namespace
