// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "explorer.hpp"

#include "arena.hpp"
#include "program_data.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace model {

explorer* explorer::current_ = nullptr;

explorer::explorer(const options& settings, const program& explored) : settings_(settings), program_(explored) {
    for (unsigned thread = 0; thread < max_threads; ++thread) fibers_.push_back(std::make_unique<fiber>());
    program_data::remember();
    std::set_terminate([] { explorer::current()->fail_here("std::terminate() was called"); });
    arena::on_crash([] { explorer::current()->fail_here("an access to what is no memory"); });
    current_ = this;
}

explorer::~explorer() {
    program_data::restore_globals(); // the next program begins as this one did
    fiber::release_context();
    std::set_terminate(&std::abort);
    current_ = nullptr;
}

static double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

namespace {

/// A program's messages would appear once for every execution: nothing reaches stderr meanwhile.
class silence {
public:
    silence() : kept_(::dup(STDERR_FILENO)) {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, STDERR_FILENO);
        ::close(nowhere);
    }
    ~silence() {
        ::dup2(kept_, STDERR_FILENO);
        ::close(kept_);
    }
    silence(const silence&) = delete;
    silence& operator=(const silence&) = delete;

private:
    int kept_;
};

} // namespace

result explorer::run() {
    const silence quiet;
    const double begin = cpu_seconds();
    do {
        run_execution();
        if (failed_) break;
        if (settings_.execution_limit != 0 && result_.executions >= settings_.execution_limit) break;
    } while (next_branch());
    result_.violated = failed_;
    result_.complete = !failed_ && nodes_.empty() && choices_.empty() && settings_.preemptions < 0;
    result_.seconds = cpu_seconds() - begin;
    return result_;
}

// ---- depth-first search ------------------------------------------------------------------------------------------------

// The deepest choice or step that has an alternative takes the next one; all below it is forgotten.
bool explorer::next_branch() {
    for (;;) {
        if (!choices_.empty() && choices_.back().after >= nodes_.size()) {
            if (++choices_.back().value < choices_.back().alternatives) {
                fresh_from_ = nodes_.size();
                return true;
            }
            choices_.pop_back();
            continue;
        }
        if (nodes_.empty()) return false;
        node& last = nodes_.back();
        last.explored |= bit(last.process);
        process_mask left = last.backtrack & ~last.explored & ~last.asleep;
        left &= ~preempting(left, nodes_.size() - 1);
        if (left != 0) {
            last.process = static_cast<unsigned>(std::countr_zero(left));
            fresh_from_ = nodes_.size() - 1;
            return true;
        }
        nodes_.pop_back();
    }
}

void explorer::run_execution() {
    start_execution();
    if (failed_) return;
    const ending how = run_steps();
    if (failed_) return;
    consider_blocked();
    switch (how) {
    case ending::redundant: ++result_.redundant; return;
    case ending::unfair: ++result_.unfair; return;
    case ending::complete: ++result_.executions; break;
    }
    if (settings_.collect_classes) result_.classes.insert(trace_.fingerprint());
    if (finally_) run_aside(finally_);
}

void explorer::start_execution() {
    finally_ = nullptr;
    machine_.reset(settings_);
    trace_.reset();
    names_.clear();
    ignored_.clear();
    choice_cursor_ = 0;
    next_asleep_ = 0;
    arena::reset();
    program_data::restore_globals();
    execution handle;
    setup_ = [&] { program_(handle); };
    run_aside(setup_);
    for (unsigned thread = 0; thread < machine_.thread_count() && !failed_; ++thread) {
        fibers_[thread]->restart(machine_.thread(thread).body);
        run_fiber(thread);
    }
}

explorer::ending explorer::run_steps() {
    for (std::size_t depth = 0;; ++depth) {
        if (depth >= settings_.step_limit) {
            fail("livelock: more steps than the limit");
            return ending::complete;
        }
        if (depth + 1 < nodes_.size() && depth < fresh_from_) {
            take_step(depth);
            continue;
        }
        process_mask enabled = enabled_processes();
        timing_out_ = false;
        if (enabled == 0) {
            if (is_unfair()) return ending::unfair;
            enabled = idle_timeouts();
            timing_out_ = enabled != 0;
        }
        if (enabled == 0) {
            check_blocked();
            return ending::complete;
        }
        if (!prepare_node(depth, enabled)) return ending::redundant;
        take_step(depth);
        if (failed_) return ending::complete;
    }
}

// A step on the stack is repeated; a new one is chosen. False: whatever is enabled was explored elsewhere.
bool explorer::prepare_node(std::size_t depth, process_mask enabled) {
    if (depth < nodes_.size()) {
        if (nodes_[depth].enabled != enabled) {
            std::puts("model: the program is not deterministic: a replay went another way");
            std::fflush(stdout);
            std::abort();
        }
        return true;
    }
    const process_mask allowed = enabled & ~next_asleep_;
    if (allowed == 0) return false;
    node added;
    added.enabled = enabled;
    added.asleep = next_asleep_;
    added.process = pick(allowed);
    const bool all = settings_.reduce == reduction::none || timing_out_;
    added.backtrack = all ? allowed : bit(added.process);
    nodes_.push_back(added);
    return true;
}

// Few switches make readable traces: the last thread goes on, and its stores reach memory early.
unsigned explorer::pick(process_mask allowed) const {
    if (!nodes_.empty()) {
        const unsigned thread = thread_of(nodes_.back().process);
        if ((allowed & bit(buffer_of(thread))) != 0) return buffer_of(thread);
        if ((allowed & bit(thread)) != 0) return thread;
    }
    return static_cast<unsigned>(std::countr_zero(allowed));
}

// Those of the candidates that would exceed the bound on preemptions: a switch from a thread that could have gone on.
process_mask explorer::preempting(process_mask candidates, std::size_t depth) const {
    if (settings_.preemptions < 0) return 0;
    int used = 0;
    const auto is_switch = [&](std::size_t at, unsigned process) {
        if (at == 0 || is_buffer(process)) return false;
        std::size_t before = at - 1;
        while (before > 0 && is_buffer(nodes_[before].process)) --before;
        const unsigned last = nodes_[before].process;
        return !is_buffer(last) && last != process && (nodes_[at].enabled & bit(last)) != 0;
    };
    for (std::size_t at = 1; at < depth; ++at) used += is_switch(at, nodes_[at].process) ? 1 : 0;
    process_mask result = 0;
    for (unsigned process = 0; process < max_processes; ++process)
        if ((candidates & bit(process)) != 0 && is_switch(depth, process) && used >= settings_.preemptions)
            result |= bit(process);
    return result;
}

void explorer::take_step(std::size_t depth) {
    const unsigned process = nodes_[depth].process;
    ++result_.steps;
    if (depth + 1 < nodes_.size() && depth < fresh_from_) {
        trace_.repeat(machine_);
        return execute(process, trace_.size() - 1);
    }
    const footprint step = machine_.next_step(process);
    next_asleep_ = still_asleep(nodes_[depth], step);
    trace_.append(process, step, machine_, timing_out_);
    if (depth >= fresh_from_) reverse_races();
    execute(process, trace_.size() - 1);
}

process_mask explorer::still_asleep(const node& before, const footprint& step) const {
    if (settings_.reduce == reduction::none) return 0;
    process_mask result = 0;
    const process_mask sleeping = (before.asleep | before.explored) & before.enabled & ~bit(before.process);
    for (process_mask left = sleeping; left != 0; left &= left - 1) {
        const auto process = static_cast<unsigned>(std::countr_zero(left));
        if (!machine_.are_dependent(machine_.next_step(process), step)) result |= bit(process);
    }
    return result;
}

// A thread that is blocked in cpu_relax() at the end may have been able to go on before.
void explorer::consider_blocked() {
    if (settings_.pure_spins || settings_.reduce == reduction::none) return;
    for (unsigned thread = 0; thread < machine_.thread_count(); ++thread) {
        const thread_state& state = machine_.thread(thread);
        if (state.finished || state.pending->kind != op::relax || machine_.is_enabled(thread)) continue;
        trace_.append(thread, machine_.next_step(thread), machine_, false);
        reverse_races();
        trace_.remove_newest();
    }
}

// For every race of the newest event: some execution in which it comes first must be explored from before the other.
void explorer::reverse_races() {
    if (settings_.reduce == reduction::none) return;
    for (const int earlier : trace_.races()) {
        node& before = nodes_[static_cast<std::size_t>(earlier)];
        const process_mask first = trace_.initials(earlier) & before.enabled;
        if (first == 0 || (first & (before.backtrack | before.asleep)) != 0) continue;
        const process_mask own = bit(trace_[trace_.size() - 1].process);
        before.backtrack |= (first & own) != 0 ? own : first & (~first + 1);
    }
}

// ---- steps ---------------------------------------------------------------------------------------------------------------

process_mask explorer::enabled_processes() const {
    process_mask enabled = 0;
    for (unsigned thread = 0; thread < machine_.thread_count(); ++thread) {
        if (machine_.is_enabled(thread)) enabled |= bit(thread);
        if (machine_.is_enabled(buffer_of(thread))) enabled |= bit(buffer_of(thread));
    }
    return enabled;
}

process_mask explorer::idle_timeouts() const {
    process_mask waiting = 0;
    for (unsigned thread = 0; thread < machine_.thread_count(); ++thread) {
        const thread_state& state = machine_.thread(thread);
        const bool is_timed = !state.finished && state.asleep && state.pending->timeout >= 0;
        if (is_timed && state.idle_timeouts < settings_.idle_timeouts) waiting |= bit(thread);
    }
    return waiting;
}

// With pure_spins, a thread in cpu_relax() never goes on: the execution in which it looks later is explored as well. Here
// nothing else can run, so it looks once more: either it spins on, and is really blocked, or this execution is unfair.
bool explorer::is_unfair() {
    if (!settings_.pure_spins) return false;
    for (unsigned thread = 0; thread < machine_.thread_count(); ++thread) {
        const thread_state& state = machine_.thread(thread);
        if (state.finished || state.pending->kind != op::relax || !machine_.sees_change(thread)) continue;
        if (!spins_on(thread)) return true;
    }
    return false;
}

bool explorer::spins_on(unsigned thread) {
    const thread_state& state = machine_.thread(thread);
    const std::size_t choices = choices_.size();
    do {
        machine_.run_operation(thread, -1);
        run_fiber(thread);
        if (failed_ || state.finished || choices_.size() != choices) return false;
    } while (state.pending->kind == op::load);
    return state.pending->kind == op::relax;
}

void explorer::check_blocked() {
    std::string blocked;
    bool deadlock = false;
    for (unsigned thread = 0; thread < machine_.thread_count(); ++thread) {
        const thread_state& state = machine_.thread(thread);
        if (state.finished) continue;
        deadlock = deadlock || !state.daemon;
        blocked += describe_blocked(thread);
    }
    if (deadlock) fail("deadlock: nothing can run any more" + blocked);
}

void explorer::execute(unsigned process, int index) {
    const unsigned thread = thread_of(process);
    thread_state& owner = machine_.thread(thread);
    event& added = trace_[index];
    if (is_buffer(process)) {
        added.where = owner.buffer.front().where;
        added.done = machine_.drain(thread, index);
        return;
    }
    operation& request = *owner.pending;
    added.order = request.order;
    added.where = request.where;
    if (owner.location >= 0 && request.kind != op::futex_wake && request.kind != op::futex_resume)
        if (const char* wrong = machine_.touch(owner.location, thread)) return fail(wrong);
    added.done = machine_.run_operation(thread, index);
    added.timed_out = request.kind == op::futex_resume && !request.success;
    if (request.kind == op::heavy_fence && owner.fence_waits != 0) {
        request.kind = op::heavy_fence_end;
        return;
    }
    if (request.kind == op::futex_wait && added.done.read == request.expected) {
        machine_.fall_asleep(thread);
        request.kind = op::futex_resume;
        return;
    }
    if (request.kind == op::futex_wake) wake_sleeper(thread, index);
    if (request.kind == op::start_thread) start_thread(thread, index);
    run_fiber(thread);
}

void explorer::wake_sleeper(unsigned thread, int index) {
    process_mask sleepers = machine_.location(machine_.thread(thread).location).sleepers;
    if (sleepers == 0) return;
    const auto count = static_cast<unsigned>(std::popcount(sleepers));
    for (unsigned skipped = count == 1 ? 0 : choose(count); skipped > 0; --skipped) sleepers &= sleepers - 1;
    const auto woken = static_cast<unsigned>(std::countr_zero(sleepers));
    trace_[index].done.has_read = true;
    trace_[index].done.read = woken;
    machine_.wake_up(woken, index);
}

void explorer::start_thread(unsigned by, int index) {
    operation& request = *machine_.thread(by).pending;
    request.success = machine_.thread_count() < max_threads;
    if (!request.success) return;
    const std::string name = "thread " + std::to_string(machine_.thread_count());
    const auto body = [entry = request.entry, argument = request.argument] { entry(argument); };
    const unsigned started = machine_.add_thread(name.c_str(), body, true);
    request.result = started;
    machine_.thread(started).started_by = index;
    machine_.order.join(started, by);
    fibers_[started]->restart(machine_.thread(started).body);
    run_fiber(started);
}

// ---- fibers --------------------------------------------------------------------------------------------------------------

// Lets the thread run up to its next operation.
void explorer::run_fiber(unsigned thread) {
    thread_state& state = machine_.thread(thread);
    state.pending = nullptr;
    running_ = thread;
    arena::set_active(true);
    fibers_[thread]->resume();
    arena::set_active(false);
    running_ = max_threads;
    state.finished = fibers_[thread]->is_finished();
    if (!failed_ && !state.finished) accept_request(thread);
}

void explorer::run_aside(const std::function<void()>& body) {
    aside_.restart(body);
    arena::set_active(true);
    aside_.resume();
    arena::set_active(false);
}

void explorer::accept_request(unsigned thread) {
    thread_state& state = machine_.thread(thread);
    if (const char* wrong = machine_.resolve(*state.pending, state.location)) fail(wrong);
}

bool explorer::is_ignored(const void* object) const {
    const auto* const address = static_cast<const char*>(object);
    for (const named_range& each : ignored_)
        if (address >= each.begin && address < each.begin + each.size) return true;
    return false;
}

void explorer::perform(operation& request) {
    if (is_ignored(request.object)) return perform_alone(request);
    if (running_ < max_threads) {
        thread_state& own = machine_.thread(running_);
        if (request.kind == op::relax && own.observed.empty() && !own.has_read_clock) {
            if (++own.idle_relaxes > 10000) fail_here("livelock: a spin that looks at nothing");
            return;
        }
        own.idle_relaxes = 0;
        own.pending = &request;
        fibers_[running_]->suspend();
        return;
    }
    const arena::pause paused;
    int location = -1;
    if (const char* wrong = machine_.resolve(request, location)) fail_here(wrong);
    switch (request.kind) {
    case op::futex_wait:
    case op::start_thread:
    case op::join_thread:
    case op::relax: fail_here("a wait outside of the threads: it would never end");
    case op::full_fence:
    case op::heavy_fence:
    case op::futex_wake: return;
    default: machine_.run_directly(request, machine_.location(location));
    }
}

void explorer::born(const void* object, std::uint8_t size, std::uint64_t value) {
    const arena::pause paused;
    machine_.born(object, size, value, running_);
}

void explorer::dead(const void* object) {
    const arena::pause paused;
    if (const char* wrong = machine_.dead(object, running_)) {
        add_note("destroys " + place_name(machine_.find(object)));
        fail_here(wrong);
    }
}

void explorer::add_thread(const char* name, std::function<void()> body, bool may_block) {
    const arena::pause paused;
    if (machine_.thread_count() == max_threads) fail_here("more threads than the explorer has");
    machine_.add_thread(name, std::move(body), may_block);
}

std::int64_t explorer::read_clock() {
    if (running_ == max_threads) return 0;
    thread_state& owner = machine_.thread(running_);
    owner.has_read_clock = true;
    return ++owner.clock;
}

unsigned explorer::choose(unsigned alternatives) {
    const arena::pause paused;
    if (choice_cursor_ == choices_.size())
        choices_.push_back({static_cast<std::size_t>(trace_.size()), 0, alternatives});
    const unsigned value = choices_[choice_cursor_++].value;
    trace_.add_choice(running_, value);
    return value;
}

void explorer::add_name(const void* object, std::size_t size, const char* text) {
    const arena::pause paused;
    names_.push_back({static_cast<const char*>(object), size, text});
}

void explorer::ignore(const void* object, std::size_t size) {
    const arena::pause paused;
    ignored_.push_back({static_cast<const char*>(object), size, ""});
}

void explorer::add_note(std::string text) {
    const arena::pause paused;
    trace_.add_note((running_ < max_threads ? machine_.thread(running_).name + " " : "") + text);
}

void explorer::fail(const std::string& text) {
    if (failed_) return;
    failed_ = true;
    result_.violation = text;
    result_.trace = describe();
}

void explorer::fail_here(const std::string& text) {
    {
        const arena::pause paused;
        fail(text);
    }
    if (running_ < max_threads)
        fibers_[running_]->suspend();
    else
        aside_.suspend();
    std::abort();
}

} // namespace model
