// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program with a data race of its own: two tasks that nothing orders write the same variable. ThreadSanitizer must
// report it, so the library's edges do not order more than they promise. Argument: which construct.
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <thread>

namespace {

int raced = 0;
std::atomic<int> arrived{0};
std::atomic<int> written{0};

/// Until two threads are there; gives up if the scheduler never brings two together. relaxed: orders nothing. In steps
/// that are not too short: ThreadSanitizer must remember what was done a while ago.
void await_two(std::atomic<int>& count) {
    count.fetch_add(1, std::memory_order_relaxed);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (count.load(std::memory_order_relaxed) < 2 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::microseconds(100));
}

/// Writes once two threads are here at once.
void write_together() {
    await_two(arrived);
    ++raced;
    await_two(written);
}

} // namespace

int main(int count, char** arguments) {
    const std::string_view construct = count > 1 ? arguments[1] : "fork";
    pel::thread_pool pool(2);
    if (construct == "fork") {
        pool.execute([] { pel::parallel_invoke(write_together, write_together); });
    } else if (construct == "group") {
        pel::task_group group(pool);
        group.run(write_together);
        group.run(write_together);
        while (arrived.load(std::memory_order_relaxed) < 1) std::this_thread::yield();
        (void)group.wait();
    } else if (construct == "submit") {
        auto first = pool.submit(write_together);
        while (arrived.load(std::memory_order_relaxed) < 1) std::this_thread::yield();
        auto second = pool.submit(write_together);
        second.get();
        first.get();
    } else if (construct == "loop") {
        // Long bodies, until two threads take part.
        pel::parallel_for(pel::par.on(pool), 0, 1'000, [](int i) {
            const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(200);
            while (std::chrono::steady_clock::now() < end) {
            }
            if (i == 1 || i == 998) write_together();
        });
    }
    std::printf("%d\n", raced);
}
