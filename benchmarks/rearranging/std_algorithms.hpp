// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What std has, with an execution policy or without.
#pragma once

#include "workload.hpp"

namespace workload {

template <class Workers, class... Policy>
void register_std(const char* runtime, unsigned counts, const Policy&... policy) {
    const auto add = [&](const operation& what, auto run) {
        register_one<Workers>(what, runtime, counts,
                              [run](Workers&, arrays& a) { run(a, a.first.begin(), a.first.end()); });
    };
    add(merge, [policy...](arrays& a, auto first, auto last) {
        std::merge(policy..., first, last, a.second.begin(), a.second.end(), a.out.begin());
    });
    add(inplace_merge,
        [policy...](arrays& a, auto first, auto last) { std::inplace_merge(policy..., first, a.middle(), last); });
    add(set_union, [policy...](arrays& a, auto first, auto last) {
        a.returns(a.out.begin(),
                  std::set_union(policy..., first, last, a.second.begin(), a.second.end(), a.out.begin()));
    });
    add(set_intersection, [policy...](arrays& a, auto first, auto last) {
        a.returns(a.out.begin(),
                  std::set_intersection(policy..., first, last, a.second.begin(), a.second.end(), a.out.begin()));
    });
    add(partition, [policy...](arrays&, auto first, auto last) { std::partition(policy..., first, last, is_small); });
    add(stable_partition,
        [policy...](arrays&, auto first, auto last) { std::stable_partition(policy..., first, last, is_small); });
    add(nth_element,
        [policy...](arrays& a, auto first, auto last) { std::nth_element(policy..., first, a.middle(), last); });
    add(partial_sort, [policy...](arrays&, auto first, auto last) {
        std::partial_sort(policy..., first, first + (last - first) / 100, last);
    });
    add(unique_copy, [policy...](arrays& a, auto first, auto last) {
        a.returns(a.out.begin(), std::unique_copy(policy..., first, last, a.out.begin()));
    });
    add(remove_if, [policy...](arrays& a, auto first, auto last) {
        a.returns(first, std::remove_if(policy..., first, last, is_small));
    });
    add(reverse, [policy...](arrays&, auto first, auto last) { std::reverse(policy..., first, last); });
    add(rotate, [policy...](arrays& a, auto first, auto last) { std::rotate(policy..., first, a.middle() + 1, last); });
    register_pairs<Workers>(runtime, counts, [policy...](Workers&, auto first, auto last, auto less) {
        std::sort(policy..., first, last, less);
    });
}

} // namespace workload
