// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who waits in a queue of a synchronization primitive: a blocked thread or a suspended coroutine. The primitive decides
// (try_decide) and later resumes; a time-out or a stop token may decide before it (give_up). One word settles the race.
//   try_decide(), resume(): under the queue's lock, and after it.  give_up(): any thread.  The rest: who waits.
//   WT1: post()'s release exchange -> sleep()'s acquire: what the waker did before is visible to the woken thread.
// I1  The word leaves 0 once; whoever moved it unlinks the waiter. Only the primitive resumes what it has decided, and
//     only a stop token resumes what it has: a waiter lives until then.
// I2  A waiter that has given up and is linked still unlinks itself, or is unlinked: it counts as a user until then.
#pragma once

#include <pel/detail/platform/futex.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What became of a wait: bits of its word.
enum class decision : std::uint32_t { none = 0, granted = 1, retry = 2, gave_up = 4 };

class waiter {
public:
    using resume_function = void (*)(waiter&) noexcept;

    explicit waiter(resume_function how, std::uint32_t what = 0) noexcept : ticket(what), resume_(how) {}
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

    /// (Relaxed: it only decides. What a decision means is published by the queue's lock, and by resume().)
    bool try_decide(decision made) noexcept {
        std::uint32_t seen = 0;
        return word_.compare_exchange(seen, static_cast<std::uint32_t>(made), relaxed); // alone: see above
    }
    /// Stays known when something was decided already. Returns: whether this call has decided.
    bool give_up() noexcept { return word_.fetch_or(gave_up_bit, relaxed) == 0; } // as try_decide()
    bool is_undecided() const noexcept { return word_.load(relaxed) == 0; }       // stale: try_decide() is asked next
    bool has_given_up() const noexcept {
        return (word_.load(relaxed) & gave_up_bit) != 0; // stale: who gave up finds it linked, and unlinks it
    }
    /// The waiter itself, once it was resumed.
    decision made() const noexcept {
        const std::uint32_t word = word_.load(relaxed); // decided before it was resumed
        const std::uint32_t by_primitive = word & ~gave_up_bit;
        return static_cast<decision>(by_primitive != 0 ? by_primitive : word);
    }
    /// The waiter itself, to wait again. That it has given up meanwhile stays.
    void rearm() noexcept { word_.fetch_and(gave_up_bit, relaxed); } // alone: not linked
    void resume() noexcept { resume_(*this); }
    bool is_resumed_by(resume_function how) const noexcept { return resume_ == how; }

    std::uint32_t ticket;          // what is waited for: the primitive's own meaning
    std::uint32_t passed_over = 0; // how often it was woken to try again
    bool runs_elsewhere = false;   // resume() only passes it on; else it runs what waits, for as long as that takes

private:
    friend class wait_list;
    friend class wake_list;
    static constexpr std::uint32_t gave_up_bit = static_cast<std::uint32_t>(decision::gave_up);

    atomic<std::uint32_t> word_{0}; // here it fills a gap: a coroutine that waits keeps all of this in its frame
    waiter* next_ = nullptr;        // null: not linked
    waiter* previous_ = nullptr;
    const resume_function resume_;
};
static_assert(sizeof(waiter) <= 40);

/// A thread, on whose stack it is.
class thread_waiter : public waiter {
public:
    explicit thread_waiter(std::uint32_t what = 0) noexcept : waiter(&post, what) { runs_elsewhere = true; }

    /// Blocks until resumed, or until the limit is over. Returns: whether it was resumed; then it may sleep again.
    template <class Limit>
    bool sleep(const Limit& limit) noexcept {
        for (;;) {
            std::uint32_t seen = awake;
            if (!signal_.compare_exchange(seen, asleep, acquire) && seen == posted) break; // sync(WT1) acquire: resumed
            const std::int64_t nanoseconds = limit.left();
            if (nanoseconds == 0) return false;
            futex_wait(signal_, asleep, nanoseconds);
        }
        signal_.store(awake, relaxed); // alone: it is not linked, and whoever resumed it is done with it
        return true;
    }

private:
    static constexpr std::uint32_t awake = 0, asleep = 1, posted = 2;

    /// The exchange is the last access: the thread may be gone by the time of the wake-up, which is spurious then.
    static void post(waiter& woken) noexcept {
        auto& signal = static_cast<thread_waiter&>(woken).signal_;
        if (signal.exchange(posted, release) == asleep) futex_wake_one(signal); // sync(WT1) release: to the woken
    }

    atomic<std::uint32_t> signal_{awake};
};

} // namespace detail
PEL_NAMESPACE_END
