// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The split deque: a fixed array of jobs indexed by stack position, of which [split, bottom) belongs to the owner alone
// and [top, split) to everybody. Forking and joining in the private part costs no atomic RMW and no fence instruction.
// README.md beside this file has the protocol, the edges D1, D2, D4 and the argument; D3 is in detail/queue/job.hpp.
//   owner:  try_push, push, try_take_private, take_public, expose, close_stolen, serve_requests
//   thief:  try_steal, try_deep_steal, request, has_public, has_private
// I1  top <= split, and a slot in [top, split) holds a job that nobody has claimed; outside a pop split <= bottom.
// I2  top moves up by a CAS of a thief only; split and the way down belong to the owner, but for the mark of a deep steal.
// I3  the owner lowers bottom below split only with the CAS of take_public(), or after it knows the slot stolen.
#pragma once

#include <pel/detail/platform/asymmetric_fence.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/detail/sync/polite_spin.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class worker;
struct job;

/// What is to happen to a job that was claimed: it is run, or goes where everybody can claim it.
/// `run`: by a thief or server. `run_inline`: by the worker that pushed it, from its own deque.
enum class job_action { run, run_inline, give_back };

struct job_slot;

/// Does the action with a claimed job, on `runner`'s thread. Throws nothing. The frame may be gone afterwards.
using job_function = void (*)(const job_slot& claimed, worker& runner, job_action);

/// A job claimed: what to call, on what, and from where it was taken. A null function means empty-handed.
struct job_slot {
    job_function function = nullptr;
    job* frame = nullptr;
    worker* forker = nullptr;   // whose deque it was in; null: nobody waits there for it
    std::uint32_t position = 0; // in that deque
    explicit operator bool() const noexcept { return function != nullptr; }
};

/// A slot as the deque stores it: a thief may look at it while the owner writes the next job there.
struct atomic_slot {
    atomic<job_function> function;
    atomic<job*> frame;
};

class split_deque {
public:
    /// `slots` is an array of `capacity` slots, or null and 0 for the deque of threads that are no workers.
    constexpr split_deque(atomic_slot* slots, std::uint32_t capacity) noexcept : slots_(slots), capacity_(capacity) {}

    // ---- owner ---------------------------------------------------------------------------------------------------

    std::uint32_t bottom() const noexcept { return bottom_.load(relaxed); } // only the owner writes it
    std::uint32_t capacity() const noexcept { return capacity_; }
    bool is_asked() const noexcept { return poll_.load(relaxed) == 0; } // stale: asked one block or fork later

    /// The fork: one test, two stores, one release store. False when somebody asked for work or the deque is full.
    PEL_ALWAYS_INLINE bool try_push(std::uint32_t position, job_function function, job* frame) noexcept {
        if (position >= poll_.load(relaxed)) [[unlikely]]
            return false; // stale: asked one fork later
        push(position, function, frame);
        return true;
    }

    /// Requires: position == bottom() < capacity().
    PEL_ALWAYS_INLINE void push(std::uint32_t position, job_function function, job* frame) noexcept {
        atomic_slot& slot = slots_[position];
        slot.function.store(function, relaxed); // published by D1 or D2
        slot.frame.store(frame, relaxed);
        bottom_.store(position + 1, release); // sync(D1) release: the slot, to a deep thief's load of bottom
    }

    /// The join: claims the top-most job at `position` if it is private. False: ask take_public().
    PEL_ALWAYS_INLINE bool try_take_private(std::uint32_t position) noexcept {
        bottom_.store(position, release); // sync(D1) release: the slots below, which a deep thief may go for
        asymmetric_fence_light();
        return position >= split_of(public_.load(relaxed)); // the mark is seen, or the deep thief sees bottom
    }

    /// `unexposed`: a deep thief has marked it, in vain, and may have taken its mark back since.
    enum class taken { stolen, exposed, unexposed };

    /// After try_take_private() said no: claims the job back with everything above top. Returns: what it was; if stolen,
    /// bottom() is position + 1 again until close_stolen().
    taken take_public(std::uint32_t position) noexcept {
        std::uint64_t word = public_.load(acquire); // sync(D2) acquire: a thief's claim, before its slot is reused
        while (top_of(word) <= position) {
            const taken result = is_marked(word) || position >= split_of(word) ? taken::unexposed : taken::exposed;
            if (public_.compare_exchange(word, pack(top_of(word), false, position), acq_rel)) // sync(D2) acq_rel: ours
                return result;
        }
        bottom_.store(position + 1, release); // sync(D1) release: as in try_take_private()
        return taken::stolen;
    }

    /// Requires: the slot at `position` is stolen, all above it is gone, and its thief has read it (D3, or
    /// await_slot_read()). Effects: the position is free again.
    void close_stolen(std::uint32_t position) noexcept {
        bottom_.store(position, release); // sync(D1) release: as in try_take_private()
        // relaxed: nothing becomes stealable; a deep thief that pairs this word with an older bottom re-checks
        // bottom behind its heavy fence.
        public_.store(pack(position, false, position), relaxed);
    }

    /// Blocks until the thief of a stolen slot has read it: a few instructions after its CAS. Needed only where nobody
    /// waits for the job itself before the slot is reused.
    void await_slot_read(std::uint32_t position) const noexcept {
        // sync(D4) acquire: the slot may be written again
        spin_politely([&] { return slots_[position].function.load(acquire) == nullptr ? this : nullptr; });
    }

    /// Makes up to `count` of the oldest private jobs public; also settles the mark of a deep steal under way.
    /// Returns: how many jobs became visible. seq_cst: see look() in detail/sched/README.md.
    std::uint32_t expose(std::uint32_t count) noexcept {
        std::uint64_t word = public_.load(relaxed); // the CAS below decides
        const std::uint32_t end = bottom_.load(relaxed);
        for (;;) {
            const std::uint32_t split = split_of(word);
            const std::uint32_t jobs = end > split ? (end - split < count ? end - split : count) : 0;
            if (jobs == 0 && !is_marked(word)) return 0;
            const std::uint32_t next = end < split ? end : split + jobs; // end < split: the marked job is popped
            // sync(D2) release: the slots. sync(S2) seq_cst: visible before the owner reads the seats
            if (public_.compare_exchange(word, pack(top_of(word), false, next), seq_cst))
                return jobs + (is_marked(word) && end >= split ? 1 : 0);
        }
    }

    /// Owner: the job below bottom(), null if there is none.
    const job* newest() const noexcept {
        const std::uint32_t end = bottom_.load(relaxed);
        return end == 0 ? nullptr : pushed_at(end - 1);
    }
    /// Owner: what it has pushed at a position below bottom(); null if a thief has it.
    job_function function_at(std::uint32_t position) const noexcept {
        return slots_[position].function.load(relaxed); // who takes the job finds out
    }
    /// Owner: the job that it has pushed at a position below bottom(), or just taken from there. A thief leaves it there.
    job* pushed_at(std::uint32_t position) const noexcept { return slots_[position].frame.load(relaxed); }
    /// Owner: the job at a position that it has just taken.
    job_slot read_taken(std::uint32_t position) const noexcept {
        return {slots_[position].function.load(relaxed), pushed_at(position), nullptr, position}; // written by itself
    }

    std::uint32_t private_jobs() const noexcept {
        const std::uint32_t split = split_of(public_.load(relaxed)); // only a deep steal changes it behind our back
        const std::uint32_t end = bottom_.load(relaxed);
        return end > split ? end - split : 0;
    }

    /// Takes the request down: forks are fast again. Returns: whether there was one.
    bool clear_request() noexcept {
        return poll_.exchange(capacity_, seq_cst) == 0; // sync(D5) seq_cst: before the owner reads the seats
    }
    /// Leaves forks slow until somebody searches or watches.
    void keep_request() noexcept { poll_.store(0, relaxed); } // an asker stores the same value

    // ---- thieves -------------------------------------------------------------------------------------------------

    /// Asks the owner to expose. Unconditional: a plain test would let the request pass its own cause.
    void request() noexcept { poll_.exchange(0, seq_cst); } // sync(D5) seq_cst: after the asker changed the seats

    bool has_public() const noexcept {
        const std::uint64_t word = public_.load(seq_cst); // sync(S2) seq_cst: after the parking thread's seats RMW
        return !is_marked(word) && top_of(word) < split_of(word);
    }
    /// Whether a deep steal could find anything. A hint.
    bool has_private() const noexcept {
        const std::uint64_t word = public_.load(relaxed);
        return top_of(word) == split_of(word) && bottom_.load(relaxed) > top_of(word);
    }
    /// Returns: how many jobs are there that no thief has taken, private ones included. A hint.
    std::uint32_t jobs() const noexcept {
        const std::uint32_t top = top_of(public_.load(relaxed));
        const std::uint32_t end = bottom_.load(relaxed);
        return end > top ? end - top : 0;
    }
    std::uint32_t top() const noexcept { return top_of(public_.load(acquire)); } // sync(D2) acquire: see leapfrogging

    /// Claims the oldest public job, if its position is at least `lowest`. Empty when there is none or the race was lost.
    job_slot try_steal(std::uint32_t lowest = 0) noexcept {
        std::uint64_t word = public_.load(acquire); // sync(D2) acquire: the slots exposed
        const std::uint32_t top = top_of(word);
        if (is_marked(word) || top >= split_of(word) || top < lowest) return {};
        if (!public_.compare_exchange(word, pack(top + 1, false, split_of(word)), acq_rel)) // sync(D2) acq_rel: claim
            return {};
        return read_claimed(top);
    }

    /// Claims the oldest private job behind the owner's back. Requires: heavy fences work; public part empty.
    /// `heavy_fence()` is called at most once. README.md has the argument.
    template <class HeavyFence>
    job_slot try_deep_steal(HeavyFence&& heavy_fence) noexcept {
        if (deep_lock_.exchange(1, acquire) != 0) return {}; // sync(D6) acquire: one deep thief at a time
        const std::uint32_t claimed = deep_claim(heavy_fence);
        deep_lock_.store(0, release); // sync(D6) release: to the next deep thief
        return claimed == none ? job_slot{} : read_claimed(claimed);
    }

private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    // W = {top:31, provisional mark:1, split:32}
    static constexpr std::uint64_t pack(std::uint32_t top, bool marked, std::uint32_t split) noexcept {
        return std::uint64_t{top} << 33 | std::uint64_t{marked} << 32 | split;
    }
    static constexpr std::uint32_t top_of(std::uint64_t word) noexcept {
        return static_cast<std::uint32_t>(word >> 33);
    }
    static constexpr std::uint32_t split_of(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word); }
    static constexpr bool is_marked(std::uint64_t word) noexcept { return (word >> 32 & 1) != 0; }

    /// Only after the claiming CAS: before it the slot may belong to an older or newer job.
    job_slot read_claimed(std::uint32_t position) noexcept {
        atomic_slot& slot = slots_[position];
        const job_slot found{slot.function.load(relaxed), slot.frame.load(relaxed), nullptr,
                             position};        // ordered by D1 or D2
        slot.function.store(nullptr, release); // sync(D4) release: the owner may write the slot again
        return found;
    }

    template <class HeavyFence>
    std::uint32_t deep_claim(HeavyFence&& heavy_fence) noexcept {
        std::uint64_t word = public_.load(acquire); // sync(D2) acquire: as in try_steal()
        const std::uint32_t top = top_of(word);
        if (is_marked(word) || top != split_of(word)) return none;
        if (bottom_.load(acquire) <= top) return none; // sync(D1) acquire: the slot below bottom
        const std::uint64_t mark = pack(top, true, top + 1);
        if (!public_.compare_exchange(word, mark, acq_rel)) return none; // sync(D2) acq_rel: the mark, to take_public()
        heavy_fence();
        word = mark;
        if (bottom_.load(acquire) > top) // sync(D1) acquire: a push, whose own join must see the mark
            return public_.compare_exchange(word, pack(top + 1, false, top + 1), acq_rel)
                       ? top
                       : none; // sync(D2) acq_rel: claim
        public_.compare_exchange(word, pack(top, false, top),
                                 acq_rel); // sync(D2) acq_rel: undo; fails if the owner did
        return none;
    }

    atomic<std::uint32_t> bottom_{0};
    atomic<std::uint32_t> poll_{0};
    atomic<std::uint64_t> public_{0};
    atomic_slot* const slots_;
    const std::uint32_t capacity_;
    atomic<std::uint32_t> deep_lock_{0};
};

} // namespace detail
PEL_NAMESPACE_END
