// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls with par.on_node(): a node has a pool of its own, with as many seats as the whole pool has on that node, whose
// threads are bound to the node and sleep when there is no such call. So whatever runs inside stays there, loops, tasks
// and submissions alike, and the scheduler knows of no such thing as work that only some of its threads may take.
#pragma once

#include <pel/detail/sched/temporary_binding.hpp>
#include <pel/policy.hpp>

#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// That of the pool that a policy names, else of the calling worker's, else of the default.
template <class Token>
scheduler& scheduler_of(const basic_parallel_policy<Token>& policy) {
    scheduler* const named = pool_access::chosen(policy);
    return named != nullptr ? *named : current_scheduler();
}
template <class Token>
thread_pool& pool_of(const basic_parallel_policy<Token>& policy) {
    return pool_access::owner(scheduler_of(policy));
}

/// Has a thread of the pool call f(), inside of what is around the calling one, which has no part in it. Throws: what f()
/// throws; std::bad_alloc.
template <class F>
void call_there(thread_pool& there, F&& f) {
    call_level level(*current_worker);
    future<void> result = there.submit([&] {
        const passed_level inside(*current_worker, level);
        f();
    });
    submission_access::wait_idly(result);
    result.get();
}

/// Calls call(the policy without its node, on the pool of the node), bound to the node for so long; or waits for a thread
/// of the node to do that, if the system does not let the calling one be bound. (Then the node's own may not be bound
/// either, but they may: they have been, or it is this thread alone that is kept elsewhere.) Throws: what it throws;
/// std::invalid_argument: see on_node().
template <class Token, class Call>
void call_on_node(const basic_parallel_policy<placed<Token>>& policy, const Call& call) {
    thread_pool& there = pool_access::node_pool(pool_of(policy), policy_access::node(policy)->index);
    const auto plain = policy_access::without_node(policy, there);
    const worker& own = *current_worker;
    const bool is_there = own.pool == &pool_access::core(there) && !own.is_foreign;
    if (is_there || !topology_access::is_this_system(there.machine())) return call(plain);
    const temporary_binding binding(pool_access::places(there).cpus_of_seat(0));
    if (binding.is_in_force()) return call(plain);
    call_there(there, [&] { call(plain); });
}

} // namespace detail
PEL_NAMESPACE_END
