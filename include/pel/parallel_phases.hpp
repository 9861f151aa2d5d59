// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_phases: a loop that is run again and again, each time when the last one is complete, as stencils and
// relaxations do thousands of times. Threads that work on it stay between the phases, so a phase costs two atomic
// additions for each of them and no fork.
#pragma once

#include <pel/detail/algorithm/shared_phases.hpp>
#include <pel/detail/core/on_node.hpp>
#include <pel/detail/core/seat_shares.hpp>
#include <pel/detail/platform/clock.hpp>
#include <pel/parallel_for.hpp>
#include <pel/stop_token.hpp>
#include <pel/task_group.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::int64_t shared_phase_ns = 4'000; // a phase this long is worth the meeting at its end
inline constexpr std::int64_t phase_spin_ns = 50'000;  // who waits longer for the next phase leaves, and is asked back
inline constexpr unsigned phase_patience = 32;         // looks at the others' ends before what they have left is taken

/// Calls the body with its phase.
template <class Index, class Body>
struct phase_body {
    std::uint64_t phase;
    held_callable<Body, std::uint64_t, Index> body;
    void operator()(Index i) const { body(phase, i); }
};

/// The share of a phase's loop that knows how much of it the thread that called has run, and in what time. The body may
/// be shared by any number of threads: what a phase takes from its begin to its end says nothing about the work in it.
template <class Strand>
class timed_strand {
public:
    explicit timed_strand(const Strand& strand) noexcept : strand_(strand) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        const std::int64_t start = ticks();
        strand_.run(lo, hi);
        took_ += ticks() - start;
        items_ += hi - lo;
    }
    /// Times a stretch of few items as one.
    template <class GoesOn>
    std::uint64_t run_while(std::uint64_t lo, std::uint64_t hi, const GoesOn& goes_on) {
        const std::int64_t start = ticks();
        const std::uint64_t end = strand_.run_while(lo, hi, goes_on);
        took_ += ticks() - start;
        items_ += end - lo;
        return end;
    }
    timed_strand split() const noexcept { return timed_strand(strand_); }
    static constexpr bool keeps_nothing = true;

    /// Returns: what all of so many items would take one thread, in ns.
    std::int64_t work_of(std::uint64_t size) const noexcept {
        if (items_ == 0) return 0;
        return static_cast<std::int64_t>(static_cast<double>(took_) / static_cast<double>(ticks_of_ns(1'024)) * 1'024 *
                                         (static_cast<double>(size) / static_cast<double>(items_)));
    }

private:
    Strand strand_;
    std::int64_t took_ = 0;
    std::uint64_t items_ = 0;
};

/// The threads that work on the phases of one call: tasks of one group, any number of them. shared_phases.hpp has how
/// they share the items and meet.
template <class Index, class Body, class MustStop>
class phase_team {
public:
    /// Requires: `shares` is at most `size`. Throws: std::bad_alloc.
    phase_team(std::uint64_t first_phase, std::uint64_t n_phases, Index first, std::uint64_t size,
               const seat_shares& shares, std::uint64_t grain, Body& body, const MustStop& must_stop)
        : first_(first), body_(body), must_stop_(must_stop), shares_(shares),
          phases_(first_phase, n_phases, size, shares, grain) {}
    phase_team(const phase_team&) = delete;
    phase_team& operator=(const phase_team&) = delete;

    /// Runs all phases. Returns: false if they were cut short. Throws: the first exception of a body.
    bool run() {
        for (unsigned each = 0; each < phases_.shares(); ++each) phases_.invite(*this);
        (void)group_.wait();
        return phases_.is_complete(); // ordered by the wait
    }

    // ---- the host of shared_phases ----

    void run(std::uint64_t phase, std::uint64_t lo, std::uint64_t hi) {
        const phase_body<Index, Body> at_phase{phase, body_};
        body_strand<Index, const phase_body<Index, Body>>(first_, at_phase).run(lo, hi);
    }
    bool must_stop() {
        if (!group_.is_cancelled() && must_stop_()) group_.cancel();
        return group_.is_cancelled();
    }
    bool is_cancelled() const noexcept { return group_.is_cancelled(); }
    static std::uint32_t thread() noexcept { return current_worker->id; }
    unsigned home() const noexcept { return shares_.home_of(*current_worker); }
    auto sit_at(unsigned share) const { return seat_shares::visit(shares_, *current_worker, share); }
    void invite() {
        group_.run([this] { phases_.take_part(*this); });
    }
    auto short_look() const noexcept {
        return [](unsigned turn) { return turn != phase_patience; };
    }
    /// Until it takes long, or is not to come.
    auto long_look() const noexcept {
        return [this, deadline = now_ns() + phase_spin_ns](unsigned turn) {
            return turn % 64 != 0 || (now_ns() <= deadline && !group_.is_cancelled());
        };
    }

private:
    const Index first_;
    Body& body_;
    const MustStop& must_stop_;
    const seat_shares shares_;
    shared_phases phases_;
    task_group group_; // the last: its tasks use all the others until it has ended
};

/// Of a pool's threads, as many as a phase of that many items and nanoseconds of work can do with.
inline unsigned phase_shares(unsigned threads, std::uint64_t size, std::uint64_t grain, std::int64_t ns) noexcept {
    std::uint64_t shares = static_cast<std::uint64_t>(ns / (shared_phase_ns / 2));
    const std::uint64_t pieces = size / grain;
    if (shares > pieces) shares = pieces;
    return shares < threads ? static_cast<unsigned>(shares) : threads;
}

} // namespace detail

/// For phase = 0, 1, … n_phases - 1, in this order: calls body(phase, i) for every i in [first, last), possibly at the
/// same time and in any order; a phase begins when all calls of the one before have returned, and sees what they did.
/// Requires: first and last of integral types; body is called through a reference by several threads. Throws: as
/// parallel_for, and std::bad_alloc. Blocks. Thread safety: any thread. Complexity: work that of the bodies and
/// O(threads) per phase, span the sum over the phases of the longest body. Phases of a few µs run on one thread.
template <class Token, std::integral First, std::integral Last, class Body>
    requires detail::callable_for_effect<Body&, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(const basic_parallel_policy<Token>& policy, std::uint64_t n_phases, First first, Last last,
                     Body&& body) {
    using index = std::common_type_t<First, Last>;
    const auto begin = static_cast<index>(first);
    const std::uint64_t size = detail::range_size<index>(begin, static_cast<index>(last));
    if (size == 0) return;
    const auto limits = detail::limits_of(policy);
    const auto must_stop = [&limits] { return limits.stop_requested(); };
    const auto loop = [&](std::uint64_t phase) {
        using phase_body = const detail::phase_body<index, std::remove_reference_t<Body>>;
        phase_body at_phase{phase, body};
        detail::timed_strand strand(detail::body_strand<index, phase_body>(begin, at_phase));
        parallel_ranges(policy, size, strand);
        return strand.work_of(size);
    };
    detail::scheduler& pool = detail::scheduler_of(policy);
    const detail::foreign_call call(pool);
    // One phase after the other, each a loop that shares itself if it is long, until one was worth a team.
    std::uint64_t phase = 0;
    std::int64_t work = 0;
    while (phase != n_phases && work < detail::shared_phase_ns) work = loop(phase++);
    const unsigned most = policy_access::most_threads(policy);
    const std::uint64_t grain = policy_access::grain(policy) == 0 ? 1 : policy_access::grain(policy);
    const unsigned shares =
        detail::phase_shares(most == 0 || most > pool.concurrency() ? pool.concurrency() : most, size, grain, work);
    if (shares < 2 || call.own() == nullptr) {
        while (phase != n_phases) loop(phase++);
        return;
    }
    if (phase == n_phases) return;
    detail::phase_team<index, std::remove_reference_t<Body>, decltype(must_stop)> team(
        phase, n_phases, begin, size, detail::seat_shares(pool, size, shares), grain, body, must_stop);
    if (!team.run()) detail::throw_error<operation_cancelled>();
}

/// On a node's threads. Shares stay with their threads from phase to phase anyway, as replay() would have it.
template <class Token, std::integral First, std::integral Last, class Body>
    requires detail::callable_for_effect<Body&, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(const basic_parallel_policy<placed<Token>>& policy, std::uint64_t n_phases, First first, Last last,
                     Body&& body) {
    if (policy_access::node(policy) == nullptr)
        return parallel_phases(policy_access::without_place(policy), n_phases, first, last, body);
    detail::call_on_node(policy, [&](const auto& there) { parallel_phases(there, n_phases, first, last, body); });
}

/// In order, on the calling thread.
template <std::integral First, std::integral Last, class Body>
    requires detail::callable_for_effect<Body&, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(const sequenced_policy& policy, std::uint64_t n_phases, First first, Last last, Body&& body) {
    for (std::uint64_t phase = 0; phase != n_phases; ++phase)
        parallel_for(policy, first, last, [&](std::common_type_t<First, Last> i) { body(phase, i); });
}

template <std::integral First, std::integral Last, class Body>
    requires detail::callable_for_effect<Body&, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(std::uint64_t n_phases, First first, Last last, Body&& body) {
    parallel_phases(par, n_phases, first, last, body);
}

/// The same for body(phase, i, token): see stop_token.hpp.
template <execution_policy Policy, std::integral First, std::integral Last, class Body>
    requires detail::stoppable_body<Body, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(const Policy& policy, std::uint64_t n_phases, First first, Last last, Body&& body) {
    detail::with_stop_token(policy, body, [&](const auto& telling, const auto& call) {
        parallel_phases(telling, n_phases, first, last, call);
    });
}

template <std::integral First, std::integral Last, class Body>
    requires detail::stoppable_body<Body, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(std::uint64_t n_phases, First first, Last last, Body&& body) {
    parallel_phases(par, n_phases, first, last, body);
}

PEL_NAMESPACE_END
