// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/algorithm/merge.hpp>
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/partition.hpp>
#include <pel/algorithm/remove.hpp>
#include <pel/algorithm/reverse.hpp>
#include <pel/algorithm/set_operations.hpp>
#include <pel/algorithm/shuffle.hpp>
#include <pel/algorithm/sort_by_key.hpp>

namespace {

using workers = bench::pel_workers;
using workload::arrays;

void add(const workload::operation& what, auto run) {
    workload::register_one<workers>(what, "pel", bench::each_count, [run](workers& on, arrays& a) {
        run(on.policy(), a, a.first.begin(), a.first.end());
    });
}

const bool all = [] {
    add(workload::merge, [](auto on, arrays& a, auto first, auto last) {
        pel::merge(on, first, last, a.second.begin(), a.second.end(), a.out.begin());
    });
    add(workload::inplace_merge,
        [](auto on, arrays& a, auto first, auto last) { pel::inplace_merge(on, first, a.middle(), last); });
    add(workload::set_union, [](auto on, arrays& a, auto first, auto last) {
        a.returns(a.out.begin(), pel::set_union(on, first, last, a.second.begin(), a.second.end(), a.out.begin()));
    });
    add(workload::set_intersection, [](auto on, arrays& a, auto first, auto last) {
        a.returns(a.out.begin(),
                  pel::set_intersection(on, first, last, a.second.begin(), a.second.end(), a.out.begin()));
    });
    add(workload::partition,
        [](auto on, arrays&, auto first, auto last) { pel::partition(on, first, last, workload::is_small); });
    add(workload::stable_partition,
        [](auto on, arrays&, auto first, auto last) { pel::stable_partition(on, first, last, workload::is_small); });
    add(workload::nth_element,
        [](auto on, arrays& a, auto first, auto last) { pel::nth_element(on, first, a.middle(), last); });
    add(workload::partial_sort, [](auto on, arrays&, auto first, auto last) {
        pel::partial_sort(on, first, first + (last - first) / 100, last);
    });
    add(workload::unique_copy, [](auto on, arrays& a, auto first, auto last) {
        a.returns(a.out.begin(), pel::unique_copy(on, first, last, a.out.begin()));
    });
    add(workload::remove_if, [](auto on, arrays& a, auto first, auto last) {
        a.returns(first, pel::remove_if(on, first, last, workload::is_small));
    });
    add(workload::reverse, [](auto on, arrays&, auto first, auto last) { pel::reverse(on, first, last); });
    add(workload::rotate,
        [](auto on, arrays& a, auto first, auto last) { pel::rotate(on, first, a.middle() + 1, last); });
    add(workload::shuffle, [](auto on, arrays&, auto first, auto last) { pel::random_shuffle(on, first, last, 1); });
    workload::register_by_key<workers>("pel", bench::each_count, [](workers& on, workload::keyed& now) {
        pel::sort_by_key(on.policy(), now.keys, now.places);
    });
    return true;
}();

} // namespace
