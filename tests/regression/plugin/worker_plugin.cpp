// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shared object that works in parallel: with the default pool, a pool of its own, and threads of its own. It may
// share a mutex with its caller.
#include <pel/parallel_for.hpp>
#include <pel/sync/mutex.hpp>
#include <pel/task_group.hpp>

#include <atomic>

extern "C" long work_with_the_default_pool(int n) {
    std::atomic<long> sum{0};
    pel::parallel_for(0, n, [&](int i) { sum += i; });
    return sum;
}

extern "C" long work_with_an_own_pool(int n) {
    pel::thread_pool pool(2);
    std::atomic<long> sum{0};
    pel::parallel_for(pel::par.on(pool), 0, n, [&](int i) { sum += i; });
    pel::task_group group(pool);
    for (int i = 0; i < 4; ++i) group.run([&] { ++sum; });
    (void)group.wait();
    return sum;
}

extern "C" bool lock_and_unlock(void* mutex) {
    auto& shared = *static_cast<pel::recursive_mutex*>(mutex);
    if (!shared.try_lock()) return false;
    shared.unlock();
    return true;
}
