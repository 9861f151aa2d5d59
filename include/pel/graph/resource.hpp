// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Things of which there are not enough for all: a device, a licence, memory. Nodes of graphs (node_ref::use), tasks
// (run_with, with) and loops take units of one or several. Nodes and tasks that have to wait keep no thread; who builds
// a resource_lock does, asleep, while another one has its seat.
#pragma once

#include <pel/detail/graph/group_claim.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include <concepts>
#include <condition_variable>
#include <initializer_list>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

class resource;
namespace detail {
struct resource_access;
}

/// So many units of a resource.
struct resource_units {
    resource* what;
    unsigned units;
    // NOLINTNEXTLINE(google-explicit-constructor): one unit, unless said otherwise
    resource_units(resource& of, unsigned wanted = 1) noexcept : what(&of), units(wanted) {}
};

/// k units that at most so many can have at once. Those who want some get them in the order in which they came, whoever
/// wants fewer, and whatever its priority; who wants units of several resources never waits in a circle.
/// Thread safety: any thread. Requires: it outlives those who use it; who has units does not wait for more units, of
/// this or another resource, as in a node, task or lock inside: that may wait for ever. (All that is wanted is named at
/// once.)
class resource {
public:
    /// Throws: std::invalid_argument for 0.
    explicit resource(unsigned units) : core_(units) {
        if (units == 0) detail::throw_error<std::invalid_argument>("pel::resource: 0 units are of no use");
    }

    /// Returns: how many there are, taken or not.
    unsigned units() const noexcept { return core_.units(); }
    /// Returns: how many nobody has. Stale when it is read.
    unsigned available() const noexcept { return core_.available(); }

private:
    friend struct detail::resource_access;
    detail::resource_core core_;
};

namespace detail {

struct resource_access {
    /// Throws: std::invalid_argument for more units than there are, std::bad_alloc.
    template <class Needs>
    static void add(Needs& needs, const resource_units& wanted) {
        resource_core& core = wanted.what->core_;
        if (wanted.units == 0) throw_error<std::invalid_argument>("pel::resource: 0 units are asked for");
        std::uint64_t units = wanted.units;
        for (const resource_need& each : needs) units += each.what == &core ? each.units : 0;
        if (units > core.units())
            throw_error<std::invalid_argument>("pel::resource: " + std::to_string(units) +
                                               " units are asked for, and there are " + std::to_string(core.units()));
        add_need(needs, {&core, wanted.units});
    }
    static resource_needs needs(std::initializer_list<resource_units> wanted) {
        resource_needs all;
        for (const resource_units& each : wanted) add(all, each);
        return all;
    }
    template <std::size_t N>
    static few_needs<N> needs(const resource_units (&wanted)[N]) {
        few_needs<N> all;
        for (const resource_units& each : wanted) add(all, each);
        return all;
    }
};

/// A task of a group that runs when it has its units.
template <class F, std::size_t N>
class limited_call final : private few_needs<N>, public group_claim {
public:
    limited_call(stoppable_group& of, const few_needs<N>& needs, F&& callable)
        : few_needs<N>(needs), group_claim(of, few_needs<N>::data(), needs.size(), &act),
          function_(std::move(callable)) {}

    /// Instead of push().
    void begin() noexcept {
        stoppable_group& of = owner();
        of.hold();
        if (try_take_all() || wait_for_units()) of.push_held(*this, &act);
    }

private:
    static void act(const job_slot& claimed, worker& runner, job_action action) {
        group_core::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
            auto& self = static_cast<limited_call&>(static_cast<group_job&>(*slot.frame));
            self.invoke_and_destroy(self.owner(), by);
        });
    }
    void invoke_and_destroy(stoppable_group& of, worker& runner) noexcept {
        if (may_run())
            call_guarded([&] { of.invoke(function_); },
                         [&](std::exception_ptr error) { of.capture(std::move(error)); });
        end_claim();
        this->~limited_call();
        frame_pool::release(this, sizeof(limited_call), &runner.frames);
    }

    F function_;
};

} // namespace detail

/// As group.run(f), but f() begins when it has the units, and gives them back when it ends. If the group is cancelled
/// it does not wait for them any more. Requires: the resources outlive the task. Throws: std::invalid_argument for no
/// units, or more than there are; std::bad_alloc, and what copying f throws. Does not block. Thread safety: any thread,
/// as run(). Cost: as a task that lies in the group's list, and a lock for each resource, twice.
template <class F, std::size_t N>
    requires(std::invocable<std::decay_t<F>&> || std::invocable<std::decay_t<F>&, std::stop_token>)
void run_with(task_group& group, const resource_units (&wanted)[N], F&& f) {
    using function = std::decay_t<F>;
    constexpr bool has_effect =
        detail::callable_for_effect<function&> || detail::callable_for_effect<function&, std::stop_token>;
    static_assert(has_effect, "pel::run_with: nobody awaits the coroutine that f returns, so it would never begin: let "
                              "f call pel::sync_wait()");
    if constexpr (has_effect) {
        using call = detail::limited_call<function, N>;
        static_assert(alignof(call) <= 64,
                      "pel::run_with: a task aligned to more than 64 bytes is to hold that by pointer");
        detail::stoppable_group& core = detail::task_group_access::core(group);
        const detail::few_needs<N> needs = detail::resource_access::needs(wanted);
        if (core.is_cancelled()) return;
        function held(std::forward<F>(f));
        detail::worker& own = *detail::current_worker;
        void* const memory = detail::allocate_frame(own, sizeof(call));
        call* task = nullptr;
        detail::call_unwinding([&] { task = ::new (memory) call(core, needs, std::move(held)); },
                               [&] { detail::frame_pool::release(memory, sizeof(call), &own.frames); });
        task->begin();
    }
}

/// Holds units for a scope, as for a loop that wants them as a whole. The constructor waits, asleep, and gives the seat
/// to another thread meanwhile: of the pool's max_threads at most so many can wait so. No cancellation ends the wait.
/// Throws: std::invalid_argument for more units than there are; std::bad_alloc.
class resource_lock final : private detail::resource_claim {
public:
    resource_lock(std::initializer_list<resource_units> wanted)
        : resource_lock(detail::resource_access::needs(wanted)) {}
    template <std::same_as<resource>... More>
    explicit resource_lock(resource& first, More&... more)
        : resource_lock(std::initializer_list<resource_units>{first, more...}) {}
    resource_lock(const resource_lock&) = delete;
    resource_lock& operator=(const resource_lock&) = delete;
    /// Gives the units back: those who waited for them, and have all now, go on.
    ~resource_lock() { release(); }

private:
    explicit resource_lock(detail::resource_needs needs)
        : resource_claim(needs.data(), needs.size(), &resume), needs_(std::move(needs)) {
        if (try_acquire()) return;
        blocking([this] {
            std::unique_lock hold(mutex_);
            changed_.wait(hold, [this] { return has_all_; });
        });
    }
    static void resume(detail::resource_claim& claim) noexcept {
        auto& self = static_cast<resource_lock&>(claim);
        const std::lock_guard hold(self.mutex_); // so that it is still there when it is told
        self.has_all_ = true;
        self.changed_.notify_one();
    }

    const detail::resource_needs needs_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_all_ = false;
};

PEL_NAMESPACE_END
