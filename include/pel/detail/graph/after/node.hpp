// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What begins after what: a node counts its predecessors that are not done, and lists whom it tells when it is. Nothing
// here knows threads; README.md beside this file has the argument, tests/model/programs/spawn_after.cpp explores it.
//   its maker, before others know it: expect().  any thread: all else, close() once, by who ends it.
// I1  an edge lies in its successor's memory, which outlives it: a node has all its edges until it is ready.
// I2  edge.predecessor is not null: that node has not arrived here yet, and who ends it holds it until it has.
// I3  missing_ counts those edges, and 1 more while a node runs that has handed over; it is 0 for good once it is 0.
//   SA1: close()'s exchange -> is_done(), a failed try_attach(): result, exception, and that all predecessors are done.
//   SA2: try_attach()'s exchange -> close(): the edge.  (All else is under the node's lock, L1.)
#pragma once

#include <pel/detail/sync/lock.hpp>

#include <cstdint>
#include <exception>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

class task_node;

/// One node after another; or a thread that sleeps until a node is done.
struct task_edge {
    task_edge* next = nullptr;        // in the predecessor's list; then of who has closed it
    task_node* successor = nullptr;   // null: a thread
    task_node* predecessor = nullptr; // guarded by the successor's lock
    task_edge* sibling = nullptr;     // the successor's next edge; guarded likewise
};

/// How a task came to its end. All but `completed`: its successors do not begin.
enum class task_end : std::uint8_t { completed, failed, cancelled };

class task_node {
public:
    task_node() noexcept = default;
    task_node(const task_node&) = delete;
    task_node& operator=(const task_node&) = delete;

    bool is_done() const noexcept { return to_tell_.load(acquire) == &closed_; } // sync(SA1) acquire: what it did

    // ---- as a predecessor ------------------------------------------------------------------------------------------

    /// False: this node is done.
    bool try_attach(task_edge& edge) noexcept {
        task_edge* newest = to_tell_.load(acquire); // sync(SA1) acquire: as is_done()
        while (newest != &closed_) {
            edge.next = newest;
            // sync(SA2, SA1) acq_rel: the edge, to close(); a failure may read that it is done
            if (to_tell_.compare_exchange(newest, &edge, acq_rel)) return true;
        }
        return false;
    }
    /// It is done. Returns: whom to tell, in the order in which they came.
    task_edge* close() noexcept {
        // sync(SA1, SA2) acq_rel: what it did, to all that look; the edges
        task_edge* newest = to_tell_.exchange(&closed_, acq_rel);
        task_edge* oldest = nullptr;
        while (newest != nullptr) {
            task_edge* const before = newest->next;
            newest->next = std::exchange(oldest, newest);
            newest = before;
        }
        return oldest;
    }

    // ---- as a successor --------------------------------------------------------------------------------------------

    /// Requires: nobody else knows this node, and no edge is attached yet; or its lock is held.
    void expect(task_edge& edge, task_node& predecessor) noexcept {
        edge = {nullptr, this, &predecessor, edges_};
        edges_ = &edge;
        ++missing_;
    }
    /// As expect(), for a node that others know; the edge is then to be attached. Calls prepare() before the node can
    /// become ready by it. False: it has begun, or is about to.
    template <class Prepare>
    bool try_expect(task_edge& edge, task_node& predecessor, const Prepare& prepare) noexcept {
        const lock_guard guard(lock_);
        if (missing_ == 0 || is_handing_over_) return false;
        prepare();
        expect(edge, predecessor);
        return true;
    }
    /// False: it has begun, or is about to. True is true as long as nothing that it waits for is done.
    bool has_not_begun() noexcept {
        const lock_guard guard(lock_);
        return missing_ != 0 && !is_handing_over_;
    }
    /// The running node itself: will not be done before `other` is.
    void wait_late(task_edge& edge, task_node& other) noexcept {
        const lock_guard guard(lock_);
        if (!std::exchange(is_handing_over_, true)) missing_ = 1; // until it returns (I3)
        expect(edge, other);
    }
    /// A node that has handed over has run. False: who tells it of the last one ends it, and it may be gone.
    bool has_returned() noexcept {
        const lock_guard guard(lock_);
        if (--missing_ != 0) return false;
        edges_ = nullptr; // as in arrive()
        return true;
    }

    struct arrival {
        bool is_ready;  // the caller's, to begin or to end
        bool is_wanted; // by that wait
    };
    /// Who has closed `from`, or found it closed, for each edge of the list: the last access to the edge.
    arrival arrive(task_edge& edge, const task_node& from, std::uint64_t wait) noexcept {
        const lock_guard guard(lock_);
        edge.predecessor = nullptr;
        if (from.end_ != task_end::completed) [[unlikely]]
            end_with(from);
        const bool is_ready = --missing_ == 0;
        if (is_ready) edges_ = nullptr; // nobody else looks at them any more
        return {is_ready, wanted_by_ == wait};
    }

    /// Looks for one that this node waits for, for the benefit of a wait that has come here. hold(node) is called as long
    /// as it is sure to live. Returns: it, or null. `skip` as many others, where there are so many.
    template <class Hold>
    task_node* look_down(std::uint64_t wait, std::uint32_t skip, const Hold& hold) noexcept {
        const lock_guard guard(lock_);
        wanted_by_ = wait;
        if (missing_ != 0) skip %= missing_;
        task_node* found = nullptr;
        for (task_edge** link = &edges_; *link != nullptr;) {
            task_edge& edge = **link;
            if (edge.predecessor == nullptr) {
                *link = edge.sibling; // so that nobody passes it twice
                continue;
            }
            found = edge.predecessor;
            if (skip-- == 0) break;
            link = &edge.sibling;
        }
        if (found != nullptr) hold(*found);
        return found;
    }
    /// Calls visit(node) with each that this node waits for, as look_down() does hold().
    template <class Visit>
    void for_each_missing(const Visit& visit) noexcept {
        const lock_guard guard(lock_);
        for (const task_edge* edge = edges_; edge != nullptr; edge = edge->sibling) {
            if (edge->predecessor != nullptr) visit(*edge->predecessor);
        }
    }

    // ---- how it ends -----------------------------------------------------------------------------------------------

    /// The first failure counts. Any thread while the node waits; its runner.
    void fail(task_end end, std::exception_ptr error) noexcept {
        const lock_guard guard(lock_);
        if (end_ != task_end::completed) return;
        end_ = end;
        error_ = std::move(error);
    }
    /// False: it has begun, or is about to.
    bool try_cancel() noexcept {
        const lock_guard guard(lock_);
        if (missing_ == 0 || is_handing_over_) return false;
        if (end_ == task_end::completed) end_ = task_end::cancelled;
        return true;
    }
    /// As a predecessor that was done before this node waited for it. Requires: as expect().
    void end_with(const task_node& from) noexcept {
        if (end_ != task_end::completed) return;
        end_ = from.end_;
        error_ = from.error_;
    }
    /// Requires: this node is ready, or done.
    task_end end() const noexcept { return end_; }
    const std::exception_ptr& error() const noexcept { return error_; }
    bool has_handed_over() const noexcept { return is_handing_over_; }

protected:
    ~task_node() = default;

    /// Requires: as expect().
    task_edge* edges() const noexcept { return edges_; }
    bool is_waiting() const noexcept { return missing_ != 0; }

private:
    static inline constinit task_edge closed_{};

    atomic<task_edge*> to_tell_{nullptr}; // newest first; &closed_: it is done
    lock lock_;
    std::uint32_t missing_ = 0;
    task_edge* edges_ = nullptr;
    std::uint64_t wanted_by_ = 0; // the wait that came here last, 0: none
    std::exception_ptr error_;
    task_end end_ = task_end::completed;
    bool is_handing_over_ = false;
};

} // namespace detail
PEL_NAMESPACE_END
