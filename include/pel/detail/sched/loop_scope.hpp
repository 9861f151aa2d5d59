// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What all threads of one loop share: its first exception, whether it was cut short, and the limits that its policy
// sets. Limits come as a type, so that loops without any compile as if there were none: the engine asks the scope for
// its grain, whether to stop, and whether a thread may take part, and the plain scope answers with constants.
//   any thread of the loop: everything.
//   L1: try_enter()'s RMW <- leave()'s: the bodies of a thread that left come before those of the one in its place.
#pragma once

#include <pel/detail/sched/operation_cancelled.hpp>
#include <pel/detail/sched/worker.hpp>

#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What a policy asks of a loop.
struct loop_limits {
    std::uint64_t grain = 0;                                  // 0: as the loop finds best
    unsigned most_threads = 0;                                // 0: all
    const void* token = nullptr;                              // whose type only is_stopped knows
    bool (*is_stopped)(const void* token) noexcept = nullptr; // null: there is none

    bool stop_requested() const noexcept { return is_stopped != nullptr && is_stopped(token); }
    bool wakes_at_once(std::uint64_t size) const noexcept { return grain != 0 && size > grain; }
};

/// A policy that asks nothing.
struct no_limits {
    static constexpr bool stop_requested() noexcept { return false; }
    static constexpr bool wakes_at_once(std::uint64_t) noexcept { return false; }
};

class loop_scope : public scope {
public:
    static constexpr bool is_limited = false;

    explicit loop_scope(worker& own, no_limits = {}) noexcept
        : scope(own.innermost, &own.floor, own.level_base, own.deque.bottom()) {}

    void capture(std::exception_ptr error) noexcept {
        if (is_cancelled() && is_cancellation(error)) return mark_cut_short();
        if (!has_error_.exchange(true, relaxed)) error_ = std::move(error); // published by the joins (D3)
        cancel();
    }
    void mark_cut_short() noexcept { is_cut_short_.store(true, relaxed); } // likewise
    bool is_cut_short() const noexcept { return is_cut_short_.load(relaxed); }
    const std::exception_ptr& error() const noexcept { return error_; }

    static constexpr std::uint64_t grain() noexcept { return 1; }    // of what may be stolen
    bool must_stop() const noexcept { return is_cancelled(); }       // asked between blocks
    std::uint64_t known_well_at() const noexcept { return epoch(); } // until another, must_stop() is false; 0: never
    static constexpr bool has_room() noexcept { return true; }       // whether a piece would find a thread; a hint
    static constexpr bool try_enter(const worker&) { return true; }  // a thread may run bodies from here ...
    static constexpr void leave(const worker&) {}                    // ... to here
    template <class Wait>
    PEL_ALWAYS_INLINE static void while_waiting(worker&, const Wait& wait) { // around the join of a stolen piece
        wait();
    }

private:
    atomic<bool> has_error_{false};
    atomic<bool> is_cut_short_{false};
    std::exception_ptr error_;
};

/// The scope of a loop with limits. The thread that called the loop, and each that runs a piece, is counted while it
/// does; a thread too many gives its piece back unrun, and the forker runs it at its join. So nobody ever waits to be
/// let in. Who waits in a join of this loop is still counted, and may run other pieces of it meanwhile.
class limited_loop_scope : public loop_scope {
public:
    static constexpr bool is_limited = true;

    limited_loop_scope(worker& own, const loop_limits& limits) noexcept : loop_scope(own), limits_(limits) {}

    std::uint64_t grain() const noexcept { return limits_.grain != 0 ? limits_.grain : 1; }
    bool must_stop() noexcept {
        if (is_cancelled()) return true;
        if (!limits_.stop_requested()) return false;
        cancel(); // loops and groups inside end as well
        return true;
    }
    std::uint64_t known_well_at() const noexcept { return limits_.is_stopped == nullptr ? epoch() : 0; }
    bool has_room() const noexcept {
        if (limits_.most_threads == 0) return true;
        return threads_.load(relaxed) - waiting_.load(relaxed) < limits_.most_threads; // stale: given back, or not cut
    }

    bool try_enter(const worker& own) noexcept {
        if (limits_.most_threads == 0 || own.waits_in == this) return true;
        unsigned seen = threads_.load(relaxed); // the CAS below decides
        while (seen < limits_.most_threads) {
            if (threads_.compare_exchange(seen, seen + 1, acquire)) return true; // sync(L1) acquire: bodies before
        }
        return false;
    }
    void leave(const worker& own) noexcept {
        if (limits_.most_threads == 0 || own.waits_in == this) return;
        threads_.fetch_sub(1, release); // sync(L1) release: bodies run here
    }
    template <class Wait>
    void while_waiting(worker& own, const Wait& wait) {
        waiting_.fetch_add(1, relaxed); // a hint
        const scope* const outer = std::exchange(own.waits_in, this);
        const auto end = [&] {
            own.waits_in = outer;
            waiting_.fetch_sub(1, relaxed); // likewise
        };
        call_unwinding(wait, end);
        end();
    }

private:
    const loop_limits limits_;
    atomic<unsigned> threads_{1}; // that run bodies, or wait in a join for some
    atomic<unsigned> waiting_{0}; // of these, the latter; a thread that runs pieces meanwhile counts as waiting
};

template <class Limits>
using scope_with = std::conditional_t<std::is_same_v<Limits, no_limits>, loop_scope, limited_loop_scope>;

} // namespace detail
PEL_NAMESPACE_END
