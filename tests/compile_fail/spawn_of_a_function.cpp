// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What it does would not be awaited: that is a task_group's.
// expect: pel::async_scope::spawn: takes a pel::task, a function f\(\) that returns one, or
#include <pel/coro/async_scope.hpp>

void begin(pel::async_scope& scope, int& n) {
#ifdef PEL_COMPILE_FAIL
    scope.spawn([&] { ++n; });
#else
    scope.spawn([&]() -> pel::task<> {
        ++n;
        co_return;
    });
#endif
}
