// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a process has done once: handlers of fork() and exit. Any thread.
#pragma once

#include <pel/detail/sync/atomic.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Does what may be done twice, by threads that race. Not a static variable's initialiser: a fork() in the middle of
/// that would leave the child waiting for a thread that does not exist there.
template <class Do>
void do_once(atomic<bool>& is_done, const Do& action) {
    if (is_done.load(relaxed)) return; // stale: once more
    action();
    is_done.store(true, relaxed);
}

/// Has the handlers of fork() called.
void prepare_for_forks();

/// Has `handler` called when the process exits.
void call_at_exit(void (*handler)());

} // namespace detail
PEL_NAMESPACE_END
