// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a group's task returns is dropped, and so would be a coroutine; with or without units of a resource.
// expect: pel::run_with: nobody awaits the coroutine
#include <pel/graph/resource.hpp>

#include <pel/coro/sync_wait.hpp>

pel::task<> coroutine() { co_return; }

void begin(pel::task_group& group, pel::resource& disk) {
#ifdef PEL_COMPILE_FAIL
    pel::run_with(group, {disk}, [] { return coroutine(); });
#else
    pel::run_with(group, {disk}, [] { pel::sync_wait(coroutine()); });
#endif
}
