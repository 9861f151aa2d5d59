// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is spawned is moved, and an event stays where it is.
// expect: pel::async_scope::spawn: takes a pel::task, a function f\(\) that returns one, or
#include <pel/coro/async_scope.hpp>
#include <pel/sync/event.hpp>

void begin(pel::async_scope& scope, pel::event& event) {
#ifdef PEL_COMPILE_FAIL
    scope.spawn(event);
#else
    scope.spawn(event.async_wait());
#endif
}
