// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A worker record: everything that belongs to one thread while it works for a pool. Pool threads have one for life,
// foreign threads keep theirs until they exit. Records are recycled and never freed, so a late look at one is harmless.
//   own thread: all but deque's thief side, serving.read(), sleep.unpark(), counts.
#pragma once

#include <pel/detail/memory/frame_pool.hpp>
#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/platform/stack.hpp>
#include <pel/detail/queue/split_deque.hpp>
#include <pel/detail/sched/fp_record.hpp>
#include <pel/detail/sched/process.hpp>
#include <pel/detail/sched/scope.hpp>
#include <pel/detail/sched/serving.hpp>
#include <pel/detail/sched/stats.hpp>
#include <pel/detail/sync/parker.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class call_level;
class scheduler;
struct segment;

/// Whether a thread stays at its seat, or is where the kernel has it run; see whereabouts.hpp.
enum class standing : unsigned char { unknown, settled, roams };

/// A number that differs in half its bits from those of its neighbours, another for each, 0 for 0 only: the last step of
/// MurmurHash3, A. Appleby.
constexpr std::uint32_t scattered(std::uint32_t value) noexcept {
    value = (value ^ value >> 16) * 0x85EB'CA6BU;
    value = (value ^ value >> 13) * 0xC2B2'AE35U;
    return value ^ value >> 16;
}

class alignas(cache_line) worker {
public:
    static constexpr std::uint32_t deque_capacity = 1u << 14;

    constexpr worker(atomic_slot* slots, std::uint32_t capacity) noexcept : deque(slots, capacity) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    static constexpr std::int64_t wakes_later = -1; // see wakes_from

    bool is_member() const noexcept { return pool != nullptr; }

    /// What tells the record from all others of the process, its random numbers too: threads that begin together would
    /// else look at the same victims in the same order. Requires: 0 < number.
    void set_id(std::uint32_t number) noexcept {
        id = number;
        random_ = scattered(number);
    }
    /// A number for choosing among equals: xorshift, G. Marsaglia, 2003. Never 0.
    std::uint32_t random() noexcept {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 17;
        random_ ^= random_ << 5;
        return random_;
    }
    void adopt_stack(stack_bounds stack) noexcept {
        stack_end = stack.end;
        stack_begin = stack.begin;
    }
    /// Whether `object` lives on this thread's stack, younger than the newest fork: it dies before that is joined.
    bool is_above_forks(const void* object) const noexcept {
        const std::uintptr_t place = place_on_stack(object);
        const std::uintptr_t fork = place_on_stack(deque.newest());
        const bool fork_is_here = fork >= stack_end && fork < stack_begin;
        return place >= stack_end && place < stack_begin && (!fork_is_here || place < fork);
    }
    /// Opens a scope: group jobs go to the deque only while the scope they were opened in is the innermost (segment.hpp).
    std::uint64_t open_scope(scope* inside) noexcept {
        innermost = inside;
        return scope_serial = next_serial();
    }
    std::uint64_t next_serial() noexcept { return ++last_serial_; }

    split_deque deque;
    atomic<std::uint32_t> loop_bits{0}; // of the number of items of the range that a loop runs here; a hint to thieves
    scope* innermost = nullptr;         // what a fork made now is inside of
    std::uint64_t scope_serial = 0;     // tells openings of scopes apart, when addresses do not
    scheduler* pool = nullptr;          // null: a thread that is no worker
    segment* open_segments = nullptr;   // with jobs in the deque, innermost first
    segment* home_segments = nullptr;   // of the groups built here that live, youngest first
    segment* served = nullptr;          // for the jobs that the group job being served may push
    const call_level* level = nullptr;  // of the call out of another pool that this record is in, null: none
    const scope* waits_in = nullptr;    // the loop with limits for a piece of which this thread waits
    std::int64_t wakes_from = 0;        // before this tick a fork wakes nobody: the outermost call may be too small;
                                        // wakes_later: set by its first fork, or loop
    std::uint32_t index = 0;            // in the pool
    std::uint32_t slot = 0;             // of a pool thread: see seating.hpp
    atomic<std::uint32_t> seat{0};      // where it is, by the plan; a hint to others
    atomic<std::uint32_t> woken_by{0};  // record index + 1 of who has woken it, where work may be; 0: none
    standing stands = standing::unknown;
    std::uint8_t near_injector = 0; // of the node where it is
    std::uint32_t next_stray = 0;   // record to look at
    std::uint32_t id = 0;           // in the process, from 1
    bool is_foreign = false;
    bool has_left = false;            // its seat: inside blocking(), or a call into another pool
    bool is_blocking = false;         // inside blocking(): it goes on without a seat, whatever it forks (S5)
    atomic<bool> is_away{false};      // it has left, or sleeps in a wait: its public jobs are stranded (S3)
    std::uint32_t generation = 0;     // fork generation
    std::uint32_t level_base = 0;     // deque position where the job, or call, on top of the stack begins
    std::uint32_t coroutine_base = 0; // deque position where the coroutines begin that the thread runs
    std::uint32_t resumed = 0;        // coroutines that have waited and go on from the deque
    std::uintptr_t stack_end = 0;     // lowest address
    std::uintptr_t stack_begin = 0;   // one past the highest
    std::int64_t beat = 0;            // time-out of the next sleep as guardian
    worker* next = nullptr;           // in a list of records without a thread
    std::uint64_t lease = 0; // uid of the pool whose foreign record this is, 0: none; guarded by that list's lock

    alignas(cache_line) serving_record serving;
    fp_record fp_environment; // of the call that this thread works for: who takes work of it adopts that
    parker sleep;
    cancel_floor floor;
    counters counts;
    frame_pool frames;

private:
    std::uint64_t last_serial_ = 0;
    std::uint32_t random_ = 1; // until there is an id; 0 would stay 0
};

/// What current_worker points to in threads that are no workers: its poll word is 0 for good, so every fork leaves the
/// hot path, and there it is recognised.
inline constinit worker no_worker{nullptr, 0};

/// initial-exec: one load also inside a shared object (fork cost 2.7 against 3.2 × a plain call, benchmark fib).
[[gnu::tls_model("initial-exec")]] inline constinit thread_local worker* current_worker = &no_worker;

/// Has a thread compute as the caller of the work does that it is about to run, for a scope.
class adopted_fp_environment {
public:
    adopted_fp_environment(worker& own, std::uint64_t environment) noexcept
        : record_(own.fp_environment), before_(record_.current()), own_(read_fp_environment()),
          has_level_(record_.enter(own.deque.bottom(), environment)) {
        if (environment != own_) write_fp_environment(environment);
    }
    ~adopted_fp_environment() {
        if (read_fp_environment() != own_) write_fp_environment(own_); // also if the work itself has changed it
        record_.leave(has_level_, before_);
    }
    adopted_fp_environment(const adopted_fp_environment&) = delete;
    adopted_fp_environment& operator=(const adopted_fp_environment&) = delete;

private:
    fp_record& record_;
    const std::uint64_t before_, own_;
    const bool has_level_;
};

/// What is pushed while it lives is to be computed as the thread does now: its work may have changed that since it began.
class noted_fp_environment {
public:
    explicit noted_fp_environment(worker& own) noexcept
        : record_(own.fp_environment), before_(record_.current()), now_(read_fp_environment()),
          has_level_(now_ != before_ && record_.enter(own.deque.bottom(), now_)) {}
    ~noted_fp_environment() {
        if (now_ != before_) [[unlikely]]
            record_.leave(has_level_, before_);
    }
    noted_fp_environment(const noted_fp_environment&) = delete;
    noted_fp_environment& operator=(const noted_fp_environment&) = delete;

private:
    fp_record& record_;
    const std::uint64_t before_, now_;
    const bool has_level_;
};

/// Memory for a task object made by the thread of `own`, no_worker included. Throws: std::bad_alloc.
inline void* allocate_frame(worker& own, std::size_t bytes) {
    if (&own != &no_worker) return own.frames.allocate(bytes);
    prepare_for_forks(); // there may be no pool yet
    return frame_pool::allocate_anywhere(bytes);
}

} // namespace detail
PEL_NAMESPACE_END
