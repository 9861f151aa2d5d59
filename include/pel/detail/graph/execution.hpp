// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One run of a graph: a group whose jobs are nodes. A thread that has run a node goes on with the first successor that
// this made ready, and pushes the others, so a chain of nodes costs no job and no stack.
//   who builds it: begin(), and waits as for any group; its jobs: all else; any thread: end_early().
//   (joins.hpp has the counts by which nodes wait for each other, GR1 to GR3 and I1 to I3.)
#pragma once

#include <pel/detail/graph/group_claim.hpp>
#include <pel/detail/graph/joins.hpp>
#include <pel/detail/graph/recorder.hpp>
#include <pel/detail/graph/run_memory.hpp>
#include <pel/detail/sched/loop_scope.hpp>
#include <pel/graph/graph_error.hpp>
#include <pel/task_group.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

/// What a branch returns to choose none of its successors.
inline constexpr int no_branch = -1;

namespace detail {

class graph_execution;
class limited_node;

/// Returns: what a branch has chosen, as a number; for what that cannot hold -2, which is no successor and not no_branch.
template <class Index>
constexpr std::int64_t choice_of(Index index) noexcept {
    if constexpr (std::is_enum_v<Index>)
        return choice_of(static_cast<std::underlying_type_t<Index>>(index));
    else // + for what is an integer by promotion alone: bool, char
        return std::in_range<std::int64_t>(+index) ? static_cast<std::int64_t>(index) : -2;
}

/// What a node is given while it runs.
class node_execution {
public:
    node_execution(graph_execution& run, std::uint32_t number) noexcept : run_(run), number_(number) {}

    graph_execution& run() const noexcept { return run_; }
    std::uint32_t number() const noexcept { return number_; }
    void* context() const noexcept;
    template <class T>
    value_cell<T>& cell(const valued_node& node) const noexcept;
    /// A branch: its successor `index` is to run, none if that is no_branch. Throws: graph_error if there is no such.
    template <class Index>
    void choose(Index index) {
        const std::int64_t number = choice_of(index);
        if (number != no_branch) choose_successor(number);
    }

private:
    friend class graph_execution;
    void choose_successor(std::int64_t index);

    graph_execution& run_;
    std::uint32_t number_;
    std::uint32_t next_ = graph_plan::none; // ready, to be run by this thread
};

/// How a run ends, none: by itself.
enum class early_end : std::uint8_t { none, finished, cancelled, failed };

class graph_execution final : public stoppable_group {
public:
    graph_execution(scheduler& pool, run_memory& memory, void* context, const loop_limits& limits = {}) noexcept
        : stoppable_group(pool), plan_(memory.plan()), memory_(memory), jobs_(memory.jobs()), counts_(memory.counts()),
          context_(context), limits_(limits) {}

    const graph_plan& plan() const noexcept { return plan_; }
    run_memory& memory() const noexcept { return memory_; }
    void* context() const noexcept { return context_; }

    /// Before begin().
    void record_in(run_recorder* recorder) noexcept {
        recorder_ = recorder;
        is_plain_ = is_plain_ && recorder == nullptr;
    }
    /// Makes the sources available.
    void begin() noexcept;
    /// No node begins any more. The first to say so decides.
    void end_early(early_end how) noexcept;
    /// After the wait: how it ended, cancelled also if something around it was; none: by itself.
    early_end ended() const noexcept {
        const early_end how = ended_.load(relaxed); // published by the count (G1)
        return how == early_end::none && is_cancelled() ? early_end::cancelled : how;
    }
    /// After the wait: what failed, and the exception. Requires: ended() is failed.
    std::uint32_t failed_node() const noexcept { return failed_node_; }
    std::exception_ptr take_error() noexcept { return std::move(error_); }

    /// A node has thrown; the first one counts. The echo of a cancellation is none.
    void fail(std::uint32_t number, std::exception_ptr error) noexcept;

private:
    friend class node_execution;
    friend class ready_nodes;
    friend class limited_node;
    static constexpr std::uint32_t none = graph_plan::none;

    static void act(const job_slot& claimed, worker& runner, job_action action);
    /// Where some go before others.
    static void act_for_ticket(const job_slot& claimed, worker& runner, job_action action);
    static graph_execution& run_of(const job_slot& claimed) noexcept {
        return static_cast<graph_execution&>(static_cast<group_job&>(*claimed.frame).group());
    }
    std::uint32_t number_of(const detail::job& of_node) const noexcept {
        const auto* const job = reinterpret_cast<const std::byte*>(&of_node);
        const auto* const first = reinterpret_cast<const std::byte*>(jobs_);
        return static_cast<std::uint32_t>(static_cast<std::size_t>(job - first) / sizeof(node_job));
    }

    /// Runs a node, and then what it has made ready, one after the other, and what is left of the run in the segment
    /// that it lay in.
    PEL_ALWAYS_INLINE void run_from(std::uint32_t number, worker& runner) noexcept {
        if (!is_plain_) return run_with_extras(number, runner, nullptr);
        segment* const here = segment_of(runner);
        for (;;) {
            if (is_cancelled()) [[unlikely]]
                return;
            node_execution each(*this, number);
            if (!run_node(each)) [[unlikely]]
                return;
            number = first_ready(number, runner, here);
            if (number != none) {
                serve_request_between(runner);
                continue;
            }
            const group_job* const next = take_next(runner, here, &act);
            if (next == nullptr) return;
            number = number_of(*next);
        }
    }
    void run_from_elsewhere(std::uint32_t number, worker& runner) noexcept;
    /// The same where something more is wanted than to run nodes once, in order. `claim`: what the first node needs, and
    /// has; null: that is still to be had.
    void run_with_extras(std::uint32_t number, worker& runner, limited_node* claim) noexcept;
    /// Returns: whether it has not thrown.
    PEL_ALWAYS_INLINE bool run_node(node_execution& each) noexcept {
        node_data& node = *nodes_[each.number_].node;
        return call_guarded([&] { node.invoke(node, each); },
                            [&](std::exception_ptr error) { fail(each.number_, std::move(error)); });
    }
    bool run_recorded(node_execution& each, const worker& runner) noexcept;
    /// Returns: the first successor that is ready now. The others are pushed, the last one first, so that this thread takes
    /// them in their order.
    PEL_ALWAYS_INLINE std::uint32_t first_ready(std::uint32_t number, worker& runner, segment* here) noexcept {
        std::uint32_t first = none;
        const std::uint32_t* const begin = successors_ + nodes_[number].first_successor;
        for (const std::uint32_t* each = successors_ + nodes_[number + 1].first_successor; each != begin;) {
            const std::uint32_t next = *--each;
            if (!arrive(next)) continue;
            if (first != none) push_node(first, runner, here);
            first = next;
        }
        return first;
    }
    /// The same where some go before others: they are pushed in their order, so nobody is given a ticket while one that is more
    /// urgent is not in the queue yet.
    std::uint32_t most_urgent_ready(std::uint32_t number) noexcept {
        std::uint32_t first = none;
        const std::uint32_t* const end = successors_ + nodes_[number + 1].first_successor;
        for (const std::uint32_t* each = successors_ + nodes_[number].first_successor; each != end; ++each) {
            if (!arrive(*each)) continue;
            if (first == none)
                first = *each;
            else
                push_in_order(*each);
        }
        return first;
    }
    /// Returns: whether the caller was the last that the node waits for.
    bool arrive(std::uint32_t number) noexcept {
        node_count& count = counts_[number];
        return count.predecessors == 1 || detail::arrive(count.left, count.predecessors);
    }
    /// `here`: segment_of(runner).
    PEL_ALWAYS_INLINE void push_node(std::uint32_t number, worker& runner, segment* here) noexcept {
        push(runner, here, jobs_[number].emplace(*this), &act);
    }
    /// The same where some may go before others.
    void push_in_order(std::uint32_t number) noexcept {
        if (ready_ == nullptr)
            push(jobs_[number].emplace(*this), &act);
        else
            push_ticket(ready_->add_with_ticket(number));
    }
    void push_ticket(std::uint32_t ticket) noexcept { push(jobs_[ticket].emplace(*this), &act_for_ticket); }

    // Nodes that need resources.

    limited_node* try_claim(std::uint32_t number, worker& runner) noexcept;
    static void end_claim(limited_node* claim, worker& runner) noexcept;

    // With branches.

    void come_to_end(node_execution& each) noexcept;
    std::uint32_t arrive_again(std::uint32_t number, std::uint32_t edge) noexcept;
    void make_due(node_execution& by, std::uint32_t number, std::uint32_t times) noexcept;
    void go_on_with(node_execution& by, std::uint32_t number) noexcept;
    void be_done_with(node_execution& by, std::uint32_t number) noexcept;

    /// Makes nodes available, the first one last: this thread runs it first. Where some go before others the nodes are added
    /// already, and these are as many tickets. Of many only some become jobs now, so that they fit in the deque, and
    /// all threads make the others.
    void push_ready(const std::uint32_t* first, const std::uint32_t* last) noexcept;

    const graph_plan& plan_;
    const plan_node* const nodes_ = plan_.nodes(); // its own, at hand
    const std::uint32_t* const successors_ = plan_.all_successors();
    run_memory& memory_;
    node_job* const jobs_;
    node_count* const counts_;
    ready_queue* const ready_ = memory_.ready(); // null: no node goes before another one
    void* const context_;
    const loop_limits limits_; // the token alone
    run_recorder* recorder_ = nullptr;
    bool is_plain_ = limits_.is_stopped == nullptr && !plan_.has_branches() && !plan_.has_needs() && ready_ == nullptr;
    atomic<early_end> ended_{early_end::none};
    atomic<bool> has_failed_{false};
    std::uint32_t failed_node_ = none;
    std::exception_ptr error_;
};

inline void* node_execution::context() const noexcept { return run_.context(); }

template <class T>
value_cell<T>& node_execution::cell(const valued_node& node) const noexcept {
    return *static_cast<value_cell<T>*>(run_.memory().cell(node));
}

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/graph/graph_running.hpp>
#endif
