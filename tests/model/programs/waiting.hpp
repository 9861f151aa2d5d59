// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What programs about primitives share: something that lives in shared storage and is destroyed by who knows that it is
// used no more, threads that block in it, a deadline, a stop token's callback, a coroutine.
#pragma once

#include <pel/detail/sync/wait_queue.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include <cstddef>
#include <functional>
#include <new>
#include <utility>

namespace pel_test {

using pel::detail::acq_rel;
using pel::detail::acquire;
using pel::detail::atomic;
using pel::detail::cpu_relax;
using pel::detail::decision;
using pel::detail::entry;
using pel::detail::give_up_wait;
using pel::detail::no_limit;
using pel::detail::relaxed;
using pel::detail::release;
using pel::detail::thread_waiter;
using pel::detail::wait_in;
using pel::detail::waiter;

/// Nothing to leave.
struct stay {};

/// Over after one sleep.
class soon {
public:
    std::int64_t left() const noexcept { return rounds_++ == 0 ? 1'000 : 0; }

private:
    mutable unsigned rounds_ = 0;
};

/// A primitive whose destructor is called while the execution goes on.
template <class Core>
class mortal {
public:
    template <class... Arguments>
    explicit mortal(Arguments&&... arguments) {
        ::new (static_cast<void*>(memory_)) Core(std::forward<Arguments>(arguments)...);
        model::name(memory_, sizeof(memory_), "primitive");
    }
    Core& operator*() noexcept { return *std::launder(reinterpret_cast<Core*>(memory_)); }
    Core* operator->() noexcept { return &**this; }
    void destroy() noexcept { (**this).~Core(); }

private:
    alignas(Core) std::byte memory_[sizeof(Core)];
};

/// Blocks until the primitive lets the thread go on.
template <class Core, class Limit = no_limit>
bool block(mortal<Core>& primitive, std::uint32_t ticket = 0, const Limit& limit = {}) {
    thread_waiter self(ticket);
    return primitive->try_take(self) || wait_in<stay>(*primitive, self, limit);
}
/// At first with a deadline. Returns: what happened.
template <class Core>
const char* block_at_last(mortal<Core>& primitive, std::uint32_t ticket = 0) {
    if (block(primitive, ticket, soon())) return "in time";
    block(primitive, ticket);
    return "too late";
}

/// Counts those who use something; the last one is told.
class users {
public:
    explicit users(std::uint32_t count) : left_(count) {}
    bool is_last() { return left_.fetch_sub(1, acq_rel) == 1; }

private:
    atomic<std::uint32_t> left_;
};

/// As std::stop_source with one callback: the callback's end is awaited before the waiter goes away.
class stop_once {
public:
    /// The waiter's side.
    template <class Core>
    void arm(Core& core, waiter& who) {
        call_ = [&core, &who] { give_up_wait<Core>{&core, &who}(); };
        std::uint32_t seen = idle;
        if (!state_.compare_exchange(seen, armed, acq_rel)) call_(); // requested before
    }
    void disarm() {
        std::uint32_t seen = armed;
        if (state_.compare_exchange(seen, idle, acq_rel)) return;
        while (state_.load(acquire) == calling) cpu_relax();
    }
    /// The other side.
    void request() {
        if (state_.exchange(calling, acq_rel) == armed) call_();
        state_.store(over, release);
    }

private:
    static constexpr std::uint32_t idle = 0, armed = 1, calling = 2, over = 3;
    std::function<void()> call_;
    atomic<std::uint32_t> state_{idle};
};

/// Suspended; goes on where it is resumed.
class coroutine : public waiter {
public:
    explicit coroutine(std::function<void()> rest, std::uint32_t what = 0)
        : waiter(&go_on, what), rest_(std::move(rest)) {}

    template <class Core>
    void start(Core& core) {
        if (core.enter(*this) == entry::passed) rest_();
    }

private:
    static void go_on(waiter& self) noexcept { static_cast<coroutine&>(self).rest_(); }
    std::function<void()> rest_;
};

} // namespace pel_test
