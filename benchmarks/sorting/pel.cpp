// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/algorithm/integer_sort.hpp>
#include <pel/algorithm/sort.hpp>

namespace {

struct sorter {
    using workers = bench::pel_workers;
    static constexpr bool has_stable_sort = true;

    static void sort(workers& on, auto first, auto last, auto less) { pel::sort(on.policy(), first, last, less); }
    static void stable_sort(workers& on, auto first, auto last, auto less) {
        pel::stable_sort(on.policy(), first, last, less);
    }
    static void integer_sort(workers& on, auto first, auto last) { pel::integer_sort(on.policy(), first, last); }
};
const bool sorts = workload::register_sorts("pel", bench::each_count, sorter());
const bool integers = workload::register_integer_sort("pel", bench::each_count, sorter());

} // namespace
