// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fork() handlers.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pthread.h>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Has every fork() call `before` and then, in the parent, `in_parent`; in the child, on its only thread, `in_child`.
/// Thread safety: a fork() under way ends first.
inline void register_fork_handlers(void (*before)(), void (*in_parent)(), void (*in_child)()) noexcept {
    ::pthread_atfork(before, in_parent, in_child);
}

} // namespace detail
PEL_NAMESPACE_END
