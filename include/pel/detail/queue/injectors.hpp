// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The injectors of a pool: one per NUMA node that it has seats on, so that what is submitted on a node lies there and is
// taken there first. A pool that knows of one node uses the first only, and looks at one word.
// With several, each has an order of all, near before far by the one model of distances (sched/seat_plan.hpp).
//   any thread: everything.
// I1  an entry's home is written before it is linked, never while others may look at it, and so by one push: whoever
//     reads none comes before that push, and whoever reads a home knows whose lock guards the entry.
// I2  a list has its home from its first job on, for good; so all its jobs, and its turns with others, are under one lock.
//   H1: open(), then the choice of a list's home -> who appends there next: so many injectors were open (S2).
// README.md says why a pool's sleepers miss nothing in any of them.
#pragma once

#include <pel/detail/queue/injector.hpp>

#include <bit>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class injectors {
public:
    static constexpr unsigned most = 16;

    /// All numbers, near before far, the own one first: 4 bits each, from the lowest on.
    using order = std::uint64_t;
    static constexpr order machine_order(unsigned at) noexcept {
        return std::rotr(order{0xFEDC'BA98'7654'3210}, static_cast<int>(4 * at));
    }

    constexpr injectors() noexcept {
        for (unsigned at = 0; at < most; ++at) orders_[at].store(machine_order(at), relaxed);
    }

    /// Whom try_pop() asks after that one; machine_order() before. Requires: it holds all of them, whatever is open.
    void set_order(unsigned at, order near_before_far) noexcept { orders_[at].store(near_before_far, relaxed); }

    /// From now on there are `count`; said again, nothing changes. Whoever names one beyond the first has learned of it
    /// since.
    void open(unsigned count) noexcept {
        // sync(S2) seq_cst: before every push to one of the others, so whoever must see that sees this
        all_[0].size_.fetch_or(std::uint64_t{count - 1} << injector::others_shift, seq_cst);
    }

    bool is_empty() const noexcept {
        const std::uint64_t first = all_[0].size_.load(seq_cst); // sync(S2) seq_cst: after the parking thread's RMW
        if (injector::has_jobs(first)) return false;
        for (unsigned at = others(first); at != 0; --at) {
            if (!all_[at].is_empty()) return false;
        }
        return true;
    }

    void push(injector_entry& entry, unsigned at) noexcept {
        set_home(entry, at);
        all_[at].push(entry);
    }
    /// As push(), and calls publish() before anybody can claim the entry.
    template <class Publish>
    auto push_and(injector_entry& entry, unsigned at, Publish&& publish) noexcept {
        set_home(entry, at);
        return all_[at].push_and(entry, publish);
    }
    /// Claims this entry. False: somebody else did, or it is yet to be pushed.
    bool try_remove(injector_entry& entry) noexcept {
        const unsigned home = entry.home.load(relaxed); // stale: as if asked before the push; the lock carries the rest
        return home != 0 && all_[home - 1].try_remove(entry);
    }

    /// Claims the oldest work of the nearest one that has any.
    job_slot try_pop(unsigned near) noexcept {
        const std::uint64_t first = all_[0].size_.load(relaxed); // stale: the pusher looks at the seats after us
        return first == 0 ? job_slot{} : pop_any(near, others(first));
    }
    /// Claims the oldest work of one of them.
    job_slot try_pop_at(unsigned at) noexcept { return all_[at].try_pop(); }

    /// As push(), to a group's list if that is_open(); its home becomes that if it has none. Calls find_waiter() before
    /// anybody can claim the job.
    template <class IsOpen, class FindWaiter>
    bool try_append(group_list& list, unsigned at, listed_job& item, job_function function, IsOpen&& is_open,
                    FindWaiter&& find_waiter) noexcept {
        return all_[home_of(list, at)].try_append(list, item, function, is_open, find_waiter);
    }
    /// Claims the oldest job of one group.
    job_slot try_pop(group_list& list) noexcept {
        if (list.is_empty()) return {};
        return all_[list.home_.load(relaxed) - 1].try_pop(list); // a list with a job in it has a home (G2)
    }
    /// The same for who has closed the list: misses none that has found it open.
    job_slot pop_closed(group_list& list, unsigned at) noexcept { return all_[home_of(list, at)].pop_closed(list); }

private:
    static unsigned others(std::uint64_t first) noexcept {
        return static_cast<unsigned>(first >> injector::others_shift);
    }
    static void set_home(injector_entry& entry, unsigned at) noexcept {
        entry.home.store(static_cast<std::uint8_t>(at + 1), relaxed); // I1
    }

    job_slot pop_any(unsigned near, unsigned others) noexcept {
        order next = orders_[near].load(relaxed); // stale: another order of the same
        for (unsigned left = others + 1; left != 0; next >>= 4) {
            const unsigned at = next & 15;
            if (at > others) continue;
            if (const job_slot slot = all_[at].try_pop()) return slot;
            --left;
        }
        return {};
    }

    static unsigned home_of(group_list& list, unsigned at) noexcept {
        std::uint8_t home = list.home_.load(acquire); // sync(H1) acquire: it is open
        if (home == 0) {
            const auto mine = static_cast<std::uint8_t>(at + 1);
            // sync(H1) acq_rel: open() came before; a failure reads the choice of another
            if (list.home_.compare_exchange(home, mine, acq_rel)) home = mine;
        }
        return home - 1U;
    }

    injector all_[most];
    atomic<order> orders_[most]; // read where there are jobs only
};

} // namespace detail
PEL_NAMESPACE_END
