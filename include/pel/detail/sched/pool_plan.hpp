// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When a pool reads its machine, and how its threads are bound; pool_machine.hpp declares it.
#pragma once

#include <pel/detail/platform/affinity.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/sched/pool_machine.hpp>
#include <pel/detail/sched/seat_plan.hpp>
#include <pel/detail/topology/node_cpus.hpp>
#include <pel/detail/topology/text.hpp>

#include <exception>
#include <stdexcept>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

static_assert(pool_machine::any_node == placement::any_node);

PEL_INLINE pool_machine::~pool_machine() {
    delete cut_rule_.try_get();
    delete plan_.try_get();
}

PEL_INLINE bool pool_machine::wants_plan(bool before_work) const noexcept {
    bool wants = false;
    call_guarded([&] { wants = is_worth_reading(before_work); }, [](const std::exception_ptr&) {});
    return wants;
}

PEL_INLINE const seat_plan* pool_machine::useful_plan() const noexcept {
    const seat_plan* useful = nullptr;
    call_guarded(
        [&] {
            const seat_plan& made = make_plan();
            if (made.distances().tiers() > 1 || binds()) useful = &made;
        },
        [](const std::exception_ptr&) {}); // without memory for it all seats are alike
    return useful;
}

PEL_INLINE const seat_plan& pool_machine::make_plan() const {
    return plan_.get_or_build(
        [this] { return new seat_plan(topology_access::machine_of(topology_), seats_, how_, smt_, only_node_); });
}

PEL_INLINE const seat_plan* pool_machine::plan_to_cut_by() const noexcept {
    const cut_rule* const rule = cut_rule_.try_get_or_build([this] {
        const bool are_alike = seats_ < 2 || (!binds() && !may_have_unequal_cores(topology_));
        return new cut_rule{are_alike ? nullptr : &make_plan()};
    });
    return rule != nullptr ? rule->plan : nullptr;
}

PEL_INLINE cpu_mask pool_machine::cpus_of_seat(unsigned seat) const { return make_plan().places().cpus(seat); }

PEL_INLINE unsigned pool_machine::seats_on(unsigned node) const {
    const machine& its = topology_access::machine_of(topology_);
    const char* fault = node >= its.nodes.size() ? "there is no NUMA node " : nullptr;
    if (fault == nullptr && its.nodes[node].pus().empty()) fault = "the process may use no CPUs of NUMA node ";
    if (fault != nullptr) {
        throw_error<std::invalid_argument>(concat({"pel::par.on_node: ", fault, std::to_string(node),
                                                   ", the machine has ", std::to_string(its.nodes.size())}));
    }
    const placement& places = make_plan().places();
    unsigned seats = 0;
    for (unsigned seat = 0; seat < places.seats(); ++seat) seats += its.is_pu_of(node, places[seat].pu) ? 1U : 0U;
    return seats != 0 ? seats : 1;
}

PEL_INLINE bool pool_machine::settle(const seat_plan& plan, unsigned seat) const noexcept {
    if (!topology_access::is_this_system(topology_)) return true;
    if (plan.places()[seat].bound_to == binding::none) return false;
    bool is_bound = false;
    call_guarded(
        [&] { is_bound = is_left_alone(read_thread_affinity()) && set_thread_affinity(plan.places().cpus(seat)); },
        [](const std::exception_ptr&) {});
    return is_bound;
}

PEL_INLINE bool pool_machine::is_left_alone(const cpu_mask& thread) const {
    if (thread == allowed()) return true;
    cpu_mask online; // by now: the kernel leaves others out of what it says
    return try_read_list("/sys/devices/system/cpu/online", online) && thread == (allowed() & online);
}

PEL_INLINE void pool_machine::widen_affinity() const noexcept {
    if (!topology_access::is_this_system(topology_)) return;
    call_guarded(
        [&] {
            const bool is_fork_child = topology_access::limits(topology_).process != process_id();
            if (is_fork_child && !(read_process_affinity() == allowed())) return; // it was given CPUs of its own
            if (!(read_thread_affinity() == allowed())) set_thread_affinity(allowed());
        },
        [](const std::exception_ptr&) {});
}

PEL_INLINE bool pool_machine::is_worth_reading(bool before_work) const {
    if (seats_ < 2 && how_ == binding::automatic) return false;
    return before_work ? binds() : seats_ > many_seats || may_have_nodes();
}

PEL_INLINE bool pool_machine::binds() const {
    return how_ != binding::none && (how_ != binding::automatic || may_have_nodes());
}

} // namespace detail
PEL_NAMESPACE_END
