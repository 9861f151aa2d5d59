// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fork() handlers.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pthread.h>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Has `in_child` called in every fork child, on its only thread. Call once per process.
inline void register_fork_handler(void (*in_child)()) noexcept { ::pthread_atfork(nullptr, nullptr, in_child); }

} // namespace detail
PEL_NAMESPACE_END
