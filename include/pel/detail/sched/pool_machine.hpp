// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a pool makes of its machine: when it is worth reading, the plan of its seats, and the binding of its threads.
// Reading takes hwloc some 10 ms, on large machines 100; so a pool's first thread does it, before it works, where memory may
// be near or far, since the first work of a program often is what places its memory; on large machines of one node when
// a thread has nothing else to do; where cores differ in speed when a loop is first cut for them; and elsewhere never.
//   any thread: everything. Immutable but for the plan and whether loops are cut by it, both made once
//   (once_pointer.hpp, T1).
#pragma once

#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/sched/binding.hpp>
#include <pel/detail/sync/once_pointer.hpp>
#include <pel/detail/topology/core_speeds.hpp>
#include <pel/detail/topology/node_count.hpp>
#include <pel/topology.hpp>

#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

class seat_plan;

class pool_machine {
public:
    static constexpr unsigned any_node = ~0U;  // placement::any_node
    static constexpr unsigned many_seats = 16; // who searches among fewer looks at all of them

    /// `only_node`: seats are on that node, or on all with any_node.
    pool_machine(pel::topology topology, unsigned seats, binding how, bool smt, unsigned only_node) noexcept
        : topology_(std::move(topology)), seats_(seats), how_(how), smt_(smt), only_node_(only_node) {}
    pool_machine(const pool_machine&) = delete;
    pool_machine& operator=(const pool_machine&) = delete;
    ~pool_machine();

    /// Whether a plan would be of use: before threads start, or else when one has nothing to do.
    bool wants_plan(bool before_work) const noexcept;
    /// Returns: the plan, null if nothing is to be gained by one.
    const seat_plan* useful_plan() const noexcept;
    /// Throws: std::bad_alloc.
    const seat_plan& make_plan() const;
    /// Returns: the CPUs of a seat. Throws: std::bad_alloc.
    cpu_mask cpus_of_seat(unsigned seat) const;
    const seat_plan* try_get_plan() const noexcept { return plan_.try_get(); }
    /// Returns: the plan that loops are cut by, the same in each call, whoever else has one or makes it meanwhile; null:
    /// all seats are alike. Without memory for it they are, too.
    const seat_plan* plan_to_cut_by() const noexcept;
    /// Returns: how many seats are on a node. Throws: std::invalid_argument if nobody may work there, std::bad_alloc.
    unsigned seats_on(unsigned node) const;

    /// Binds the calling thread to its seat. Returns: false if it is not bound: by the plan, by the kernel, or because
    /// somebody else has given it CPUs of its own. A thread of a machine that is only described is taken to be there.
    bool settle(const seat_plan& plan, unsigned seat) const noexcept;

    /// A thread has the CPU mask of who started it, which is whoever found work: gives it the process' CPUs instead.
    /// Without memory for that it keeps what it has, and in a fork child whose mask is another than its parent's was.
    void widen_affinity() const noexcept;

private:
    const cpu_mask& allowed() const noexcept { return topology_access::limits(topology_).allowed; }
    /// Whether a thread with these CPUs has all that the process has.
    bool is_left_alone(const cpu_mask& thread) const;
    bool is_worth_reading(bool before_work) const;
    bool binds() const;
    bool may_have_nodes() const { return may_have_several_nodes(topology_); }

    struct cut_rule {
        const seat_plan* plan;
    };

    const pel::topology topology_;
    const unsigned seats_;
    const binding how_;
    const bool smt_;
    const unsigned only_node_;
    mutable once_pointer<const seat_plan> plan_;
    mutable once_pointer<const cut_rule> cut_rule_;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/sched/pool_plan.hpp>
#endif
