// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Waiting for a task. A wait goes down, from the task to one that it waits for, and so on, to one that is ready, and runs
// that; it leaves its number on the way, so what becomes ready by it and is on the way is run next, without a look. What
// it finds running it helps. Else it sleeps; then others run what is ready, which is in an injector (S2-S4).
//   any thread: everything.
#pragma once

#include <pel/detail/graph/after/edges.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// One wait of one thread.
class task_wait {
public:
    task_wait(worker& own, task_core& awaited) noexcept
        : own_(own), awaited_(awaited), number_(number_of(own)), sleeper_(own) {}
    task_wait(const task_wait&) = delete;
    task_wait& operator=(const task_wait&) = delete;

    bool is_over() const noexcept { return is_announced_ ? sleeper_.state.is_done() : awaited_.is_done(); }

    /// Runs something that the task waits for, or itself. Throws: std::logic_error if it waits for what runs here; not once
    /// announce() has said true.
    bool help() {
        if (own_.is_member() && stack_left(own_.stack_end) < scheduler::nested_stack) return false;
        if (go_down()) {
            failures_ = 0;
            return true;
        }
        if (failures_++ == 0 && !is_announced_)
            check_for_deadlock(); // once the task knows the sleeper, nothing may throw
        return false;
    }
    /// Before it sleeps. False: the task is done.
    bool announce() noexcept {
        if (!is_announced_) is_announced_ = awaited_.try_attach(sleeper_);
        return is_announced_;
    }

private:
    /// Never given twice; 0 for threads without a record.
    static std::uint64_t number_of(worker& own) noexcept {
        constexpr std::uint64_t last_serial = (std::uint64_t{1} << 44) - 1;
        return own.is_member() ? std::uint64_t{own.id} << 44 | (own.next_serial() & last_serial) : 0;
    }
    static constexpr unsigned deepest = 256; // what is further down another thread runs: a look costs some 30 ns a step

    /// Runs a task as the scheduler does its jobs.
    struct errand : job {
        errand(task_core& what, std::uint64_t number) noexcept : job(nullptr), task(what), wait(number) {}
        task_core& task;
        const std::uint64_t wait;

        static void act(const job_slot& claimed, worker& runner, job_action) noexcept {
            const auto& self = static_cast<const errand&>(*claimed.frame);
            self.task.serve(runner, self.wait);
        }
    };

    bool go_down() {
        task_core* at = &awaited_;
        at->hold();
        bool has_helped = false;
        for (unsigned depth = 0; depth < deepest && &at->pool() == &awaited_.pool(); ++depth) {
            task_node* const below = at->look_down(
                number_, failures_, [](task_node& found) noexcept { static_cast<task_core&>(found).hold(); });
            if (below == nullptr) {
                has_helped = help_with(*at);
                break;
            }
            std::exchange(at, static_cast<task_core*>(below))->release();
        }
        at->release();
        return has_helped;
    }
    bool help_with(task_core& task) {
        if (!task.try_claim()) return own_.is_member() && awaited_.pool().leapfrog(own_, task);
        own_.counts.claims.add();
        if (!own_.is_member()) {
            task.serve(own_, 0);
            return true;
        }
        errand run(task, number_);
        awaited_.pool().run(own_, {&errand::act, &run});
        return true;
    }
    /// A task that runs on this stack will not end before this wait does.
    void check_for_deadlock() const {
        if (running_here == nullptr) return;
        bool is_circle = false;
        {
            std::optional<task_walk> walk;
            const edge_lock guard;
            walk.emplace();
            is_circle = walk->finds(awaited_, [](const task_core& each) noexcept {
                for (const running_task* here = running_here; here != nullptr; here = here->outer) {
                    if (here->task == &each) return true;
                }
                return false;
            });
        }
        if (is_circle) throw_cycle("a task waits, inside, for itself or for one that begins after it");
    }

    worker& own_;
    task_core& awaited_;
    const std::uint64_t number_;
    std::uint32_t failures_ = 0; // since the last success; each look takes another way
    bool is_announced_ = false;
    waiting_thread sleeper_;
};

inline void task_core::wait() {
    if (is_done()) return;
    check_process();
    const foreign_call call(pool_);
    if (call.own() != nullptr) {
        task_wait waiting(*call.own(), *this);
        pool_.wait_until(
            *call.own(), [&] { return waiting.is_over(); }, [&] { return waiting.help(); },
            [&] { return waiting.announce(); });
    } else {
        task_wait waiting(no_worker, *this);
        wait_without_record([&] { return is_done(); }, [&] { return waiting.help() || pool_.help_abandoned(); });
    }
}

} // namespace detail
PEL_NAMESPACE_END
