// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A constant reference binds to a temporary, which is gone when the task's result is used.
// expect: deleted
#include <pel/coro/task.hpp>

#include <string>

std::string text() { return "text"; }

pel::task<const std::string&> refers(const std::string& to) {
#ifdef PEL_COMPILE_FAIL
    (void)to;
    co_return text();
#else
    co_return to;
#endif
}
