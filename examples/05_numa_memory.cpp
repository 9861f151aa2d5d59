// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays on the NUMA nodes where they are used, on one node, and on all.
// Work: O(n). Span: O(log n).
#include <pel/pel.hpp>

#include <cstddef>
#include <cstdio>
#include <functional>

int main() {
    const std::size_t n = 1'000'000;
    pel::numa_vector<double> a(n), b(n); // no element has been written, so no page is on any node yet
    pel::first_touch(a);                 // each page comes to the node of the thread that has it in a loop over a
    pel::parallel_for(std::size_t{0}, n,
                      [&](std::size_t i) { b[i] = a[i] = 1; }); // who writes first decides, as here for b

    pel::numa_vector<double> bound(n, 2.0, pel::numa_node{0});    // on node 0, whoever writes it
    pel::numa_vector<double> table(n, 3.0, pel::numa_interleave); // page by page on all nodes: everybody reads it
    if (auto node = pel::node_of(&bound[n / 2])) std::printf("bound[n / 2] is on node %u\n", node->index);

    const auto product = [&](std::size_t i) { return a[i] * b[i] * bound[i] * table[i]; };
    const double sum = pel::parallel_reduce(std::size_t{0}, n, 0.0, product, std::plus<>());
    std::printf("%.0f\n", sum);
    return sum == 6e6 ? 0 : 1;
}
