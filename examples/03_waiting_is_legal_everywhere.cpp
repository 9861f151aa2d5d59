// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One wait for all places: inside a task, on a pool of one, under a lock. It runs only work spawned inside what it
// waits for, so the lock below cannot be asked for by the thread that holds it.
// Work and span of depth(n): O(n). Work of the loop: O(n²), and so is its span, because its bodies hold a lock.
#include <pel/pel.hpp>

#include <cstdio>
#include <functional>
#include <mutex>

int depth(pel::thread_pool& pool, int n) {
    return n == 0 ? 0 : 1 + pool.submit([&pool, n] { return depth(pool, n - 1); }).get();
}

int main() {
    pel::thread_pool one(1);
    std::printf("%d\n", depth(one, 20)); // twenty tasks deep, each waiting for the next, on one seat

    std::mutex mutex;
    long total = 0;
    pel::parallel_for(0, 1000, [&](int) {
        std::lock_guard lock(mutex);
        total += pel::parallel_reduce(0, 1000, 0L, [](int i) { return long(i % 3); }, std::plus<>());
    });
    std::printf("%ld\n", total);
}
