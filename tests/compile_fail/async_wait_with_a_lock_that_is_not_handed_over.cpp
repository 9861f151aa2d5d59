// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shared mutex, or std's, has nothing that could be handed to a coroutine that asks for a condition.
// expect: async_wait: takes a lock of a pel::mutex
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/shared_mutex.hpp>

#ifdef PEL_COMPILE_FAIL
using mutex = pel::shared_mutex;
#else
using mutex = pel::timed_mutex;
#endif

void wait(pel::condition_variable& changed, std::unique_lock<mutex>& lock) {
    (void)changed.async_wait(lock, [] { return true; });
}
