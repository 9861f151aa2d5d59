// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one run of a graph changes: how many predecessors each node still waits for, its job when it is ready, what is
// counted where nodes may run again, and the values. Kept by the graph between runs, so that running again allocates
// nothing. As new when no run has it.
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

/// A node's job, from when it is ready until it has begun.
using node_job = manual_lifetime<group_job>;

/// How many predecessors a node waits for. Apart from the jobs, and with all that an arrival needs: those of random nodes
/// are looked at, several times before each runs.
struct node_count {
    atomic<std::uint32_t> left{0}; // counted from anew once they have all run
    std::uint32_t predecessors = 0;
};

class run_memory {
public:
    /// Throws: std::bad_alloc.
    explicit run_memory(std::shared_ptr<const graph_plan> plan);
    run_memory(const run_memory&) = delete;
    run_memory& operator=(const run_memory&) = delete;
    ~run_memory();

    const graph_plan& plan() const noexcept { return *plan_; }
    node_job* jobs() const noexcept { return jobs_.get(); }
    node_count* counts() const noexcept { return counts_.get(); }
    /// Null: no node goes before another one.
    ready_queue* ready() noexcept { return ready_ ? &*ready_ : nullptr; }

    // With branches.
    /// How often more the edge at a place of all_successors() was gone along than the node that it leads to has begun.
    atomic<std::uint32_t>& arrived(std::uint32_t edge) const noexcept { return rounds_[edge]; }
    /// How many of a node and the readers of its value are not done with it in this round.
    atomic<std::uint32_t>& unread(std::uint32_t number) const noexcept { return rounds_[edges() + number]; }
    /// How often a node is to run: branches may choose it again meanwhile.
    atomic<std::uint32_t>& due(std::uint32_t number) const noexcept {
        return rounds_[edges() + plan_->size() + number];
    }

    bool has_values() const noexcept { return values_ != nullptr; }
    void* cell(const valued_node& node) const noexcept { return static_cast<std::byte*>(values_) + node.offset; }

    /// After a run. Returns: a node of which only some predecessors have come, or none. With branches that may be.
    std::uint32_t find_waiting() const noexcept;
    /// After a run that was cut short.
    void reset_counts() noexcept;
    void end_values() noexcept;

    run_memory* next = nullptr; // of those that are kept

private:
    std::size_t edges() const noexcept { return (*plan_)[plan_->size()].first_successor; }

    const std::shared_ptr<const graph_plan> plan_; // also of a graph that was changed since, as long as values are kept
    const std::unique_ptr<node_job[]> jobs_;
    const std::unique_ptr<node_count[]> counts_;
    const std::unique_ptr<atomic<std::uint32_t>[]> rounds_; // arrived() of all edges, unread() and due() of all nodes
    std::optional<ready_queue> ready_;
    void* values_ = nullptr;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE run_memory::run_memory(std::shared_ptr<const graph_plan> plan)
    : plan_(std::move(plan)), jobs_(new node_job[plan_->size()]), counts_(new node_count[plan_->size()]),
      rounds_(plan_->has_branches() ? new atomic<std::uint32_t>[edges() + 2 * std::size_t{plan_->size()}] : nullptr) {
    for (std::uint32_t each = 0; each != plan_->size(); ++each)
        counts_[each].predecessors = (*plan_)[each].predecessors;
    reset_counts();
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
        if (counts_[each].left.load(relaxed) != counts_[each].predecessors)
            return each; // read after the group's end (G1)
    }
    return graph_plan::none;
}

PEL_INLINE void run_memory::reset_counts() noexcept {
    for (std::uint32_t each = 0; each != plan_->size(); ++each)
        counts_[each].left.store(counts_[each].predecessors, relaxed); // published with the first jobs (D1, D2)
    if (ready_) ready_->reset();
    if (rounds_ == nullptr) return;
    for (std::uint32_t edge = 0; edge != edges(); ++edge) arrived(edge).store(0, relaxed); // likewise
    for (std::uint32_t each = 0; each != plan_->size(); ++each) {
        unread(each).store(1 + plan_->readers(each), relaxed); // likewise
        due(each).store(0, relaxed);                           // likewise
    }
}

PEL_INLINE void run_memory::end_values() noexcept {
    for (const valued_node* const each : plan_->valued()) each->type->end_value(cell(*each));
}

} // namespace detail
PEL_NAMESPACE_END
#endif
