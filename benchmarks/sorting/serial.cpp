// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

struct sorter {
    using workers = bench::this_thread;
    static constexpr bool has_stable_sort = true;

    static void sort(workers&, auto first, auto last, auto less) { std::sort(first, last, less); }
    static void stable_sort(workers&, auto first, auto last, auto less) { std::stable_sort(first, last, less); }
    static void integer_sort(workers&, auto first, auto last) { std::sort(first, last); }
};
const bool sorts = workload::register_sorts("serial", 1, sorter());
const bool integers = workload::register_integer_sort("serial", 1, sorter());

} // namespace
