// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts the fork()s between the first process and this one. Pools, records and futures carry the count they were made
// in; in a child everything older belongs to threads that do not exist here, and nobody waits for them (S6).
#pragma once

#include <pel/detail/platform/fork.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Raised by the handler in a child, which has one thread at that moment.
inline constinit atomic<std::uint32_t> fork_generation{0};

/// The same as a mark that somebody leaves, never 0.
inline std::uint32_t mark_of_this_process() noexcept {
    return fork_generation.load(relaxed) + 1; // changes in a fork child, before it goes on
}

} // namespace detail
PEL_NAMESPACE_END
