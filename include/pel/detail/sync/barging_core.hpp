// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How threads and coroutines wait for a lock that one writer holds, or any number of readers: what the mutexes have in
// common, shared or not. It is free to take for whoever comes (barging), so that a lock that is passed around quickly
// stays with running threads; a waiter that was woken in vain often enough, and any coroutine, has it handed over.
//   any thread: all; unlock(), give_back(): a holder.
//   MX1: the release of who gives it back, or hands it over -> the acquire of who locks next: the sections before.
// I1  `waiting` changes under the queue's lock, and is set exactly while somebody is linked.
// I2  While nobody is `woken`, who is linked first and has not given up cannot enter: the lock is held, and if by
//     readers, it is a writer. One links itself in the same step that finds that, and the last holder finds it.
// I3  `woken` is one thread's: set by the last holder, who resumes it, cleared by that thread when it has the lock, links
//     itself again or gives up, in the RMW that finds the lock taken or held. Until then nobody else is woken.
// I4  While somebody waits and nobody is `woken`, readers do not join those who hold it; so a writer is kept out at most
//     Tuning::patience times, each for as long as a wake-up takes.
// I5  `wanted` is a hint: a writer is awake and waits for readers to leave, so others do not join. Whoever sets it takes it
//     back, by the RMW that gets the lock or when it stops spinning; it may be lost, and is set again.
#pragma once

#include <pel/detail/sync/backoff.hpp>
#include <pel/detail/sync/wait_queue.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// How long a thread spins, in pauses: some 3 to 13 µs, about what a sleep costs. And how often it is woken in vain
/// before the lock is handed to it.
struct lock_tuning {
    static constexpr unsigned spins = 200, longest_pause = 16;
    static constexpr unsigned patience = 8;
};

template <class Tuning, bool HasReaders>
class barging_core {
public:
    static constexpr bool is_lock = true;
    /// Tickets: how the lock is wanted, and whether it is to be handed over, since nobody could try again.
    static constexpr std::uint32_t exclusive = 0, shared = 1, takes_over = 2;

    constexpr barging_core() noexcept = default;
    barging_core(const barging_core&) = delete;
    barging_core& operator=(const barging_core&) = delete;

    bool try_lock() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        while (is_free(seen)) {
            // sync(MX1) acquire: holders before
            if (word_.compare_exchange(seen, (seen & ~wanted) | writer, acquire)) return true;
        }
        return false;
    }
    bool try_lock_shared() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        while (is_free_to_join(seen)) {
            if (word_.compare_exchange(seen, seen + reader, acquire)) return true; // sync(MX1) acquire: writers before
        }
        return false;
    }
    /// Last access: the CAS, unless somebody who waits is resumed after it.
    void unlock() noexcept {
        std::uint32_t seen = writer;
        if (!word_.compare_exchange(seen, 0, release)) [[unlikely]] // sync(MX1) release: to the next holders
            give_back(writer);
    }
    /// Spins for a while, within the limit. Returns: whether it got the lock.
    template <class Limit = no_limit>
    bool spin(std::uint32_t ticket, const Limit& limit = {}) noexcept {
        backoff pauses(Tuning::spins, Tuning::longest_pause);
        do {
            if (try_take(ticket)) return true;
            keep_readers_out(ticket);
        } while (pauses.pause([&limit] { return limit.left() != 0; }));
        if (keeps_readers_out(ticket)) word_.fetch_and(~wanted, relaxed); // a hint (I5)
        return false;
    }

    bool try_take(const waiter& self) noexcept { return try_take(self.ticket); }
    entry enter(waiter& self) noexcept {
        if (self.passed_over != 0) await_change(self.ticket);
        wake_list beside;
        const entry came_to = enter_or_link(self, beside);
        beside.resume_all();
        return came_to;
    }
    /// Readers who were behind a writer that gives up may enter beside those who are in.
    bool leave(waiter& self) noexcept {
        wake_list beside;
        {
            const lock_guard guard(lock_);
            if (!wait_list::is_linked(self)) return false;
            queue_.remove(self);
            tidy_queue(beside);
        }
        beside.resume_all();
        return true;
    }

protected:
    static constexpr std::uint32_t waiting = 1, woken = 2, wanted = 4, writer = 8, reader = 16;

    /// What a holder had added is `step`. Last access: the CAS, unless somebody who waits is resumed after it.
    PEL_COLD void give_back(std::uint32_t step) noexcept {
        wake_list resumed;
        give_back(step, resumed);
        resumed.resume_all(); // none: those who give up are still here
    }
    /// The same, but whom it finds in the queue the caller is to resume.
    void give_back(std::uint32_t step, wake_list& resumed) noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if (is_to_wake(seen, step)) {
                if (wake(step, resumed)) return;
                seen = word_.load(relaxed);                                  // as above
            } else if (word_.compare_exchange(seen, seen - step, release)) { // sync(MX1) release: to the next holders
                return;
            }
        }
    }

    atomic<std::uint32_t> word_{0};

private:
    /// Whether who gives back is the last holder, somebody waits, and nobody is on the way (I3).
    static bool is_to_wake(std::uint32_t word, std::uint32_t step) noexcept {
        return (word & ~wanted) == (step | waiting);
    }
    static bool is_free(std::uint32_t word) noexcept { return word < writer; }
    static bool is_free_to_join(std::uint32_t word) noexcept {
        return (word & (writer | wanted)) == 0 && (word & (waiting | woken)) != waiting; // I4, I5
    }
    static bool keeps_readers_out(std::uint32_t ticket) noexcept { return HasReaders && (ticket & shared) == 0; }
    void keep_readers_out(std::uint32_t ticket) noexcept {
        if (!keeps_readers_out(ticket)) return;
        const std::uint32_t seen = word_.load(relaxed);                              // a hint (I5)
        if (seen >= reader && (seen & wanted) == 0) word_.fetch_or(wanted, relaxed); // as above
    }

    bool try_take(std::uint32_t ticket) noexcept { return (ticket & shared) != 0 ? try_lock_shared() : try_lock(); }
    /// For who was woken: it is awake, so it waits for a holder's next step rather than sleeps again.
    void await_change(std::uint32_t ticket) noexcept {
        backoff pauses(Tuning::spins, Tuning::longest_pause);
        const std::uint32_t in_the_way = (ticket & shared) != 0 ? writer : ~(writer - 1);
        while ((word_.load(relaxed) & in_the_way) != 0 && pauses.pause()) // a hint: it looks again under the lock
            keep_readers_out(ticket);
    }

    entry enter_or_link(waiter& self, wake_list& beside) noexcept {
        const bool was_woken = self.passed_over != 0;
        const std::uint32_t kept = was_woken ? ~(woken | wanted) : ~std::uint32_t{0};
        const bool reads = (self.ticket & shared) != 0;
        const lock_guard guard(lock_);
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if (is_free(seen) || (reads && can_join(seen))) {
                // sync(MX1) acquire: holders before
                if (!word_.compare_exchange(seen, (seen + (reads ? reader : writer)) & kept, acquire)) continue;
                if (was_woken) tidy_queue(beside);
                return entry::passed;
            }
            if (self.has_given_up()) {
                if (was_woken && !word_.compare_exchange(seen, seen & kept, relaxed)) continue; // I3; carries nothing
                if (was_woken) tidy_queue(beside);
                return entry::refused;
            }
            if (word_.compare_exchange(seen, (seen | waiting) & kept, relaxed)) break; // the queue's lock carries
        }
        if (was_woken) {
            if (self.passed_over >= Tuning::patience) self.ticket |= takes_over;
            queue_.push_front(self);
        } else {
            queue_.push_back(self);
        }
        return entry::queued;
    }
    /// Under the queue's lock.
    bool can_join(std::uint32_t word) const noexcept {
        return (word & writer) == 0 && ((word & woken) != 0 || queue_.first() == nullptr);
    }
    /// When who was woken has come back, or a waiter has given up: readers at the head of the queue go in beside those who
    /// hold it, and the flag goes down with the last waiter. Under the queue's lock, which the last holder needs while the
    /// flag is up: so readers stay readers.
    void tidy_queue(wake_list& beside) noexcept {
        const std::uint32_t seen = word_.load(relaxed); // of the holders only readers may come or go
        if ((seen & waiting) == 0) return;
        if ((seen & (writer | woken)) == 0)
            // sync(MX1) acquire: writers before, for whom it lets in (WT1)
            word_.fetch_add(take_readers(beside) * reader, acquire);
        if (queue_.is_empty()) word_.fetch_and(~waiting, relaxed); // carries nothing
    }
    /// Returns: how many.
    std::uint32_t take_readers(wake_list& taken) noexcept {
        std::uint32_t count = 0;
        waiter* next = nullptr;
        while ((next = queue_.first()) != nullptr && (next->ticket & shared) != 0) {
            if (!next->try_decide(decision::granted)) continue; // it gave up just now
            queue_.remove(*next);
            taken.add(*next);
            ++count;
        }
        return count;
    }
    /// By the last holder. Returns: false if nobody is linked any more, or readers have come to hold it, too.
    bool wake(std::uint32_t step, wake_list& resumed) noexcept {
        const lock_guard guard(lock_);
        if (!is_to_wake(word_.load(acquire), step)) return false; // sync(MX1) acquire: readers who have left
        std::uint32_t after = 0;
        waiter* next = nullptr;
        while (after == 0 && (next = queue_.first()) != nullptr) {
            const bool hands_over = (next->ticket & takes_over) != 0;
            if (hands_over && (next->ticket & shared) != 0) {
                after = take_readers(resumed) * reader;
            } else if (next->try_decide(hands_over ? decision::granted : decision::retry)) {
                queue_.remove(*next);
                resumed.add(*next);
                after = hands_over ? writer : woken;
            }
        }
        if (!queue_.is_empty()) after |= waiting;
        // Nobody else can change it, but for the hint: it is held, and readers do not join (I4).
        word_.store(after, release); // sync(MX1) release: to the next holders
        return true;
    }

    lock lock_;
    wait_list queue_;
};

} // namespace detail
PEL_NAMESPACE_END
