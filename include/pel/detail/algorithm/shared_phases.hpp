// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the threads of one parallel_phases() share its items and meet at the end of each phase; without the scheduler, so
// that the explorer of tests/model can take it apart.
//   PH1: open()'s store of phase_ -> its loads: the bodies of the phase before, gathered by the additions to done_.
#pragma once

#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The items are divided into as many shares as there may be members; who has emptied its own takes from others'.
/// Whoever completes a phase opens the next and goes on with it, so no other thread is ever waited for that is not
/// running a body: all but that one may leave at any time.
///   H1  An item of phase p is taken by who has read p from phase_, from a word that says p, and counted in done_ after
///       its body. So until the last body of p has ended some item is not counted: done_ is of phase p whenever
///       somebody adds, one addition completes it, and by then all words of p are empty; no older claim can succeed.
///   H2  A member that slept while phases went by finds another phase in the words, takes nothing, and looks at phase_.
///   H3  Items that were taken are not counted after an exception or a cancellation: that phase is the last one.
///   H4  Who is to open the next phase never leaves: it has not left before its addition, and goes on after it.
///   H5  A share has one member at a time, and its last one when that comes back: what it works on is in that thread's
///       caches, and on its node. There is a free one for whoever is counted in members_ and has none yet.
/// A Host runs members: void run(phase, lo, hi), which may throw; bool must_stop(), bool is_cancelled(), which once
/// true stay true; void invite(), to have one more thread call take_part(); std::uint32_t thread(), the number of the
/// calling thread, not 0 and less than 2^31; unsigned home(), the share that suits that thread best; sit_at(share), an
/// object to keep while it has one; short_look() and long_look(), each making a bool(unsigned turn), whether to look
/// again.
class shared_phases {
public:
    /// Cuts: count() shares, of which begin(share) says where they begin, and begin(count()) where the last ends.
    /// Requires: 0 < shares <= size. Throws: std::bad_alloc.
    template <class Cuts>
    shared_phases(std::uint64_t first_phase, std::uint64_t n_phases, std::uint64_t size, const Cuts& cuts,
                  std::uint64_t grain)
        : n_phases_(n_phases), size_(size), shares_(cuts.count()), share_of_(new share[shares_]) {
        std::uint64_t most = 0;
        for (unsigned one = 0; one < shares_; ++one) {
            const std::uint64_t items = cuts.begin(one + 1) - cuts.begin(one);
            most = items > most ? items : most;
        }
        unit_ = (most >> (unit_bits - 1)) + 1;
        const std::uint64_t grain_units = grain / unit_ + (grain % unit_ != 0 ? 1 : 0);
        for (unsigned one = 0; one < shares_; ++one) {
            const std::uint64_t begin = cuts.begin(one);
            const std::uint64_t items = cuts.begin(one + 1) - begin;
            share_of_[one].begin = begin;
            share_of_[one].end = begin + items;
            share_of_[one].units = (items + unit_ - 1) / unit_;
            share_of_[one].least = share_of_[one].units / 16 + 1;
            if (share_of_[one].least < grain_units) share_of_[one].least = grain_units;
        }
        open(first_phase);
    }
    shared_phases(const shared_phases&) = delete;
    shared_phases& operator=(const shared_phases&) = delete;
    ~shared_phases() { delete[] share_of_; }

    unsigned shares() const noexcept { return shares_; }
    /// Whether all phases are complete. Requires: all members have ended, and that is ordered before.
    bool is_complete() const noexcept { return phase_.load(relaxed) == n_phases_; }

    /// One more member is wanted, if there are not enough.
    template <class Host>
    void invite(Host& host) {
        if (members_.load(relaxed) >= shares_) return; // stale: asked in the next phase
        if (members_.fetch_add(1, relaxed) < shares_) return host.invite();
        members_.fetch_sub(1, relaxed);
    }

    /// What an invited thread does, until all phases are complete, or it has waited too long, or all is cut short.
    template <class Host>
    void take_part(Host& host) {
        const unsigned own = join(host.thread(), host.home());
        const auto there [[maybe_unused]] = host.sit_at(own);
        std::uint64_t phase = phase_.load(acquire); // sync(PH1) acquire: the bodies of the phases before
        while (phase != n_phases_) {
            // Its own share first. Then a moment's patience: what others are about to do is in their caches.
            if (run_shares(host, own, 1, phase)) continue;
            if (await_after(phase, host.short_look())) continue;
            if (run_shares(host, own + 1 == shares_ ? 0 : own + 1, shares_ - 1, phase)) continue;
            if (host.is_cancelled()) return;
            if (await_after(phase, host.long_look())) continue;
            share_of_[own].member.store(host.thread() << 1, relaxed); // a hint
            members_.fetch_sub(1, relaxed);
            return;
        }
    }

private:
    // {phase, units that are not taken yet: the last ones}. Phases have 48 bits: to take an item of another phase for
    // one of its own, a member would have to sleep for 2^48 of them, a year, between its look at phase_ and its claim.
    static constexpr unsigned unit_bits = 16;
    struct alignas(cache_line) share {
        atomic<std::uint64_t> left{0};
        std::uint64_t begin, end, units;
        std::uint64_t least;             // units to take at once
        atomic<std::uint32_t> member{0}; // {thread, whether it is here}; 0: nobody has come yet
    };
    struct block {
        std::uint64_t lo, hi;
    };

    static std::uint64_t word_of(std::uint64_t phase, std::uint64_t left) noexcept { return phase << unit_bits | left; }
    static std::uint64_t left_of(std::uint64_t word) noexcept { return word & ((std::uint64_t{1} << unit_bits) - 1); }

    static constexpr unsigned occupied = 3;
    /// Returns: how well a share suits a thread that joins, 0 best, or `occupied`.
    static unsigned rank_of(std::uint32_t member, std::uint32_t thread) noexcept {
        if ((member & 1) != 0) return occupied;
        if (member >> 1 == thread) return 0;
        return member == 0 ? 1 : 2;
    }
    /// Returns: the share of a new member: the one it had, else one that nobody has had, else one whose member has left;
    /// of those alike the next from `home` on.
    unsigned join(std::uint32_t thread, unsigned home) noexcept {
        for (;;) {
            unsigned best = 0, best_rank = occupied;
            std::uint32_t last = 0;
            for (unsigned tried = 0; tried < shares_ && best_rank != 0; ++tried) {
                const unsigned one = home < shares_ - tried ? home + tried : home + tried - shares_;
                const std::uint32_t seen = share_of_[one].member.load(relaxed); // the CAS decides
                const unsigned rank = rank_of(seen, thread);
                if (rank >= best_rank) continue;
                best = one;
                best_rank = rank;
                last = seen;
            }
            // (Whose share it is decides what is near, and nothing else.)
            if (best_rank != occupied && share_of_[best].member.compare_exchange(last, thread << 1 | 1, relaxed))
                return best;
        }
    }
    /// Takes half of what is left of a share, the first items first. False: nothing is left, or the phase is over.
    bool take(share& from, std::uint64_t phase, block& taken) noexcept {
        std::uint64_t seen = from.left.load(relaxed); // the CAS decides; who takes has read the phase
        for (;;) {
            const std::uint64_t left = left_of(seen);
            if (left == 0 || seen != word_of(phase, left)) return false;
            std::uint64_t count = (left + 1) / 2;
            if (count < from.least) count = left < from.least ? left : from.least;
            if (!from.left.compare_exchange(seen, seen - count, relaxed)) continue;
            taken.lo = from.begin + (from.units - left) * unit_;
            taken.hi = from.begin + (from.units - left + count) * unit_;
            if (taken.hi > from.end) taken.hi = from.end;
            return true;
        }
    }
    /// Runs what is left of `count` shares. True: that completed the phase, and `phase` is the next one, now open.
    template <class Host>
    bool run_shares(Host& host, unsigned first, unsigned count, std::uint64_t& phase) {
        std::uint64_t items = 0;
        for (unsigned tried = 0, one = first; tried < count; ++tried, one = one + 1 == shares_ ? 0 : one + 1) {
            for (block taken; take(share_of_[one], phase, taken);) {
                if (host.must_stop()) return false; // H3
                host.run(phase, taken.lo, taken.hi);
                items += taken.hi - taken.lo;
            }
        }
        // sync(PH1) acq_rel: bodies, to who opens the next
        if (items == 0 || done_.fetch_add(items, acq_rel) + items != size_) return false;
        open(++phase);
        if (phase != n_phases_) invite(host);
        return true;
    }
    /// Requires: nobody runs a body, and nothing is left to take.
    void open(std::uint64_t phase) noexcept {
        done_.store(0, relaxed); // all three published by the last
        for (unsigned one = 0; one < shares_; ++one)
            share_of_[one].left.store(word_of(phase, share_of_[one].units), relaxed);
        phase_.store(phase, release); // sync(PH1) release: bodies of the phase before
    }
    /// Looks whether the next phase is open until look_again(turn) says no. False: it is not.
    template <class LookAgain>
    bool await_after(std::uint64_t& phase, const LookAgain& look_again) const noexcept {
        for (unsigned turn = 1;; ++turn) {
            const std::uint64_t now = phase_.load(acquire); // sync(PH1) acquire: as in take_part()
            if (now != phase) {
                phase = now;
                return true;
            }
            if (!look_again(turn)) return false;
            cpu_relax();
        }
    }

    const std::uint64_t n_phases_;
    const std::uint64_t size_;
    const unsigned shares_;
    std::uint64_t unit_; // items: a share has 2^15 units at most
    share* const share_of_;
    atomic<unsigned> members_{0}; // invited, and not gone
    alignas(cache_line) atomic<std::uint64_t> phase_{0};
    alignas(cache_line) atomic<std::uint64_t> done_{0}; // items of this phase
};

} // namespace detail
PEL_NAMESPACE_END
