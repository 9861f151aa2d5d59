// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

const workload::both_forms serial(
    "serial",
    [](const auto& f, const auto& g) {
        f();
        g();
    },
    [](int n, const auto& body) {
        for (int i = 0; i != n; ++i) body(i);
    });

} // namespace
