// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs of a graph from their begin to their end: here and now, or of one that was started: then it is a job that went
// through an injector, which its handle and the pool hold as they hold a submission.
//   who has claimed the job: execute(); any thread: cancel(), status(); the handle: all else.
// I1  the memory of a run is taken when it begins, not when it is started, and given back when it ends, unless the handle
//     may ask for values or a report: so few memories go round among many runs, and a thread finds its last one warm.
#pragma once

#include <pel/detail/core/limits.hpp>
#include <pel/detail/core/on_node.hpp>
#include <pel/detail/graph/graph_core.hpp>
#include <pel/detail/sched/submission.hpp>
#include <pel/detail/sync/fork_generation.hpp>
#include <pel/detail/sync/polite_spin.hpp>
#include <pel/policy.hpp>
#include <pel/thread_pool.hpp>

#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

enum class [[nodiscard]] run_status { running, completed, cancelled, failed };

namespace detail {

/// Nodes that want to be told get to know at once of a std::stop_token; of others when the next node begins.
struct end_run {
    graph_execution& run;
    void operator()() const noexcept { run.end_early(early_end::cancelled); }
};
template <class Policy>
no_stop_token ended_by(const Policy&, graph_execution&) noexcept {
    return {};
}
inline std::stop_callback<end_run> ended_by(const basic_parallel_policy<std::stop_token>& policy,
                                            graph_execution& run) {
    return std::stop_callback<end_run>(policy_access::token(policy), end_run{run});
}

template <class Token>
loop_limits token_of(const basic_parallel_policy<Token>& policy) noexcept {
    if constexpr (std::is_same_v<Token, unlimited>)
        return {};
    else
        return limits_of(policy);
}

/// Calls a function at the end of a scope.
template <class F>
class at_end {
public:
    explicit at_end(const F& function) noexcept : function_(function) {}
    at_end(const at_end&) = delete;
    at_end& operator=(const at_end&) = delete;
    ~at_end() { function_(); }

private:
    const F& function_;
};

/// Runs a graph here and now: what is made ready goes to this thread's deque, where others find it. Calls begun(run)
/// before, and end() before the run is gone.
template <class Policy, class Begun, class End>
run_outcome execute_here(run_memory& memory, scheduler& pool, const Policy& policy, void* context, const Begun& begun,
                         const End& end) {
    const foreign_call call(pool);
    graph_execution run(pool, memory, context, token_of(policy));
    [[maybe_unused]] const auto callback = ended_by(policy, run);
    begun(run);
    const at_end when_over(end);
    return execute(run);
}

/// `first`: what runs, and what comes after it; null: all.
template <class Policy>
run_outcome run_graph(graph_core& graph, const Policy& policy, void* context, const node_data* first = nullptr) {
    run_memory& memory = first == nullptr ? graph.begin_run() : graph.begin_run_from(first->number);
    run_outcome outcome;
    const auto end = [&]() noexcept {
        graph.end_run();
        graph.keep(memory);
    };
    const at_end when_over(end);
    std::optional<run_recorder> recorder;
    if (graph.wants_records()) [[unlikely]]
        recorder.emplace();
    const auto begun = [&](graph_execution& run) noexcept { run.record_in(recorder ? &*recorder : nullptr); };
    outcome = execute_here(memory, scheduler_of(policy), policy, context, begun, []() noexcept {});
    if (recorder && outcome.how == early_end::none) graph.learn_from(*recorder, memory.plan());
    return outcome;
}

/// What the handle to a run and the run have in common.
class started_run : public submission_core {
public:
    graph_core& graph() const noexcept { return graph_; }
    run_status status() const noexcept { return is_done() ? status_of(outcome_.how) : run_status::running; } // D3

    /// Stop callbacks of nodes are called with no lock held: they may ask for whatever they like, but wait for this run.
    void cancel() noexcept {
        graph_execution* running = nullptr;
        {
            const lock_guard guard(lock_);
            if (std::exchange(is_cancelled_, true) || current_ == nullptr) return;
            running = current_;
            ++cancelling_;
        }
        running->end_early(early_end::cancelled);
        const lock_guard guard(lock_);
        --cancelling_;
    }

    /// Throws: std::logic_error if the caller is a node of the run, or inside one: the run would wait for itself.
    void wait() {
        check_waiter();
        submission_core::wait();
    }

    // Require: status() is not running.
    const run_outcome& outcome() const noexcept { return outcome_; }
    /// Null: it had no values, and was not recorded, or could not begin.
    run_memory* memory() const noexcept { return memory_; }
    /// Null: the run was not recorded.
    const run_recorder* recorder() const noexcept { return recorder_ ? &*recorder_ : nullptr; }

    /// The handle's last words. Ends the program if wait() would throw that the run waits for itself. Waits; but a run
    /// that a fork child cannot wait for is the parent's, and is left to it, as is the memory of any run of the parent: a
    /// lock of the graph may be held by a thread that is not there.
    void let_go() noexcept {
        check_waiter();
        call_guarded([this] { submission_core::wait(); }, [](const std::exception_ptr&) noexcept {});
        if (generation_ != fork_generation.load(relaxed)) { // the pool may be gone
            if (!is_done()) return graph_.end_run();
        } else if (memory_ != nullptr) {
            graph_.keep(*memory_);
        }
        release();
    }

protected:
    started_run(scheduler& pool, job_function function, graph_core& graph, void* context)
        : submission_core(pool, function), graph_(graph), is_recorded_(graph.wants_records()), context_(context) {}
    ~started_run() = default;

    template <class Policy>
    void execute(const Policy& policy) noexcept {
        call_guarded(
            [&] { run_once(policy); },
            [&](std::exception_ptr error) { outcome_ = {early_end::failed, graph_plan::none, std::move(error)}; });
        if (memory_ != nullptr && !is_recorded_ && !memory_->has_values())
            graph_.keep(*std::exchange(memory_, nullptr));
        graph_.end_run();
    }

private:
    void check_waiter() {
        if (is_done() || !pool().is_from_this_process()) return; // there a thread that is gone may hold the lock
        const lock_guard guard(lock_);
        if (current_ != nullptr && current_->is_around(*current_worker))
            throw_error<std::logic_error>("pel::graph_run: a node waits for the run that it is part of");
    }
    template <class Policy>
    void run_once(const Policy& policy) {
        const auto begun = [this](graph_execution& run) {
            run.record_in(recorder_ ? &*recorder_ : nullptr);
            bool is_over = false;
            {
                const lock_guard guard(lock_);
                current_ = &run;
                is_over = is_cancelled_;
            }
            if (is_over) run.end_early(early_end::cancelled); // nobody else does now
        };
        const auto end = [this]() noexcept {
            spin_politely([this]() noexcept { // who cancels the run is in it until its callbacks have returned
                const lock_guard guard(lock_);
                current_ = nullptr;
                return cancelling_ == 0 ? this : nullptr;
            });
        };
        if (is_recorded_) [[unlikely]]
            recorder_.emplace(); // times count from here, not from when the run was started
        memory_ = &graph_.take_memory();
        outcome_ = execute_here(*memory_, pool(), policy, context_, begun, end);
        if (recorder_ && outcome_.how == early_end::none) graph_.learn_from(*recorder_, memory_->plan());
    }
    static run_status status_of(early_end how) noexcept {
        switch (how) {
        case early_end::cancelled: return run_status::cancelled;
        case early_end::failed: return run_status::failed;
        default: return run_status::completed;
        }
    }

    graph_core& graph_;
    const std::uint32_t generation_ = fork_generation.load(relaxed);
    const bool is_recorded_;
    run_memory* memory_ = nullptr;
    void* const context_;
    std::optional<run_recorder> recorder_;
    run_outcome outcome_;
    lock lock_; // guards what follows
    graph_execution* current_ = nullptr;
    bool is_cancelled_ = false;
    unsigned cancelling_ = 0; // threads that are in current_, or were when it was
};

/// The whole: with the policy.
template <class Policy>
class started_call final : public started_run {
public:
    started_call(scheduler& pool, graph_core& graph, const Policy& policy, void* context)
        : started_run(pool, &act, graph, context), policy_(policy) {}

    void destroy() noexcept override {
        this->~started_call();
        injected_memory<started_call>::release(this, &current_worker->frames);
    }

private:
    static void act(const job_slot& claimed, worker& runner, job_action) {
        auto& self = static_cast<started_call&>(*claimed.frame);
        {
            const adopted_fp_environment adopted(runner, self.fp_environment_);
            self.execute(self.policy_);
        }
        self.finish(runner);
    }

    const Policy policy_;
};

/// Begins a run, which goes on by itself. Throws: as graph_core::expect_run().
template <class Policy>
started_run& start_run(graph_core& graph, const Policy& policy, void* context) {
    scheduler& pool = scheduler_of(policy);
    graph.expect_run();
    started_call<Policy>* made = nullptr;
    call_unwinding(
        [&] {
            made = make_injected<started_call<Policy>>(
                pool, [&](void* memory) { return ::new (memory) started_call<Policy>(pool, graph, policy, context); });
        },
        [&] { graph.end_run(); });
    made->inject();
    return *made;
}

} // namespace detail
PEL_NAMESPACE_END
