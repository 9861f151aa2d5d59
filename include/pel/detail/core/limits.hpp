// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a policy asks of a loop, or of a graph.
#pragma once

#include <pel/detail/sched/loop_scope.hpp>
#include <pel/policy.hpp>

#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

constexpr no_limits limits_of(const basic_parallel_policy<unlimited>&) noexcept { return {}; }

/// The policy's token is used, not copied.
template <class Token>
constexpr loop_limits limits_of(const basic_parallel_policy<Token>& policy) noexcept {
    loop_limits limits{policy_access::grain(policy), policy_access::most_threads(policy)};
    if constexpr (!std::is_same_v<Token, no_stop_token>) {
        limits.token = &policy_access::token(policy);
        limits.is_stopped = [](const void* token) noexcept {
            return static_cast<bool>(static_cast<const Token*>(token)->stop_requested());
        };
    }
    return limits;
}

} // namespace detail
PEL_NAMESPACE_END
