// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The README's frequent questions, answered by code that runs.
// Work: the sum O(n), all else O(1). Span: O(log n).
#include <pel/pel.hpp>

#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>

int main() {
    // Is the caller counted? Yes: of two seats, it holds one while it is inside.
    pel::thread_pool pool(2);
    pool.execute(
        [&] { std::printf("of %u seats, one is ours: worker %u\n", pool.concurrency(), pel::this_worker::index()); });

    // May a task block? Yes; say so, and another thread has the seat meanwhile.
    pel::task_group group(pool);
    for (int i = 0; i < 4; ++i) {
        group.run([] { pel::blocking([] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }); });
    }
    // Can a group be used again? Yes, after wait().
    for (int round = 0; round < 3; ++round) {
        group.run([] {});
        if (group.wait() != pel::group_status::completed) return 1;
    }

    // Are floating-point sums the same every time? Operands keep their order, but not their grouping.
    double sum = pel::parallel_reduce(0, 100'000, 0.0, [](int i) { return 1.0 / (1.0 + i); }, std::plus<>());
    std::printf("%.6f\n", sum);

    // How many threads, and why?
    std::printf("%s", pel::topology::discover().explain().c_str());
}
