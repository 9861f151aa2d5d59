// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel mode, which runs on OpenMP.
#include "support/gnu_workers.hpp"
#include "workload.hpp"

#include <parallel/algorithm>

namespace {

using workers = bench::gnu_workers;
using workload::arrays;

void add(const workload::operation& what, auto run) {
    workload::register_one<workers>(what, "gnu", bench::each_count,
                                    [run](workers&, arrays& a) { run(a, a.first.begin(), a.first.end()); });
}

const bool all = [] {
    add(workload::merge, [](arrays& a, auto first, auto last) {
        __gnu_parallel::merge(first, last, a.second.begin(), a.second.end(), a.out.begin());
    });
    add(workload::set_union, [](arrays& a, auto first, auto last) {
        a.returns(a.out.begin(),
                  __gnu_parallel::set_union(first, last, a.second.begin(), a.second.end(), a.out.begin()));
    });
    add(workload::set_intersection, [](arrays& a, auto first, auto last) {
        a.returns(a.out.begin(),
                  __gnu_parallel::set_intersection(first, last, a.second.begin(), a.second.end(), a.out.begin()));
    });
    add(workload::partition,
        [](arrays&, auto first, auto last) { __gnu_parallel::partition(first, last, workload::is_small); });
    add(workload::nth_element,
        [](arrays& a, auto first, auto last) { __gnu_parallel::nth_element(first, a.middle(), last); });
    add(workload::partial_sort, [](arrays&, auto first, auto last) {
        __gnu_parallel::partial_sort(first, first + (last - first) / 100, last);
    });
    add(workload::unique_copy, [](arrays& a, auto first, auto last) {
        a.returns(a.out.begin(), __gnu_parallel::unique_copy(first, last, a.out.begin()));
    });
    add(workload::shuffle, [](arrays&, auto first, auto last) { __gnu_parallel::random_shuffle(first, last); });
    workload::register_pairs<workers>("gnu", bench::each_count, [](workers&, auto first, auto last, auto less) {
        __gnu_parallel::sort(first, last, less);
    });
    return true;
}();

} // namespace
