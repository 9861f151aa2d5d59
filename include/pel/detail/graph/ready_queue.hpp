// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The nodes of a run that are ready, the most urgent first: for graphs in which some go before others. A deque cannot keep
// such an order: its owner takes the newest job and thieves the oldest, and what was pushed stays where it is when
// something more urgent comes. So jobs are not for nodes here: each is a ticket, and who runs it, from whichever end of
// which deque, takes the most urgent node that is ready then.
//   any thread: everything.
// I1  There are as many tickets under way as nodes in the queue, or fewer while they are made (begin). A ticket is the number
//     of a job's place; those that are not under way are tickets_[used_], ….
#pragma once

#include <pel/detail/graph/plan.hpp>
#include <pel/detail/sync/lock.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

PEL_NAMESPACE_BEGIN
namespace detail {

class ready_queue {
public:
    /// Requires: plan.is_ranked(). Throws: std::bad_alloc.
    explicit ready_queue(const graph_plan& plan) : plan_(plan), heap_(plan.size(), 0), tickets_(plan.size(), 0) {
        for (std::uint32_t each = 0; each != plan.size(); ++each) tickets_[each] = each;
    }

    /// A node is ready. Requires: it is not in the queue.
    void add(std::uint32_t number) noexcept {
        const lock_guard guard(lock_);
        push(number);
    }
    /// Returns: the ticket for one that was added.
    std::uint32_t take_ticket() noexcept {
        const lock_guard guard(lock_);
        return tickets_[used_++];
    }
    /// Both in one.
    std::uint32_t add_with_ticket(std::uint32_t number) noexcept {
        const lock_guard guard(lock_);
        push(number);
        return tickets_[used_++];
    }
    /// Gives a ticket back. Returns: the most urgent node, which is not in the queue any more.
    std::uint32_t redeem(std::uint32_t ticket) noexcept {
        const lock_guard guard(lock_);
        tickets_[--used_] = ticket;
        std::pop_heap(heap_.begin(), end(), std::greater<>());
        return plan_.most_urgent(heap_[--size_]);
    }
    /// Returns: the node, or one that is more urgent; then the node is in its place.
    std::uint32_t exchange(std::uint32_t number) noexcept {
        const lock_guard guard(lock_);
        if (size_ == 0 || plan_.urgency(number) < heap_[0]) return number;
        std::pop_heap(heap_.begin(), end(), std::greater<>());
        const std::uint32_t first = plan_.most_urgent(heap_[--size_]);
        push(number);
        return first;
    }
    /// After a run that was cut short.
    void reset() noexcept { size_ = used_ = 0; }

private:
    std::uint32_t* end() noexcept { return heap_.begin() + size_; }
    void push(std::uint32_t number) noexcept {
        heap_[size_++] = plan_.urgency(number);
        std::push_heap(heap_.begin(), end(), std::greater<>());
    }

    const graph_plan& plan_;
    lock lock_;                       // guards what follows
    plain_array<std::uint32_t> heap_; // urgencies, the least first
    plain_array<std::uint32_t> tickets_;
    std::uint32_t size_ = 0; // of the heap
    std::uint32_t used_ = 0;
};

} // namespace detail
PEL_NAMESPACE_END
