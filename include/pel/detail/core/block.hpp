// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How primitives make their caller wait: a thread blocks, and in a task its seat goes to other work meanwhile; a
// coroutine suspends. Any thread.
#pragma once

#include <pel/detail/core/lock_wait.hpp>
#include <pel/detail/coro/resumption.hpp>
#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/platform/thread.hpp>
#include <pel/detail/sync/wait_queue.hpp>
#include <pel/this_worker.hpp>

#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The calling thread's seat is free while this lives (S2).
class away {
public:
    away() noexcept : leave_(*current_worker) {}

private:
    seat_leave leave_;
};

/// As away, for who waits for a lock: after a while.
class away_at_last : public away {
public:
    static std::int64_t patience() noexcept { return lock_patience(); }
};
template <class Core>
concept lock_core = requires { Core::is_lock; };
template <class Core>
using away_from = std::conditional_t<lock_core<Core>, away_at_last, away>;

/// Tries for a microsecond or two. A partner on another CPU comes before the first yield; one that shares this CPU is what
/// the yields are for: pauses only keep it away. A yield may take a time slice: there is none once the limit is over.
/// Returns: whether `core` let the thread go on.
template <class Core, class Limit = no_limit>
bool spins_through(Core& core, std::uint32_t ticket, const Limit& limit = {}) noexcept {
    constexpr unsigned rounds = 64, pauses_for_a_yield = 15;
    const thread_waiter self(ticket);
    for (unsigned round = 1; round <= rounds; ++round) {
        if (core.try_take(self)) return true;
        if (round % (pauses_for_a_yield + 1) != 0) {
            cpu_relax();
            continue;
        }
        if (limit.left() == 0) return false;
        yield_thread();
    }
    return false;
}

/// Locks know better how: they are held for a short time as a rule.
template <lock_core Core, class Limit = no_limit>
bool spins_through(Core& core, std::uint32_t ticket, const Limit& limit = {}) noexcept {
    return core.spin(ticket, limit);
}

/// Blocks until `core` lets the thread go on. Returns: whether it did before the limit was over.
template <class Core, class Limit = no_limit>
PEL_NOINLINE bool block(Core& core, std::uint32_t ticket = 0, const Limit& limit = {}) {
    thread_waiter self(ticket);
    return wait_in<away_from<Core>>(core, self, limit);
}

/// As block(); also ends, with false, when a stop is requested.
template <class Core, class Limit = no_limit>
bool block_unless(const std::stop_token& stop, Core& core, std::uint32_t ticket = 0, const Limit& limit = {}) {
    thread_waiter self(ticket);
    const std::stop_callback<give_up_wait<Core>> told(stop, give_up_wait<Core>{&core, &self});
    return wait_in<away_from<Core>>(core, self, limit);
}

/// What most waits look like: now, or after a short spin, or asleep. Who comes together shares the time of a wake-up.
template <class Core>
bool pass(Core& core, std::uint32_t ticket = 0) {
    return spins_through(core, ticket) || block(core, ticket);
}
/// Within the limit. Where that is over already, it is a look, as a try is: nobody spins, or leaves the seat, in vain.
template <class Core, class Limit>
bool pass_within(const Limit& limit, Core& core, std::uint32_t ticket = 0) {
    if (core.try_take(thread_waiter(ticket))) return true;
    return limit.left() != 0 && (spins_through(core, ticket, limit) || block(core, ticket, limit));
}
template <class Core>
bool pass_unless(const std::stop_token& stop, Core& core, std::uint32_t ticket = 0) {
    return spins_through(core, ticket) || block_unless(stop, core, ticket);
}

class coroutine_waiter : public waiter {
public:
    explicit coroutine_waiter(std::uint32_t what) noexcept : waiter(&go_on, what) {}

    template <class Promise>
    void suspends(std::coroutine_handle<Promise> self) noexcept {
        rest_ = resumption(self);
        runs_elsewhere = resumed_elsewhere<Promise>;
    }

private:
    static void go_on(waiter& self) noexcept {
        const resumption rest = static_cast<coroutine_waiter&>(self).rest_; // the frame may go away meanwhile
        rest();
    }
    resumption rest_;
};

/// What `co_await` suspends on. finish(whether it was let go on) makes the result. Requires: the coroutine is not
/// destroyed before it was resumed: it is linked until then. (A stop token ends the wait.) May be moved until it is awaited.
template <class Core, class Finish>
class [[nodiscard]] suspended_wait {
public:
    using resumes_in_its_pool = void;

    suspended_wait(Core& core, std::uint32_t ticket, Finish finish) noexcept
        : core_(core), self_(ticket), finish_(std::move(finish)) {}
    suspended_wait(suspended_wait&& other) noexcept
        : core_(other.core_), self_(other.self_.ticket), finish_(std::move(other.finish_)) {}
    suspended_wait& operator=(suspended_wait&&) = delete;

    bool await_ready() noexcept { return has_passed_ = core_.try_take(self_); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        self_.suspends(caller);
        const entry tried = core_.enter(self_); // if queued, the coroutine may be over by now
        if (tried == entry::queued) return true;
        has_passed_ = tried == entry::passed;
        return false;
    }
    void await_resume() noexcept
        requires std::is_void_v<std::invoke_result_t<Finish&, bool>>
    {}
    [[nodiscard]] auto await_resume()
        requires(!std::is_void_v<std::invoke_result_t<Finish&, bool>>)
    {
        return finish_(has_passed_ || self_.made() == decision::granted);
    }

protected:
    Core& core_;
    coroutine_waiter self_;

private:
    bool has_passed_ = false;
    [[no_unique_address]] Finish finish_;
};

/// The same; a stop request ends it. The callback is there before anybody can resume the coroutine.
template <class Core, class Finish>
class [[nodiscard]] stoppable_wait : public suspended_wait<Core, Finish> {
public:
    stoppable_wait(std::stop_token stop, Core& core, std::uint32_t ticket, Finish finish) noexcept
        : suspended_wait<Core, Finish>(core, ticket, std::move(finish)), stop_(std::move(stop)) {}
    stoppable_wait(stoppable_wait&& other) noexcept
        : suspended_wait<Core, Finish>(std::move(other)), stop_(std::move(other.stop_)) {} // nobody is told yet
    stoppable_wait& operator=(stoppable_wait&&) = delete;

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        told_.emplace(std::move(stop_), give_up_wait<Core>{&this->core_, &this->self_});
        return suspended_wait<Core, Finish>::await_suspend(caller);
    }
    [[nodiscard]] auto await_resume() {
        told_.reset(); // waits for a callback that is under way
        return suspended_wait<Core, Finish>::await_resume();
    }

private:
    std::stop_token stop_;
    std::optional<std::stop_callback<give_up_wait<Core>>> told_;
};

/// Results of waits that end in nothing, and in whether they were let go on.
struct finish_silently {
    void operator()(bool) const noexcept {}
};
struct finish_with_success {
    bool operator()(bool has_passed) const noexcept { return has_passed; }
};

} // namespace detail
PEL_NAMESPACE_END
