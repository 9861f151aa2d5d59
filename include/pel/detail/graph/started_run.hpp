// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs of a graph from their begin to their end: here and now, or of one that was started and has a handle.
//   execute(): one thread; cancel(), status(): any thread; the rest: the handle's.
#pragma once

#include <pel/detail/core/limits.hpp>
#include <pel/detail/graph/graph_core.hpp>
#include <pel/policy.hpp>
#include <pel/thread_pool.hpp>

#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

enum class [[nodiscard]] run_status { running, completed, cancelled, failed };

namespace detail {

template <class Policy>
scheduler& scheduler_of(const Policy& policy) {
    scheduler* const chosen = pool_access::chosen(policy);
    return chosen != nullptr ? *chosen : current_scheduler();
}

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
class started_run {
public:
    started_run(graph_core& graph, void* context) : graph_(graph), memory_(graph.begin_run()), context_(context) {
        if (graph.wants_records()) recorder_.emplace();
    }
    started_run(const started_run&) = delete;
    started_run& operator=(const started_run&) = delete;
    ~started_run() {
        if (status() == run_status::running) graph_.end_run(); // it could not be started
        graph_.keep(memory_);
    }

    template <class Policy>
    void execute(scheduler& pool, const Policy& policy) noexcept {
        const auto begun = [this](graph_execution& run) {
            run.record_in(recorder_ ? &*recorder_ : nullptr);
            const lock_guard guard(lock_);
            current_ = &run;
            if (is_cancelled_) run.end_early(early_end::cancelled);
        };
        const auto end = [this]() noexcept {
            const lock_guard guard(lock_);
            current_ = nullptr;
        };
        call_guarded(
            [&] { outcome_ = execute_here(memory_, pool, policy, context_, begun, end); },
            [&](std::exception_ptr error) { outcome_ = {early_end::failed, graph_plan::none, std::move(error)}; });
        graph_.end_run();
        status_.store(status_of(outcome_.how), release); // sync(GR3) release: the outcome and the values
    }
    void cancel() noexcept {
        const lock_guard guard(lock_);
        is_cancelled_ = true;
        if (current_ != nullptr) current_->end_early(early_end::cancelled);
    }
    run_status status() const noexcept {
        // sync(GR3) acquire: the outcome and the values
        return status_.load(acquire);
    }
    graph_core& graph() const noexcept { return graph_; }
    // Require: status() is not running.
    const run_outcome& outcome() const noexcept { return outcome_; }
    run_memory& memory() const noexcept { return memory_; }
    /// Null: the run was not recorded.
    const run_recorder* recorder() const noexcept { return recorder_ ? &*recorder_ : nullptr; }

private:
    static run_status status_of(early_end how) noexcept {
        switch (how) {
        case early_end::cancelled: return run_status::cancelled;
        case early_end::failed: return run_status::failed;
        default: return run_status::completed;
        }
    }

    graph_core& graph_;
    run_memory& memory_;
    void* const context_;
    std::optional<run_recorder> recorder_;
    run_outcome outcome_;
    atomic<run_status> status_{run_status::running};
    lock lock_; // guards what follows
    graph_execution* current_ = nullptr;
    bool is_cancelled_ = false;
};

} // namespace detail
PEL_NAMESPACE_END
