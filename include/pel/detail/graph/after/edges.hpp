// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How tasks come to wait for others, and that no circle comes of it. A new task has no successors, so what it waits for
// cannot wait for it, and nobody needs to look. All later edges are added under one lock of the process, after a walk
// from the new predecessor down to everything that it waits for: whoever adds an edge sees all those added before.
// (An edge may go, when a task is done, but none that would close the circle: its tasks wait for each other.)
//   any thread: everything.
#pragma once

#include <pel/detail/graph/after/task.hpp>
#include <pel/detail/platform/fork.hpp>
#include <pel/detail/sched/process.hpp>

#include <optional>
#include <stdexcept>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Guards all edges of tasks that others know, against being added; and the fields of a walk.
class edge_lock {
public:
    edge_lock() noexcept {
        static constinit atomic<bool> is_prepared{false};
        do_once(is_prepared, [] {
            register_fork_handlers([] {}, [] {}, [] { lock_.reset_after_fork(); }); // its holder is not in the child
        });
        lock_.acquire_lock();
    }
    edge_lock(const edge_lock&) = delete;
    edge_lock& operator=(const edge_lock&) = delete;
    ~edge_lock() { lock_.release_lock(); }

private:
    static inline constinit lock lock_;
};

/// A walk down, through a task that is not done and all that it waits for, each once. Cost: so many locks.
class task_walk {
public:
    /// Requires: an edge_lock, as long as it is at work.
    task_walk() noexcept : number_(++last_number_) {}
    task_walk(const task_walk&) = delete;
    task_walk& operator=(const task_walk&) = delete;
    /// Requires: no edge_lock; what only the walk has held is destroyed.
    ~task_walk() {
        while (dead_ != nullptr) std::exchange(dead_, dead_->next_in_walk_)->destroy();
    }

    /// Returns: whether `is_sought` is true of one of them.
    template <class IsSought>
    bool finds(task_core& from, const IsSought& is_sought) noexcept {
        bool is_found = false;
        visit(from);
        while (to_visit_ != nullptr) {
            task_core& it = *std::exchange(to_visit_, to_visit_->next_in_walk_);
            is_found = is_found || is_sought(it);
            if (!is_found) it.for_each_missing([&](task_node& each) { visit(static_cast<task_core&>(each)); });
            if (it.let_go()) it.next_in_walk_ = std::exchange(dead_, &it);
        }
        return is_found;
    }

private:
    void visit(task_core& task) noexcept {
        if (std::exchange(task.walked_by_, number_) == number_) return;
        task.hold();
        task.next_in_walk_ = std::exchange(to_visit_, &task);
    }

    static inline constinit std::uint64_t last_number_ = 0; // guarded by the edge_lock
    const std::uint64_t number_;
    task_core* to_visit_ = nullptr;
    task_core* dead_ = nullptr;
};

PEL_COLD inline void throw_cycle(const char* what) {
    throw_error<std::logic_error>(std::string("pel::spawn_after: a cycle: ") + what);
}

/// A place for one more edge. Requires: nobody else asks. Throws: std::bad_alloc.
inline task_edge& task_core::next_edge(worker& by) {
    if (used_places_ < places) return places_[used_places_++];
    more_edges_ = edge_block::make(by, 1, more_edges_);
    return *more_edges_->edges();
}

/// Of tasks of other pools no count of this one can be sure.
inline void task_core::count_across(const task_core& other) noexcept {
    if (&other.pool_ != &pool_) count();
}
inline void task_core::count() noexcept {
    if (is_counted_) return;
    pool_.submission_begins();
    is_counted_ = true;
}

/// An edge that this task expects. The last access to the task, unless the caller holds it.
inline void task_core::attach(task_edge& edge, task_core& predecessor) noexcept {
    if (predecessor.try_attach(edge)) return;
    if (arrive(edge, predecessor, 0).is_ready) start(); // as who has ended it would
}

/// All edges are expected before the first is attached, so the task is not ready before the last one is.
template <class Predecessors>
void task_core::begin_after(const Predecessors& predecessors, std::size_t size) {
    task_edge* place = places_;
    if (size > places) [[unlikely]] {
        more_edges_ = edge_block::make(counting_record(pool_), static_cast<std::uint32_t>(size), nullptr);
        place = more_edges_->edges();
    }
    for (auto&& each : predecessors) {
        task_core& other = task_access::core(each);
        if (other.is_done()) {
            end_with(other);
            continue;
        }
        expect(*place++, other);
        count_across(other);
    }
    if (!is_waiting()) return start();
    for (task_edge *edge = edges(), *following = nullptr; edge != nullptr; edge = following) {
        following = edge->sibling; // read before the edge is attached: after the last one the task may be gone
        attach(*edge, static_cast<task_core&>(*edge->predecessor));
    }
}

inline bool task_core::add_predecessor(task_core& other) {
    if (&other == this) throw_cycle("a task cannot begin after itself");
    if (is_done()) return false;
    check_process();
    other.check_process();
    edge_block* const block = edge_block::make(counting_record(pool_), 1, nullptr);
    task_edge& edge = *block->edges();
    bool is_cycle = false, is_added = false;
    {
        edge_block* unused = block;
        std::optional<task_walk> walk;
        {
            const edge_lock guard;
            walk.emplace();
            is_cycle = has_not_begun() && walk->finds(other, [this](const task_core& each) { return &each == this; });
            is_added = !is_cycle && try_expect(edge, other, [&]() noexcept {
                block->next = std::exchange(more_edges_, std::exchange(unused, nullptr));
                count(); // by the time it is attached, nothing may be left that is counted and that this task waits for
            });
        }
        edge_block::free_all(unused);
    }
    if (is_cycle) throw_cycle("the new predecessor waits for this task, perhaps through others");
    if (is_added) attach(edge, other);
    return is_added;
}

inline void task_core::hand_over_to(task_core& other) {
    if (&other == this) throw_cycle("a task cannot hand over to itself");
    if (other.is_done()) {
        if (other.end() != task_end::completed) fail(other.end(), other.error());
        return;
    }
    other.check_process();
    task_edge& edge = next_edge(counting_record(pool_));
    bool is_cycle = false;
    {
        std::optional<task_walk> walk;
        const edge_lock guard;
        walk.emplace();
        is_cycle = walk->finds(other, [this](const task_core& each) { return &each == this; });
        if (!is_cycle) wait_late(edge, other);
    }
    if (is_cycle) throw_cycle("the task that is to take over waits for this one, perhaps through others");
    if (&other.pool_ != &pool_) keeps_count_ = true;
    attach(edge, other);
}

inline bool task_core::cancel() noexcept {
    if (is_done() || !pool_.is_from_this_process()) return false;
    if (try_cancel()) return true;
    if (!try_claim()) return is_limited_ && give_up();
    fail(task_end::cancelled, nullptr);
    serve(counting_record(pool_), 0);
    return true;
}

} // namespace detail
PEL_NAMESPACE_END
