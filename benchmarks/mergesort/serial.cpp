// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_invoke.hpp"
#include "workload.hpp"

void workload::sort_serially(numbers all) { std::sort(all.begin(), all.end()); }

void workload::merge_serially(numbers a, numbers b, number* out) {
    std::merge(a.begin(), a.end(), b.begin(), b.end(), out);
}

namespace {

const bool sort = workload::register_sort("serial", 1, bench::serial_invoke());

} // namespace
