// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_phases: a loop that is run again and again, each time when the last one is complete, as stencils and
// relaxations do thousands of times. Threads that work on it stay between the phases, so a phase costs two atomic
// additions for each of them and no fork.
#pragma once

#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/platform/clock.hpp>
#include <pel/detail/platform/cpu_relax.hpp>
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

/// The threads that work on the phases of one call: tasks of one group, any number of them. The items are divided into
/// as many shares; who has emptied its own takes from others'. Whoever completes a phase opens the next and goes on
/// with it, so no other thread is ever waited for that is not running a body: all but that one may leave at any time.
///   PH1: open()'s store of phase_ -> its loads: the bodies of the phase before, gathered by the additions to done_.
template <class Index, class Body, class MustStop>
class phase_team {
public:
    /// Requires: `shares` is at most `size`. Throws: std::bad_alloc.
    phase_team(std::uint64_t first_phase, std::uint64_t n_phases, Index first, std::uint64_t size, unsigned shares,
               std::uint64_t grain, Body& body, const MustStop& must_stop)
        : n_phases_(n_phases), first_(first), size_(size), shares_(shares), grain_(grain), body_(body),
          must_stop_(must_stop), share_of_(new share[shares]) {
        const std::uint64_t more = size % shares; // that many shares have one item more
        for (unsigned one = 0; one < shares; ++one) {
            const std::uint64_t begin = size / shares * one + (one < more ? one : more);
            const std::uint64_t items = size / shares + (one < more ? 1 : 0);
            share_of_[one].begin = begin;
            share_of_[one].end = begin + items;
            share_of_[one].units = (items + unit_ - 1) / unit_;
        }
        open(first_phase);
    }
    phase_team(const phase_team&) = delete;
    phase_team& operator=(const phase_team&) = delete;

    /// Runs all phases. Returns: false if they were cut short. Throws: the first exception of a body.
    bool run() {
        for (unsigned each = 0; each < shares_; ++each) invite();
        (void)group_.wait();
        return phase_.load(relaxed) == n_phases_; // ordered by the wait
    }

private:
    struct alignas(cache_line) share {
        atomic<std::uint64_t> left{0}; // {phase, units that are not taken yet: the last ones}
        std::uint64_t begin, end, units;
    };
    struct share_array {
        share* const begin;
        explicit share_array(share* owned) noexcept : begin(owned) {}
        share_array(const share_array&) = delete;
        share_array& operator=(const share_array&) = delete;
        ~share_array() { delete[] begin; }
        share& operator[](unsigned one) const noexcept { return begin[one]; }
    };
    struct block {
        std::uint64_t lo, hi;
    };

    /// One more thread is wanted, if there are not enough.
    void invite() {
        if (members_.load(relaxed) >= shares_) return; // stale: asked in the next phase
        if (members_.fetch_add(1, relaxed) < shares_) return group_.run([this] { take_part(); });
        members_.fetch_sub(1, relaxed);
    }

    /// Takes half of what is left of a share, the first items first. False: nothing is left, or the phase is over.
    bool take(share& from, std::uint64_t phase, block& taken) noexcept {
        const std::uint64_t least = grain_ / unit_ > from.units / 16 ? grain_ / unit_ : from.units / 16;
        std::uint64_t seen = from.left.load(relaxed); // the CAS decides; who takes has read the phase
        for (;;) {
            const std::uint64_t left = seen & 0xffff'ffff;
            if (left == 0 || seen >> 32 != (phase & 0xffff'ffff)) return false;
            std::uint64_t count = (left + 1) / 2;
            if (count <= least) count = left <= least ? left : least + 1;
            if (!from.left.compare_exchange(seen, seen - count, relaxed)) continue;
            taken.lo = from.begin + (from.units - left) * unit_;
            taken.hi = from.begin + (from.units - left + count) * unit_;
            if (taken.hi > from.end) taken.hi = from.end;
            return true;
        }
    }

    void take_part() {
        const unsigned own = next_share_.fetch_add(1, relaxed) % shares_;
        std::uint64_t phase = phase_.load(acquire); // sync(PH1) acquire: the bodies of the phases before
        while (phase != n_phases_) {
            // Its own share first. Then a moment's patience: what others are about to do is in their caches.
            if (run_shares(own, 1, phase)) continue;
            if (await_after(phase, phase_patience)) continue;
            if (run_shares(own + 1 == shares_ ? 0 : own + 1, shares_ - 1, phase)) continue;
            if (group_.is_cancelled()) return;
            if (!await_after(phase, 0)) {
                members_.fetch_sub(1, relaxed);
                return;
            }
        }
    }
    /// Runs what is left of `count` shares. True: that completed the phase, and `phase` is the next one, now open.
    bool run_shares(unsigned first, unsigned count, std::uint64_t& phase) {
        const phase_body<Index, Body> at_phase{phase, body_};
        body_strand<Index, const phase_body<Index, Body>> strand(first_, at_phase);
        std::uint64_t items = 0;
        for (unsigned tried = 0, one = first; tried < count; ++tried, one = one + 1 == shares_ ? 0 : one + 1) {
            for (block taken; take(share_of_[one], phase, taken);) {
                if (!group_.is_cancelled() && must_stop_()) group_.cancel();
                if (group_.is_cancelled()) return false;
                strand.run(taken.lo, taken.hi);
                items += taken.hi - taken.lo;
            }
        }
        // sync(PH1) acq_rel: bodies, to who opens the next
        if (items == 0 || done_.fetch_add(items, acq_rel) + items != size_) return false;
        open(++phase);
        if (phase != n_phases_) invite();
        return true;
    }
    /// Requires: nobody runs a body, and nothing is left to take.
    void open(std::uint64_t phase) noexcept {
        done_.store(0, relaxed); // all three published by the last
        for (unsigned one = 0; one < shares_; ++one)
            share_of_[one].left.store((phase & 0xffff'ffff) << 32 | share_of_[one].units, relaxed);
        phase_.store(phase, release); // sync(PH1) release: bodies of the phase before
    }
    /// Spins until the next phase is open, for some looks; 0: until it takes long, or is not to come. False: it is not.
    bool await_after(std::uint64_t& phase, unsigned looks) noexcept {
        const std::int64_t deadline = looks == 0 ? now_ns() + phase_spin_ns : 0;
        for (unsigned turn = 1;; ++turn) {
            const std::uint64_t now = phase_.load(acquire); // sync(PH1) acquire: as in take_part()
            if (now != phase) {
                phase = now;
                return true;
            }
            cpu_relax();
            if (turn == looks) return false;
            if (turn % 64 == 0 && (now_ns() > deadline || group_.is_cancelled())) return false;
        }
    }

    const std::uint64_t n_phases_;
    const Index first_;
    const std::uint64_t size_;
    const unsigned shares_;
    const std::uint64_t grain_;
    Body& body_;
    const MustStop& must_stop_;
    const std::uint64_t unit_ = (size_ / shares_ >> 31) + 1; // items; so that a share's units fit half a word
    const share_array share_of_;
    atomic<unsigned> next_share_{0};
    atomic<unsigned> members_{0}; // invited, and not gone
    alignas(cache_line) atomic<std::uint64_t> phase_{0};
    alignas(cache_line) atomic<std::uint64_t> done_{0}; // items of this phase
    task_group group_;                                  // the last: its tasks use all the others until it has ended
};

/// Of a pool's threads, as many as a phase of that many items and nanoseconds can do with.
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
    requires std::invocable<Body&, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(const basic_parallel_policy<Token>& policy, std::uint64_t n_phases, First first, Last last,
                     Body&& body) {
    using index = std::common_type_t<First, Last>;
    const auto begin = static_cast<index>(first);
    const std::uint64_t size = detail::range_size<index>(begin, static_cast<index>(last));
    if (size == 0) return;
    const auto limits = detail::limits_of(policy);
    const auto must_stop = [&limits] { return limits.stop_requested(); };
    const auto loop = [&](std::uint64_t phase) {
        const detail::phase_body<index, std::remove_reference_t<Body>> at_phase{phase, body};
        parallel_for(policy, begin, static_cast<index>(last), at_phase);
    };
    detail::scheduler* const named = detail::pool_access::chosen(policy);
    detail::scheduler& pool = named != nullptr ? *named : detail::current_scheduler();
    const detail::foreign_call call(pool);
    // One phase after the other, each a loop that shares itself if it is long, until one was worth a team.
    std::uint64_t phase = 0;
    std::int64_t took = 0;
    while (phase != n_phases && took < detail::shared_phase_ns) {
        const std::int64_t start = detail::now_ns();
        loop(phase++);
        took = detail::now_ns() - start;
    }
    const unsigned most = policy_access::most_threads(policy);
    const std::uint64_t grain = policy_access::grain(policy) == 0 ? 1 : policy_access::grain(policy);
    const unsigned shares =
        detail::phase_shares(most == 0 || most > pool.concurrency() ? pool.concurrency() : most, size, grain, took);
    if (shares < 2 || call.own() == nullptr) {
        while (phase != n_phases) loop(phase++);
        return;
    }
    if (phase == n_phases) return;
    detail::phase_team<index, std::remove_reference_t<Body>, decltype(must_stop)> team(phase, n_phases, begin, size,
                                                                                       shares, grain, body, must_stop);
    if (!team.run()) detail::throw_error<operation_cancelled>();
}

/// In order, on the calling thread.
template <std::integral First, std::integral Last, class Body>
    requires std::invocable<Body&, std::uint64_t, std::common_type_t<First, Last>>
void parallel_phases(const sequenced_policy& policy, std::uint64_t n_phases, First first, Last last, Body&& body) {
    for (std::uint64_t phase = 0; phase != n_phases; ++phase)
        parallel_for(policy, first, last, [&](std::common_type_t<First, Last> i) { body(phase, i); });
}

template <std::integral First, std::integral Last, class Body>
    requires std::invocable<Body&, std::uint64_t, std::common_type_t<First, Last>>
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
