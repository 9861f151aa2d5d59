// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who works where: loops that find their data near, work of one NUMA node, and what the pool knows of its machine.
// Work: O(n). Span: O(log n).
#include <pel/pel.hpp>

#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>

int main() {
    const std::size_t n = 1'000'000;
    pel::thread_pool_options options;
    options.smt = false;                  // one worker per core
    options.binding = pel::binding::core; // each on its own; left alone: on its NUMA node, where there are several
    pel::thread_pool pool(options);

    pel::affinity where; // who has which part of the loops over a and b
    pel::numa_vector<double> a(n), b(n);
    pel::parallel_for(pel::par.on(pool).replay(where), 0, n, [&](std::size_t i) { a[i] = b[i] = 1; });
    for (int step = 0; step < 10; ++step) // each part comes back to its thread, on the node where its pages are
        pel::parallel_for(pel::par.on(pool).replay(where), 0, n, [&](std::size_t i) { a[i] += b[i]; });

    double sum = 0, expected = 0;
    // Data on each node, and work on it by threads of that node, whatever is called inside.
    for (const pel::numa_node_info& each : pool.machine().numa_nodes()) {
        if (!each.is_home()) continue; // nobody's: far memory, or fast memory beside a node's own
        const pel::numa_node node{each.logical_index()};
        const pel::numa_vector<double> table(n, 2.0, node);
        sum += pel::parallel_reduce(
            pel::par.on(pool).on_node(node), 0, n, 0.0, [&](std::size_t i) { return table[i]; }, std::plus<>());
        expected += 2e6;
    }

    const pel::pool_stats stats = pool.stats();
    std::size_t tier = 0; // near before far: "core", "L3", "remote 21"
    for (const std::string& shared : pool.tiers())
        std::printf("%s: %llu steals\n", shared.c_str(), static_cast<unsigned long long>(stats.stolen_by_tier[tier++]));
    return sum == expected && a[0] == 11 && a[n - 1] == 11 ? 0 : 1;
}
