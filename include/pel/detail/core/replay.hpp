// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops with par.replay(). There are as many shares as seats, each of the same items in every call; and as many tickets
// as shares, which are the items of an ordinary loop. Whoever comes by a ticket takes the share that it had the last
// time, the first time that of its own seat, else one whose owner has not come; and goes to that share's node for it, if
// it belongs to another. As long as there are tickets, a share has one thread, so that who comes finds a ticket and no
// piece of somebody's share; after that a share is an ordinary loop, and who is done helps, near before far. But not in
// the first call, which is likely to be the one that places the data.
// R1  A ticket takes exactly one share, so somebody who holds one finds a share that nobody has taken.
// R2  Only which thread runs a share depends on what is remembered here: all of it may be stale, or shared by calls.
#pragma once

#include <pel/detail/core/on_node.hpp>
#include <pel/detail/core/seat_shares.hpp>
#include <pel/detail/memory/manual_lifetime.hpp>
#include <pel/detail/platform/ticks.hpp>
#include <pel/detail/sched/few_items.hpp>
#include <pel/detail/sched/loop.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whose shares were whose, for one pool and number of shares.
class replay_memory {
public:
    /// Throws: std::bad_alloc.
    replay_memory(std::uint64_t pool, unsigned shares, replay_memory* other)
        : pool_(pool), shares_(shares), other_(other), owners_(new owner[shares]) {}
    replay_memory(const replay_memory&) = delete;
    replay_memory& operator=(const replay_memory&) = delete;
    ~replay_memory() { delete[] owners_; }

    bool is_for(std::uint64_t pool, unsigned shares) const noexcept { return pool_ == pool && shares_ == shares; }
    replay_memory* other() const noexcept { return other_; }

    /// The thread that a share belongs to, 0: none yet.
    std::uint32_t owner_of(unsigned share) const noexcept { return owners_[share].thread.load(relaxed); } // R2
    bool is_known() const noexcept { return is_known_.load(relaxed); }                                    // R2
    void complete() noexcept { is_known_.store(true, relaxed); }
    /// Somebody has taken it. An owner that has not come four times in a row is none any more.
    void note(unsigned share, std::uint32_t thread) noexcept {
        owner& its = owners_[share];
        const bool is_own = its.thread.load(relaxed) == thread; // R2
        const unsigned missed = is_own ? 0 : its.missed.load(relaxed) + 1;
        its.missed.store(missed % most_missed, relaxed);
        if (owner_of(share) == 0 || missed == most_missed) its.thread.store(thread, relaxed);
    }

private:
    static constexpr unsigned most_missed = 4;
    struct owner {
        atomic<std::uint32_t> thread{0}, missed{0};
    };
    const std::uint64_t pool_;
    const unsigned shares_;
    replay_memory* const other_;
    owner* const owners_;
    atomic<bool> is_known_{false};
};

/// The way into an affinity object. K4: release by who adds a memory -> acquire: it is complete.
struct replay_access {
    /// Throws: std::bad_alloc.
    static replay_memory& memory_of(affinity& where, std::uint64_t pool, unsigned shares) {
        replay_memory* first = where.memory_.load(acquire); // sync(K4) acquire: it
        for (;;) {
            for (replay_memory* each = first; each != nullptr; each = each->other()) {
                if (each->is_for(pool, shares)) return *each;
            }
            auto* const fresh = new replay_memory(pool, shares, first);
            if (where.memory_.compare_exchange(first, fresh, acq_rel)) return *fresh; // sync(K4) acq_rel: it
            delete fresh;
        }
    }
};

/// A stretch of a strand's items, counted from 0: of a strand elsewhere, or, of what was split off, of its own.
template <class Strand>
class shifted_strand {
public:
    shifted_strand(Strand& elsewhere, std::uint64_t first) : elsewhere_(&elsewhere), first_(first) {}
    shifted_strand(shifted_strand&& other) noexcept(std::is_nothrow_move_constructible_v<Strand>)
        : elsewhere_(other.elsewhere_), first_(other.first_) {
        if (elsewhere_ == nullptr) own_.emplace(std::move(other.own_.get()));
    }
    shifted_strand& operator=(shifted_strand&&) = delete;
    ~shifted_strand() {
        if (elsewhere_ == nullptr) own_.end();
    }

    void run(std::uint64_t lo, std::uint64_t hi) { its().run(first_ + lo, first_ + hi); }
    template <class GoesOn>
    std::uint64_t run_while(std::uint64_t lo, std::uint64_t hi, const GoesOn& goes_on) {
        return detail::run_while(its(), first_ + lo, first_ + hi, goes_on) - first_;
    }
    static constexpr bool keeps_nothing = detail::keeps_nothing<Strand>;
    shifted_strand split() { return shifted_strand(its().split(), first_); }
    void join(shifted_strand&& other) { its().join(std::move(other.its())); }
    void move_on(std::uint64_t items) noexcept { first_ += items; }

private:
    shifted_strand(Strand&& split, std::uint64_t first) : first_(first) { own_.emplace(std::move(split)); }
    Strand& its() noexcept { return elsewhere_ != nullptr ? *elsewhere_ : own_.get(); }

    Strand* const elsewhere_ = nullptr;
    manual_lifetime<Strand> own_;
    std::uint64_t first_;
};

/// The shares of one call.
template <class Strand>
class replayed_shares {
public:
    /// Throws: std::bad_alloc.
    replayed_shares(scheduler& pool, affinity& where, const seat_shares& cuts, Strand& all)
        : memory_(replay_access::memory_of(where, pool.uid(), cuts.count())), cuts_(cuts), all_(all),
          parts_(new part[cuts.count()]) {}
    replayed_shares(const replayed_shares&) = delete;
    replayed_shares& operator=(const replayed_shares&) = delete;
    ~replayed_shares() {
        for (unsigned share = 0; share < cuts_.count(); ++share) {
            if (parts_[share].is_split) parts_[share].strand.end();
        }
        delete[] parts_;
    }

    /// What the holder of a ticket does. Throws: what the items throw.
    template <class Policy>
    void run_one(const Policy& policy) {
        worker& own = *current_worker;
        const unsigned share = claim(own);
        const std::uint64_t begin = cuts_.begin(share), size = cuts_.begin(share + 1) - begin;
        if (size == 0) return;
        part& its = parts_[share];
        if (begin != 0) its.strand.emplace(all_.split()); // the first items are the given strand's
        its.is_split = begin != 0;                        // published by the join of the tickets (D3)
        shifted_strand<Strand> mine(begin != 0 ? its.strand.get() : all_, begin);
        const seat_shares::visit there(cuts_, own, share);
        const std::uint64_t done = run_alone(own, policy, mine, size);
        mine.move_on(done);
        if (done != size) parallel_ranges(policy, size - done, mine);
    }
    /// After all tickets: in order.
    void join() {
        if constexpr (!keeps_nothing<Strand>) {
            for (unsigned share = 0; share < cuts_.count(); ++share) {
                if (parts_[share].is_split) all_.join(std::move(parts_[share].strand.get()));
            }
        }
        memory_.complete();
    }

private:
    struct part {
        atomic<bool> is_taken{false};
        bool is_split = false;
        manual_lifetime<Strand> strand;
    };

    bool try_take(unsigned share) noexcept {
        atomic<bool>& is_taken = parts_[share].is_taken;
        if (is_taken.load(relaxed) || is_taken.exchange(true, relaxed)) return false; // the items came with the ticket
        untaken_.fetch_sub(1, relaxed);                                               // stale: one block more alone
        return true;
    }
    template <class IsWanted>
    bool try_take_any(unsigned home, unsigned& share, const IsWanted& is_wanted) noexcept {
        for (unsigned tried = 0; tried < cuts_.count(); ++tried) {
            share = (home + tried) % cuts_.count();
            if (is_wanted(memory_.owner_of(share)) && try_take(share)) return true;
        }
        return false;
    }
    unsigned claim(const worker& own) noexcept {
        const unsigned home = cuts_.home_of(own);
        unsigned share = 0;
        const auto is_own = [&](std::uint32_t owner) { return owner == own.id; };
        const auto is_free = [](std::uint32_t owner) { return owner == 0; };
        if (!try_take_any(home, share, is_own) && !try_take_any(home, share, is_free)) {
            while (!try_take_any(home, share, [](std::uint32_t) { return true; })) cpu_relax(); // R1
        }
        memory_.note(share, own.id);
        return share;
    }

    /// Runs items as long as there are tickets for others, or all in the first call. Returns: how many.
    template <class Policy>
    std::uint64_t run_alone(worker& own, const Policy& policy, shifted_strand<Strand>& mine, std::uint64_t size) {
        cancellation_check check(own);
        const std::int64_t short_block = ticks_of_ns(short_block_ns);
        std::uint64_t done = 0;
        for (std::uint64_t block = 1; done != size && (untaken_.load(relaxed) != 0 || !is_known_);) {
            check.throw_if_cancelled();
            if (policy_access::token(policy).stop_requested()) throw_error<operation_cancelled>();
            const std::uint64_t begin = done;
            const std::int64_t start = ticks();
            done += block < size - done ? block : size - done;
            mine.run(begin, done);
            const std::int64_t took = ticks() - start;
            if (took < short_block) block *= 2;
            if (took > 5 * short_block) block = (block + 1) / 2;
            if (own.is_member() && own.deque.is_asked()) own.pool->serve_request(own); // for tickets
        }
        return done;
    }

    replay_memory& memory_;
    const seat_shares& cuts_;
    Strand& all_;
    part* const parts_;
    const bool is_known_ = memory_.is_known();
    atomic<unsigned> untaken_{cuts_.count()};
};

/// A loop that is divided as it was the last time. A thread without a seat has a part if it can be bound for so long to
/// where a share belongs that is nobody's; else threads of the pool do it, while there are any. Throws and blocks: as
/// parallel_ranges().
template <class Token, class Strand>
PEL_NOINLINE void replay(const basic_parallel_policy<Token>& policy, affinity& where, std::uint64_t size,
                         Strand& strand, bool is_called_there = false) {
    thread_pool& pool = pool_of(policy);
    const unsigned most = policy_access::most_threads(policy); // threads that help would be more
    std::uint64_t count = most != 0 && most < pool.concurrency() ? most : pool.concurrency();
    if (count > size) count = size;
    scheduler& core = pool_access::core(pool);
    const seat_shares cuts(core, size, static_cast<unsigned>(count));
    const worker& own = *current_worker;
    std::optional<seat_shares::visit> stay;
    if (!is_called_there && (own.pool != &core || own.is_foreign)) {
        stay.emplace(cuts, own, cuts.home_of_guest());
        if (!stay->is_there()) return call_there(pool, [&] { replay(policy, where, size, strand, true); });
    }
    replayed_shares<Strand> shares(core, where, cuts, strand);
    const auto run_one = [&](std::uint64_t) {
        most == 0 ? shares.run_one(policy) : shares.run_one(policy.max_concurrency(1));
    };
    parallel_for(par.on(pool).grain(1), std::uint64_t{0}, count, run_one);
    shares.join();
}

} // namespace detail

inline affinity::~affinity() {
    for (auto* each = memory_.load(detail::acquire); each != nullptr;) { // sync(K4) acquire: it
        auto* const done = each;
        each = each->other();
        delete done;
    }
}

PEL_NAMESPACE_END
