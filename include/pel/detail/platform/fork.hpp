// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts the fork()s between the first process and this one. Pools, records and futures carry the count they were made
// in; in a child everything older belongs to threads that do not exist here, and nobody waits for them (S6).
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <pthread.h>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constinit atomic<std::uint32_t> fork_generation{0};

/// Has `in_child` called in every fork child, after the generation rose. Call once per process.
inline void register_fork_handler(void (*in_child)()) noexcept { ::pthread_atfork(nullptr, nullptr, in_child); }

} // namespace detail
PEL_NAMESPACE_END
