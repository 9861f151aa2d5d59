// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one run of a graph changes: how many predecessors each node still waits for, its job when it is ready, what is
// counted where nodes may run again, and the values. Kept by the graph between runs, so that running again allocates nothing. As new when no run has it.
#pragma once

#include <pel/detail/graph/plan.hpp>
#include <pel/detail/graph/ready_queue.hpp>
#include <pel/detail/memory/manual_lifetime.hpp>
#include <pel/detail/sched/group.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A node of a run.
struct node_slot {
    manual_lifetime<group_job> job; // from when it is ready until it has begun
    atomic<std::uint32_t> left{0};  // predecessors that are waited for; counted from anew once they have all run
    atomic<std::uint32_t> due{0};   // how often it is to run, where branches may choose it again meanwhile
};

class run_memory {
public:
    /// Throws: std::bad_alloc.
    explicit run_memory(std::shared_ptr<const graph_plan> plan);
    run_memory(const run_memory&) = delete;
    run_memory& operator=(const run_memory&) = delete;
    ~run_memory();

    const graph_plan& plan() const noexcept { return *plan_; }
    node_slot* slots() const noexcept { return slots_.get(); }
    /// Null: no node goes before another one.
    ready_queue* ready() noexcept { return ready_ ? &*ready_ : nullptr; }

    // With branches.
    /// How often more the edge at a place of all_successors() was gone along than the node that it leads to has begun.
    atomic<std::uint32_t>& arrived(std::uint32_t edge) const noexcept { return rounds_[edge]; }
    /// How many of a node and the readers of its value are not done with it in this round.
    atomic<std::uint32_t>& unread(std::uint32_t number) const noexcept { return rounds_[unread_begin() + number]; }

    bool has_values() const noexcept { return values_ != nullptr; }
    void* cell(const valued_node& node) const noexcept { return static_cast<std::byte*>(values_) + node.offset; }

    /// After a run. Returns: a node of which only some predecessors have come, or none. With branches that may be.
    std::uint32_t find_waiting() const noexcept;
    /// After a run that was cut short.
    void reset_slots() noexcept;
    void end_values() noexcept;

    run_memory* next = nullptr; // of those that are kept

private:
    std::size_t unread_begin() const noexcept { return (*plan_)[plan_->size()].first_successor; }

    const std::shared_ptr<const graph_plan> plan_; // also of a graph that was changed since, as long as values are kept
    const std::unique_ptr<node_slot[]> slots_;
    const std::unique_ptr<atomic<std::uint32_t>[]> rounds_; // arrived() of all edges, unread() of all nodes
    std::optional<ready_queue> ready_;
    void* values_ = nullptr;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE run_memory::run_memory(std::shared_ptr<const graph_plan> plan)
    : plan_(std::move(plan)), slots_(new node_slot[plan_->size()]),
      rounds_(plan_->has_branches() ? new atomic<std::uint32_t>[unread_begin() + plan_->size()] : nullptr) {
    reset_slots();
    if (plan_->is_ranked()) ready_.emplace(*plan_);
    if (plan_->value_bytes() == 0) return;
    values_ = ::operator new(plan_->value_bytes(), std::align_val_t{plan_->value_alignment()});
    std::memset(values_, 0, plan_->value_bytes()); // no cell has a value
}

PEL_INLINE run_memory::~run_memory() {
    end_values();
    if (values_ != nullptr) ::operator delete(values_, std::align_val_t{plan_->value_alignment()});
}

PEL_INLINE std::uint32_t run_memory::find_waiting() const noexcept {
    for (std::uint32_t each = 0; plan_->has_branches() && each != plan_->size(); ++each) {
        if (slots_[each].left.load(relaxed) != (*plan_)[each].predecessors)
            return each; // read after the group's end (G1)
    }
    return graph_plan::none;
}

PEL_INLINE void run_memory::reset_slots() noexcept {
    for (std::uint32_t each = 0; each != plan_->size(); ++each) {
        slots_[each].left.store((*plan_)[each].predecessors, relaxed); // published with the first jobs (D1, D2)
        slots_[each].due.store(0, relaxed);                            // likewise
    }
    if (ready_) ready_->reset();
    if (rounds_ == nullptr) return;
    for (std::uint32_t edge = 0; edge != unread_begin(); ++edge) arrived(edge).store(0, relaxed); // likewise
    for (std::uint32_t each = 0; each != plan_->size(); ++each)
        unread(each).store(1 + plan_->readers(each), relaxed); // likewise
}

PEL_INLINE void run_memory::end_values() noexcept {
    for (const valued_node* const each : plan_->valued()) each->type->end_value(cell(*each));
}

} // namespace detail
PEL_NAMESPACE_END
#endif
