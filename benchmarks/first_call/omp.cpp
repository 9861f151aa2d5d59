// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

void invoke(const auto& f, const auto& g) {
#pragma omp parallel sections
    {
#pragma omp section
        f();
#pragma omp section
        g();
    }
}

void loop(int n, const auto& body) {
#pragma omp parallel for
    for (int i = 0; i < n; ++i) body(i);
}

const workload::both_forms
    with_omp("omp", [](const auto& f, const auto& g) { invoke(f, g); }, [](int n, const auto& body) { loop(n, body); });

} // namespace
