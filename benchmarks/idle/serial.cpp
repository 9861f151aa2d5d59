// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

const workload::idle_runtime serial("serial", [] {
    return [](int items, void (*body)(int)) {
        for (int i = 0; i != items; ++i) body(i);
    };
});

const workload::posted_runtime itself("serial", [] { return [](void (*task)()) { task(); }; });

} // namespace
