// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run does with its nodes, where it is not plain; execution.hpp declares it.
#pragma once

#include <pel/detail/graph/execution.hpp>

#include <string>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

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

PEL_INLINE void graph_execution::push_ready(const std::uint32_t* first, const std::uint32_t* last) noexcept {
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
        worker& own = *current_worker;
        segment* const here = segment_of(own);
        while (first != last) push_node(*--last, own, here);
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

PEL_NOINLINE PEL_INLINE void graph_execution::run_with_extras(std::uint32_t number, worker& runner,
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
            each.next_ =
                ready_ == nullptr ? first_ready(number, runner, segment_of(runner)) : most_urgent_ready(number);
        number = each.next_;
        if (ready_ != nullptr && number != none) number = ready_->exchange(number);
        serve_request_between(runner);
    }
}

/// Returns: null if the node is to run later, by somebody else, or not at all.
PEL_COLD PEL_INLINE limited_node* graph_execution::try_claim(std::uint32_t number, worker& runner) noexcept {
    limited_node* claim = nullptr;
    const auto make = [&] { claim = ::new (allocate_frame(runner, sizeof(limited_node))) limited_node(*this, number); };
    if (!call_guarded(make, [&](std::exception_ptr error) { fail(number, std::move(error)); })) return nullptr;
    if (claim->try_take_all()) return claim;
    hold();
    if (!claim->wait_for_units()) return nullptr;
    drop_held();
    return claim;
}

PEL_INLINE void graph_execution::end_claim(limited_node* claim, worker& runner) noexcept {
    if (claim == nullptr) [[likely]]
        return;
    claim->end_claim();
    claim->~limited_node();
    frame_pool::release(claim, sizeof(limited_node), &runner.frames);
}

PEL_INLINE void node_execution::choose_successor(std::int64_t index) {
    const graph_plan& plan = run_.plan();
    if (index < 0 || index >= plan.successor_count(number_)) {
        throw_error<graph_error>("branch " + plan.label(number_) + " chose successor " + std::to_string(index) +
                                 " of " + std::to_string(plan.successor_count(number_)));
    }
    run_.make_due(*this, plan.successors(number_)[static_cast<std::uint32_t>(index)], 1);
}

/// What follows a node where branches may choose nodes again.
PEL_INLINE void graph_execution::come_to_end(node_execution& each) noexcept {
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
PEL_INLINE std::uint32_t graph_execution::arrive_again(std::uint32_t number, std::uint32_t edge) noexcept {
    node_count& count = counts_[number];
    if (count.predecessors == 1) return 1;
    const node_lists<std::uint32_t>& arrivals = plan_.arrivals();
    return detail::arrive_again(count.left, count.predecessors, edge, {arrivals.begin(number), arrivals.end(number)},
                                [this](std::uint32_t each) -> auto& { return memory_.arrived(each); });
}

PEL_INLINE void graph_execution::make_due(node_execution& by, std::uint32_t number, std::uint32_t times) noexcept {
    if (become_due(memory_.due(number), times)) go_on_with(by, number);
}

/// The thread runs this node next, or, where some go before others, the one of both that does.
PEL_INLINE void graph_execution::go_on_with(node_execution& by, std::uint32_t number) noexcept {
    if (by.next_ != none && ready_ != nullptr && plan_.urgency(by.next_) < plan_.urgency(number))
        return push_in_order(number);
    if (by.next_ != none) push_in_order(by.next_);
    by.next_ = number;
}

/// Called by a node that is over, for itself, and as the reader of a value. The last one has it run again if it is due (I3).
PEL_INLINE void graph_execution::be_done_with(node_execution& by, std::uint32_t number) noexcept {
    const std::uint32_t readers = plan_.readers(number);
    if (readers != 0 && !have_all_read(memory_.unread(number), readers)) return;
    if (is_due_again(memory_.due(number))) go_on_with(by, number);
}

PEL_INLINE void graph_execution::begin() noexcept {
    const plain_array<std::uint32_t>& sources = plan_.sources();
    if (plan_.has_branches()) {
        for (const std::uint32_t each : sources) memory_.due(each).store(1, relaxed); // published with the jobs
    }
    if (ready_ != nullptr) {
        for (const std::uint32_t each : sources) ready_->add(each);
    }
    push_ready(sources.begin(), sources.end());
}

PEL_INLINE void graph_execution::end_early(early_end how) noexcept {
    early_end before = early_end::none; // ended_ is read after the group is complete (G1)
    const bool is_first = ended_.compare_exchange(before, how, relaxed);
    if (!is_first && before == early_end::finished && how == early_end::failed) // else nobody would hear of it
        ended_.compare_exchange(before, how, relaxed);
    cancel();
}

PEL_COLD PEL_INLINE void graph_execution::fail(std::uint32_t number, std::exception_ptr error) noexcept {
    if (is_cancelled() && is_cancellation(error)) return;
    if (!has_failed_.exchange(true, relaxed)) { // what follows is published by the count (G1)
        failed_node_ = number;
        error_ = std::move(error);
    }
    end_early(early_end::failed);
}

PEL_INLINE void graph_execution::act(const job_slot& claimed, worker& runner, job_action action) {
    if (action == job_action::run_inline) [[likely]] // before all else, so that this loop is all there is to it
        return run_of(claimed).run_from(run_of(claimed).number_of(*claimed.frame), runner);
    stoppable_group::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
        run_of(slot).run_from_elsewhere(run_of(slot).number_of(*slot.frame), by);
    });
}

PEL_INLINE void graph_execution::act_for_ticket(const job_slot& claimed, worker& runner, job_action action) {
    stoppable_group::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
        graph_execution& run = run_of(slot);
        run.run_with_extras(run.ready_->redeem(run.number_of(*slot.frame)), by, nullptr);
    });
}

PEL_INLINE bool graph_execution::run_recorded(node_execution& each, const worker& runner) noexcept {
    const std::int64_t start = now_ns();
    const bool is_well = run_node(each);
    recorder_->add({start, now_ns(), each.number_, runner.index});
    return is_well;
}

PEL_NOINLINE PEL_INLINE void graph_execution::run_from_elsewhere(std::uint32_t number, worker& runner) noexcept {
    run_from(number, runner);
}

} // namespace detail
PEL_NAMESPACE_END
