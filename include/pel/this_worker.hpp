// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a task may ask about the thread that runs it, and how it says that it is going to block.
#pragma once

#include <pel/detail/sched/foreign.hpp>

#include <functional>

PEL_NAMESPACE_BEGIN
namespace this_worker {

/// What index() returns on a thread that works for no pool.
inline constexpr unsigned no_index = ~0u;

/// Returns: a number below max_threads + foreign callers, as many as there have been at a time, the same for the whole
/// task and different from every other thread's in the pool; no_index outside. Thread safety: any thread.
inline unsigned index() noexcept {
    const detail::worker& own = *detail::current_worker;
    return own.is_member() ? own.index : no_index;
}

} // namespace this_worker

namespace detail {

/// Gives the seat up and takes one again. For what forks nothing: a fork would take it back before.
class seat_leave {
public:
    explicit seat_leave(worker& own) noexcept : own_(own), is_mine_(own.is_member() && !own.has_left) {
        if (is_mine_) own_.pool->leave_seat(own_);
    }
    ~seat_leave() {
        if (is_mine_ && own_.has_left) own_.pool->return_to_seat(own_);
    }
    seat_leave(const seat_leave&) = delete;
    seat_leave& operator=(const seat_leave&) = delete;

private:
    worker& own_;
    const bool is_mine_;
};

/// The same for what may fork, too.
class blocking_region {
public:
    explicit blocking_region(worker& own) noexcept : own_(own), is_mine_(own.is_member() && !own.is_blocking) {
        if (is_mine_) own_.pool->begin_blocking(own_);
    }
    ~blocking_region() {
        if (is_mine_) own_.pool->end_blocking(own_);
    }
    blocking_region(const blocking_region&) = delete;
    blocking_region& operator=(const blocking_region&) = delete;

private:
    worker& own_;
    const bool is_mine_;
};

} // namespace detail

/// Runs f, which is going to block, and lets another thread have the seat meanwhile, until f returns. What f forks, runs in
/// groups and loops over is shared as elsewhere, and the thread takes part in it without a seat: beside a full pool it is
/// one thread more that computes, so what computes for long belongs outside.
/// Returns: what f returns. Throws: what f throws. Outside a task it just calls f. Cost: two atomic RMWs, and a wake-up if
/// there is work; two more for each fork inside.
template <class F>
auto blocking(F&& f) -> std::invoke_result_t<F> {
    const detail::blocking_region region(*detail::current_worker);
    return std::invoke(std::forward<F>(f));
}

PEL_NAMESPACE_END
