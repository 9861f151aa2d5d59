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
        if constexpr (std::is_enum_v<Index>)
            choose(static_cast<std::underlying_type_t<Index>>(index));
        else if constexpr (std::is_same_v<Index, bool>)
            choose_successor(index ? 1 : 0);
        else if (std::cmp_not_equal(index, no_branch))
            choose_successor(std::in_range<std::int64_t>(index) ? static_cast<std::int64_t>(index) : -1);
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
        : stoppable_group(pool), plan_(memory.plan()), memory_(memory), slots_(memory.slots()), context_(context),
          limits_(limits) {}

    const graph_plan& plan() const noexcept { return plan_; }
    run_memory& memory() const noexcept { return memory_; }
    void* context() const noexcept { return context_; }

    /// Before begin().
    void record_in(run_recorder* recorder) noexcept {
        recorder_ = recorder;
        is_plain_ = is_plain_ && recorder == nullptr;
    }
    /// Makes the sources available.
    void begin() noexcept {
        const plain_array<std::uint32_t>& sources = plan_.sources();
        if (plan_.has_branches()) {
            for (const std::uint32_t each : sources) slots_[each].due.store(1, relaxed); // published with the jobs
        }
        if (ready_ != nullptr) {
            for (const std::uint32_t each : sources) ready_->add(each);
        }
        push_ready(sources.begin(), sources.end());
    }
    /// No node begins any more. The first to say so decides.
    void end_early(early_end how) noexcept {
        early_end by_itself = early_end::none;
        ended_.compare_exchange(by_itself, how, relaxed); // read after the group is complete (G1)
        cancel();
    }
    /// After the wait: how it ended, cancelled also if something around it was; none: by itself.
    early_end ended() const noexcept {
        const early_end how = ended_.load(relaxed); // published by the count (G1)
        return how == early_end::none && is_cancelled() ? early_end::cancelled : how;
    }
    /// After the wait: what failed, and the exception. Requires: ended() is failed.
    std::uint32_t failed_node() const noexcept { return failed_node_; }
    std::exception_ptr take_error() noexcept { return std::move(error_); }

    /// A node has thrown; the first one counts. The echo of a cancellation is none.
    PEL_COLD void fail(std::uint32_t number, std::exception_ptr error) noexcept {
        if (is_cancelled() && is_cancellation(error)) return;
        if (!has_failed_.exchange(true, relaxed)) { // what follows is published by the count (G1)
            failed_node_ = number;
            error_ = std::move(error);
        }
        end_early(early_end::failed);
    }

private:
    friend class node_execution;
    friend class ready_nodes;
    friend class limited_node;
    static constexpr std::uint32_t none = graph_plan::none;

    static void act(const job_slot& claimed, worker& runner, job_action action) {
        if (action == job_action::run_inline) [[likely]] // before all else, so that this loop is all there is to it
            return run_of(claimed).run_from(run_of(claimed).number_of(claimed), runner);
        stoppable_group::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
            run_of(slot).run_from_elsewhere(run_of(slot).number_of(slot), by);
        });
    }
    /// Where some go before others.
    static void act_for_ticket(const job_slot& claimed, worker& runner, job_action action) {
        stoppable_group::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
            graph_execution& run = run_of(slot);
            run.run_with_extras(run.ready_->redeem(run.number_of(slot)), by, nullptr);
        });
    }
    static graph_execution& run_of(const job_slot& claimed) noexcept {
        return static_cast<graph_execution&>(static_cast<group_job&>(*claimed.frame).group());
    }
    std::uint32_t number_of(const job_slot& claimed) const noexcept {
        const auto* const job = reinterpret_cast<const std::byte*>(claimed.frame);
        const auto* const first = reinterpret_cast<const std::byte*>(slots_);
        return static_cast<std::uint32_t>(static_cast<std::size_t>(job - first) / sizeof(node_slot));
    }

    /// Runs a node, and then what it has made ready, one after the other.
    PEL_ALWAYS_INLINE void run_from(std::uint32_t number, worker& runner) noexcept {
        if (!is_plain_) return run_with_extras(number, runner, nullptr);
        while (number != none) {
            if (is_cancelled()) [[unlikely]]
                return;
            node_execution each(*this, number);
            if (!run_node(each)) [[unlikely]]
                return;
            number = first_ready(number);
            serve_request(runner);
        }
    }
    PEL_NOINLINE void run_from_elsewhere(std::uint32_t number, worker& runner) noexcept { run_from(number, runner); }
    /// The same where something more is wanted than to run nodes once, in order. `claim`: what the first node needs, and
    /// has; null: that is still to be had.
    void run_with_extras(std::uint32_t number, worker& runner, limited_node* claim) noexcept;
    /// What is to run next may push nothing.
    PEL_ALWAYS_INLINE static void serve_request(worker& runner) noexcept {
        if (runner.deque.is_asked() && runner.deque.private_jobs() != 0) [[unlikely]]
            runner.pool->serve_request(runner);
    }
    /// Returns: whether it has not thrown.
    PEL_ALWAYS_INLINE bool run_node(node_execution& each) noexcept {
        node_data& node = *nodes_[each.number_].node;
        return call_guarded([&] { node.invoke(node, each); },
                            [&](std::exception_ptr error) { fail(each.number_, std::move(error)); });
    }
    bool run_recorded(node_execution& each, const worker& runner) noexcept {
        const std::int64_t start = now_ns();
        const bool is_well = run_node(each);
        recorder_->add({start, now_ns(), each.number_, runner.index});
        return is_well;
    }
    /// Returns: the first successor that is ready now. The others are pushed, the last one first, so that this thread takes
    /// them in their order.
    std::uint32_t first_ready(std::uint32_t number) noexcept {
        std::uint32_t first = none;
        const std::uint32_t* const begin = successors_ + nodes_[number].first_successor;
        for (const std::uint32_t* each = successors_ + nodes_[number + 1].first_successor; each != begin;) {
            const std::uint32_t next = *--each;
            if (!arrive(next)) continue;
            if (first != none) push_node(first);
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
        const std::uint32_t predecessors = nodes_[number].predecessors;
        return predecessors == 1 || detail::arrive(slots_[number].left, predecessors);
    }
    void push_node(std::uint32_t number) noexcept { push(slots_[number].job.emplace(*this), &act); }
    /// The same where some may go before others.
    void push_in_order(std::uint32_t number) noexcept {
        ready_ == nullptr ? push_node(number) : push_ticket(ready_->add_with_ticket(number));
    }
    void push_ticket(std::uint32_t ticket) noexcept { push(slots_[ticket].job.emplace(*this), &act_for_ticket); }

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
    node_slot* const slots_;
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

/// A job that makes nodes available.
class ready_nodes final : public group_job {
public:
    ready_nodes(graph_execution& run, const std::uint32_t* first, const std::uint32_t* last) noexcept
        : group_job(run), first_(first), last_(last) {}

    static void act(const job_slot& claimed, worker& runner, job_action action) {
        group_core::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
            auto& self = static_cast<ready_nodes&>(*slot.frame);
            self.push_and_destroy(static_cast<graph_execution&>(self.group()), by);
        });
    }

private:
    void push_and_destroy(graph_execution& run, worker& runner) noexcept {
        const std::uint32_t *const first = first_, *const last = last_;
        frame_pool::release(this, sizeof(ready_nodes), &runner.frames);
        run.push_ready(first, last);
    }

    const std::uint32_t* const first_;
    const std::uint32_t* const last_;
};

inline void graph_execution::push_ready(const std::uint32_t* first, const std::uint32_t* last) noexcept {
    constexpr std::ptrdiff_t few = 32;
    while (last - first > few) {
        const std::uint32_t* const middle = first + (last - first) / 2;
        const auto push_half = [&] {
            void* const memory = allocate_frame(*current_worker, sizeof(ready_nodes));
            push(*::new (memory) ready_nodes(*this, middle, last), &ready_nodes::act);
        };
        if (!call_guarded(push_half, [](const std::exception_ptr&) noexcept {})) break; // no memory: one by one
        last = middle;
    }
    if (ready_ == nullptr) {
        while (first != last) push_node(*--last);
    } else {
        for (; first != last; ++first) push_ticket(ready_->take_ticket());
    }
}

/// A node that has what it needs, or waits for that: then it is a job of the run, once it has it.
class limited_node final : public group_claim {
public:
    limited_node(graph_execution& run, std::uint32_t number) noexcept
        : group_claim(run, run.plan_.needs(number), run.plan_.need_count(number), &act), number_(number) {}

private:
    static void act(const job_slot& claimed, worker& runner, job_action action) {
        group_core::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
            auto& self = static_cast<limited_node&>(static_cast<group_job&>(*slot.frame));
            static_cast<graph_execution&>(self.group()).run_with_extras(self.number_, by, &self);
        });
    }

    const std::uint32_t number_;
};

PEL_NOINLINE inline void graph_execution::run_with_extras(std::uint32_t number, worker& runner,
                                                          limited_node* claim) noexcept {
    for (; number != none; claim = nullptr) {
        if (limits_.stop_requested()) end_early(early_end::cancelled);
        if (is_cancelled()) return end_claim(claim, runner);
        if (claim == nullptr && plan_.has_needs() && plan_.need_count(number) != 0) {
            claim = try_claim(number, runner);
            if (claim == nullptr) return;
        }
        if (claim != nullptr && !claim->may_run()) return end_claim(claim, runner);
        node_execution each(*this, number);
        const bool is_well = recorder_ == nullptr ? run_node(each) : run_recorded(each, runner);
        end_claim(claim, runner);
        if (!is_well) return;
        if (plan_.has_branches())
            come_to_end(each);
        else
            each.next_ = ready_ == nullptr ? first_ready(number) : most_urgent_ready(number);
        number = each.next_;
        if (ready_ != nullptr && number != none) number = ready_->exchange(number);
        serve_request(runner);
    }
}

/// Returns: null if the node is to run later, by somebody else, or not at all.
PEL_COLD inline limited_node* graph_execution::try_claim(std::uint32_t number, worker& runner) noexcept {
    limited_node* claim = nullptr;
    const auto make = [&] { claim = ::new (allocate_frame(runner, sizeof(limited_node))) limited_node(*this, number); };
    if (!call_guarded(make, [&](std::exception_ptr error) { fail(number, std::move(error)); })) return nullptr;
    if (claim->try_take_all()) return claim;
    hold();
    if (!claim->wait_for_units()) return nullptr;
    drop_held();
    return claim;
}

inline void graph_execution::end_claim(limited_node* claim, worker& runner) noexcept {
    if (claim == nullptr) [[likely]]
        return;
    claim->end_claim();
    claim->~limited_node();
    frame_pool::release(claim, sizeof(limited_node), &runner.frames);
}

inline void* node_execution::context() const noexcept { return run_.context(); }

template <class T>
value_cell<T>& node_execution::cell(const valued_node& node) const noexcept {
    return *static_cast<value_cell<T>*>(run_.memory().cell(node));
}

inline void node_execution::choose_successor(std::int64_t index) {
    const graph_plan& plan = run_.plan();
    if (index < 0 || index >= plan.successor_count(number_)) {
        throw_error<graph_error>("branch " + plan.label(number_) + " chose successor " + std::to_string(index) +
                                 " of " + std::to_string(plan.successor_count(number_)));
    }
    run_.make_due(*this, plan.successors(number_)[static_cast<std::uint32_t>(index)], 1);
}

/// What follows a node where branches may choose nodes again.
inline void graph_execution::come_to_end(node_execution& each) noexcept {
    const std::uint32_t number = each.number_;
    if (!plan_.is_branch(number)) {
        const std::uint32_t begin = nodes_[number].first_successor, end = nodes_[number + 1].first_successor;
        for (std::uint32_t i = 0; i != end - begin; ++i) {
            const std::uint32_t edge = ready_ == nullptr ? end - 1 - i : begin + i; // as the two *_ready() do
            const std::uint32_t next = successors_[edge];
            if (const std::uint32_t times = arrive_again(next, edge); times != 0) make_due(each, next, times);
        }
    }
    if (plan_.has_rounds_of_values()) {
        const node_lists<std::uint32_t>& reads = plan_.reads();
        for (const std::uint32_t* from = reads.begin(number); from != reads.end(number); ++from)
            be_done_with(each, *from);
    }
    be_done_with(each, number);
}

/// Returns: how often the node may begin now (I2).
inline std::uint32_t graph_execution::arrive_again(std::uint32_t number, std::uint32_t edge) noexcept {
    const std::uint32_t predecessors = nodes_[number].predecessors;
    if (predecessors == 1) return 1;
    const node_lists<std::uint32_t>& arrivals = plan_.arrivals();
    return detail::arrive_again(slots_[number].left, predecessors, edge, {arrivals.begin(number), arrivals.end(number)},
                                [this](std::uint32_t each) -> auto& { return memory_.arrived(each); });
}

inline void graph_execution::make_due(node_execution& by, std::uint32_t number, std::uint32_t times) noexcept {
    if (become_due(slots_[number].due, times)) go_on_with(by, number);
}

/// The thread runs this node next, or, where some go before others, the one of both that does.
inline void graph_execution::go_on_with(node_execution& by, std::uint32_t number) noexcept {
    if (by.next_ != none && ready_ != nullptr && plan_.urgency(by.next_) < plan_.urgency(number))
        return push_in_order(number);
    if (by.next_ != none) push_in_order(by.next_);
    by.next_ = number;
}

/// Called by a node that is over, for itself, and as the reader of a value. The last one has it run again if it is due (I3).
inline void graph_execution::be_done_with(node_execution& by, std::uint32_t number) noexcept {
    const std::uint32_t readers = plan_.readers(number);
    if (readers != 0 && !have_all_read(memory_.unread(number), readers)) return;
    if (is_due_again(slots_[number].due)) go_on_with(by, number);
}

} // namespace detail
PEL_NAMESPACE_END
