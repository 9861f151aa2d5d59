// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a pool makes of its machine: when it is worth reading, the plan of its seats, and the binding of its threads.
// Reading takes hwloc some 10 ms, on large machines 100; so it is done before the first thread starts where memory may
// be near or far, since the first work of a program often is what places its memory; on large machines of one node when
// a thread has nothing else to do; and elsewhere never.
//   any thread: everything. Immutable but for the plan, which is made once (once_pointer.hpp, T1).
#pragma once

#include <pel/detail/platform/affinity.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/sched/binding.hpp>
#include <pel/detail/sched/seat_plan.hpp>
#include <pel/detail/sync/once_pointer.hpp>
#include <pel/detail/topology/node_count.hpp>
#include <pel/topology.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

class pool_machine {
public:
    static constexpr unsigned many_seats = 16; // who searches among fewer looks at all of them

    /// `only_node`: seats are on that node, or on all with placement::any_node.
    pool_machine(pel::topology topology, unsigned seats, binding how, bool smt, unsigned only_node) noexcept
        : topology_(std::move(topology)), seats_(seats), how_(how), smt_(smt), only_node_(only_node) {}
    pool_machine(const pool_machine&) = delete;
    pool_machine& operator=(const pool_machine&) = delete;
    ~pool_machine() { delete plan_.try_get(); }

    /// Whether a plan would be of use: before threads start, or else when one has nothing to do.
    bool wants_plan(bool before_work) const noexcept {
        bool wants = false;
        call_guarded([&] { wants = is_worth_reading(before_work); }, [](const std::exception_ptr&) {});
        return wants;
    }
    /// Returns: the plan, null if nothing is to be gained by one.
    const seat_plan* useful_plan() const noexcept {
        const seat_plan* useful = nullptr;
        call_guarded(
            [&] {
                const seat_plan& made = make_plan();
                if (made.distances().tiers() > 1 || binds()) useful = &made;
            },
            [](const std::exception_ptr&) {}); // without memory for it all seats are alike
        return useful;
    }
    /// Throws: std::bad_alloc.
    const seat_plan& make_plan() const {
        return plan_.get_or_build(
            [this] { return new seat_plan(topology_access::machine_of(topology_), seats_, how_, smt_, only_node_); });
    }
    const seat_plan* try_get_plan() const noexcept { return plan_.try_get(); }
    /// Returns: how many seats are on a node. Throws: std::invalid_argument if nobody may work there, std::bad_alloc.
    unsigned seats_on(unsigned node) const {
        const machine& its = topology_access::machine_of(topology_);
        const char* fault = node >= its.nodes.size() ? "there is no NUMA node " : nullptr;
        if (fault == nullptr && !its.nodes[node].is_home()) fault = "the process may use no CPUs of NUMA node ";
        if (fault != nullptr) {
            throw_error<std::invalid_argument>(concat({"pel::par.on_node: ", fault, std::to_string(node),
                                                       ", the machine has ", std::to_string(its.nodes.size())}));
        }
        const placement& places = make_plan().places();
        unsigned seats = 0;
        for (unsigned seat = 0; seat < places.seats(); ++seat) seats += places[seat].node == node ? 1 : 0;
        return seats != 0 ? seats : 1;
    }

    /// Binds the calling thread to its seat. Returns: false if it is not bound: by the plan, by the kernel, or because
    /// somebody else has given it CPUs of its own. A thread of a machine that is only described is taken to be there.
    bool settle(const seat_plan& plan, unsigned seat) const noexcept {
        if (!topology_access::is_this_system(topology_)) return true;
        if (plan.places()[seat].bound_to == binding::none) return false;
        bool is_bound = false;
        call_guarded(
            [&] { is_bound = read_thread_affinity() == allowed() && set_thread_affinity(plan.places().cpus(seat)); },
            [](const std::exception_ptr&) {});
        return is_bound;
    }

    /// A thread has the CPU mask of who started it, which is whoever found work: gives it the process' CPUs instead.
    /// Without memory for that it keeps what it has.
    void widen_affinity() const noexcept {
        if (!topology_access::is_this_system(topology_)) return;
        call_guarded(
            [&] {
                if (!(read_thread_affinity() == allowed())) set_thread_affinity(allowed());
            },
            [](const std::exception_ptr&) {});
    }

private:
    const cpu_mask& allowed() const noexcept { return topology_access::limits(topology_).allowed; }
    bool is_worth_reading(bool before_work) const {
        if (seats_ < 2 && how_ == binding::automatic) return false;
        return before_work ? binds() : seats_ > many_seats || may_have_nodes();
    }
    bool binds() const { return how_ != binding::none && (how_ != binding::automatic || may_have_nodes()); }
    bool may_have_nodes() const { return may_have_several_nodes(topology_); }

    const pel::topology topology_;
    const unsigned seats_;
    const binding how_;
    const bool smt_;
    const unsigned only_node_;
    mutable once_pointer<const seat_plan> plan_;
};

} // namespace detail
PEL_NAMESPACE_END
