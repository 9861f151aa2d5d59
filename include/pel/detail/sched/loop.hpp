// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine of all loops but those of few_items.hpp. A thread runs its share of a loop in blocks. Nobody chooses a
// grain: blocks grow until they take 2–10 µs, and between them the thread looks whether somebody asked for work. Far
// halves of the share go into the deque: all of them, down to one item, if somebody has asked when it begins, or if
// single items take long, because then nobody should have to wait for the next look; else one at each request, which is
// served from the oldest end: outer loops' far halves. A loop of short items that nobody asks for pushes nothing; and
// one that is over within two blocks opens no scope either.
//   Strands: one thread's share of the result (strand.hpp).
//   Loop: the scope of the loop, which knows its limits (loop_scope.hpp).
// I1  pieces_[0, live_) are in the deque or stolen, at rising positions and falling ranges: [lo, hi) of the share ends
//     where the newest begins, so taking them from the back goes upwards.
#pragma once

#include <pel/detail/sched/few_items.hpp>
#include <pel/detail/sched/loop_scope.hpp>
#include <pel/detail/sched/site.hpp>
#include <pel/detail/sched/strand.hpp>

#include <bit>
#include <exception>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::uint64_t cut_multiple = 16; // cuts of larger ranges, and blocks, end on multiples
inline constexpr std::int64_t short_block_ns = 2'000;

template <class Loop>
class loop_share;

/// A range that may be stolen. Lives in the share that pushed it.
template <class Loop>
class loop_piece : public job {
public:
    /// `room`: for the strand of who runs it elsewhere.
    loop_piece(Loop& loop, const strand_ref& parent, std::byte* room, std::uint64_t lo, std::uint64_t hi,
               std::uint32_t position) noexcept
        : job(&loop), loop_(loop), parent_(parent), room_(room), lo_(lo), hi_(hi), position_(position) {}
    loop_piece(const loop_piece&) = delete;
    loop_piece& operator=(const loop_piece&) = delete;

    std::uint64_t lo() const noexcept { return lo_; }
    std::uint64_t hi() const noexcept { return hi_; }
    std::uint32_t position() const noexcept { return position_; }
    injector_entry& entry() noexcept { return entry_.get(); }
    /// After another thread had it: there were too many.
    bool was_refused() const noexcept {
        if constexpr (Loop::is_limited) return was_refused_;
        return false;
    }
    /// After it ran on another thread.
    void join_strand() const {
        if (has_strand_) parent_.type->join(parent_.strand, room_);
    }

    static void act(const job_slot& claimed, worker& runner, job_action action) {
        auto& self = static_cast<loop_piece&>(*claimed.frame);
        if (action == job_action::give_back) return give_back_stolen(claimed, self.entry_, runner);
        if constexpr (Loop::is_limited) {
            self.was_refused_ = !self.loop_.try_enter(runner);
            if (self.was_refused_) return finish_stolen_job(claimed);
        }
        self.has_strand_ =
            call_guarded([&] { self.parent_.type->run_apart(self.parent_.strand, self.room_, &run_here, &self); },
                         [&](std::exception_ptr error) { self.loop_.capture(std::move(error)); }) &&
            self.room_ != nullptr;
        self.loop_.leave(runner);
        finish_stolen_job(claimed);
    }

private:
    static void run_here(const void* piece, const strand_ref& mine) {
        const auto& self = *static_cast<const loop_piece*>(piece);
        if (!current_worker->is_member()) return mine.run(self.lo_, self.hi_); // the pool is at its end
        loop_share<Loop>(*current_worker, self.loop_, mine, self.hi_ - self.lo_).run(self.lo_, self.hi_);
    }

    Loop& loop_;
    const strand_ref& parent_;
    std::byte* const room_;
    const std::uint64_t lo_, hi_;
    const std::uint32_t position_;
    bool has_strand_;  // written by the thief, published by D3, as is what lies in the room
    bool was_refused_; // likewise
    manual_lifetime<injector_entry> entry_;
};

template <class Loop>
class loop_share {
public:
    /// `start`: the time, if it was read just now.
    loop_share(worker& own, Loop& loop, const strand_ref& strand, std::uint64_t size, std::int64_t start = 0) noexcept
        : own_(own), loop_(loop), strand_(strand), is_timed_(size > most_few_items || own.wakes_from != 0),
          time_(start), block_(loop.grain()) {}
    loop_share(const loop_share&) = delete;
    loop_share& operator=(const loop_share&) = delete;

    /// As many items of the loop were run before this share was made, from the tick `start` to `end`.
    void learn(std::uint64_t items, std::int64_t start, std::int64_t end) noexcept {
        adapt(items, end - start);
        time_ = end;
    }

    /// Throws nothing of the body: that goes to the loop's scope.
    void run(std::uint64_t lo, std::uint64_t hi) noexcept {
        const std::uint32_t outer = own_.loop_bits.load(relaxed); // a hint to thieves, as all of it
        say_size(hi - lo);
        run_all(lo, hi);
        own_.loop_bits.store(outer, relaxed);
    }

private:
    void run_all(std::uint64_t lo, std::uint64_t hi) noexcept {
        if (is_coarse_)
            hi = serve(lo, hi, time_);
        else if (own_.wakes_from == 0 && own_.deque.is_asked())
            split(lo, hi);
        else if (own_.wakes_from == 0 && !is_timed_ && hi - lo > loop_.grain())
            push_far_half(lo, hi); // how long items take is not known: half of them can be taken meanwhile
        for (;;) {
            call_guarded([&] { run_blocks(lo, hi); },
                         [&](std::exception_ptr error) { loop_.capture(std::move(error)); });
            do {
                if (live_ == 0) return;
            } while (!take_newest(lo, hi));
        }
    }
    void say_size(std::uint64_t items) noexcept {
        own_.loop_bits.store(static_cast<std::uint32_t>(std::bit_width(items)), relaxed);
    }

    using piece = loop_piece<Loop>;

    /// Pushes far halves of [lo, hi) until one item, or grain, or no place is left; hi comes down.
    void split(std::uint64_t lo, std::uint64_t& hi) noexcept {
        while (hi - lo > loop_.grain() && push_far_half(lo, hi)) {
        }
    }
    bool push_far_half(std::uint64_t lo, std::uint64_t& hi) noexcept {
        if (live_ == most_pieces || !loop_.has_room()) return false;
        const std::uint64_t size = hi - lo;
        std::uint64_t cut = lo + (size + 1) / 2;
        if (size >= 2 * cut_multiple) cut &= ~(cut_multiple - 1);
        if (Loop::is_limited && hi - cut < loop_.grain()) cut = hi - loop_.grain();
        const std::uint32_t position = own_.deque.bottom();
        std::byte* const room = strand_.rooms != nullptr ? strand_.rooms + live_ * strand_.type->size : nullptr;
        auto* fresh = ::new (storage_ + live_ * sizeof(piece)) piece(loop_, strand_, room, cut, hi, position);
        if (!own_.deque.try_push(position, &piece::act, fresh) &&
            !own_.pool->push_slow(own_, position, &piece::act, fresh))
            return false;
        ++live_;
        hi = cut;
        say_size(hi - lo);
        return true;
    }

    /// Runs [lo, hi), which may be cut shorter by a request. The clock is not read after the last block.
    void run_blocks(std::uint64_t lo, std::uint64_t hi) {
        if (!is_timed_) return run_items(lo, hi);
        std::int64_t time = time_ != 0 ? std::exchange(time_, 0) : ticks();
        for (;;) {
            if (loop_.must_stop()) [[unlikely]]
                return loop_.mark_cut_short();
            const std::uint64_t begin = std::exchange(lo, block_end(lo, hi));
            strand_.run(begin, lo);
            if (lo == hi) return;
            const std::int64_t now = ticks();
            adapt(lo - begin, now - std::exchange(time, now));
            if (own_.deque.is_asked() || is_coarse_) [[unlikely]]
                hi = serve(lo, hi, time);
        }
    }
    /// Larger blocks end on multiples, so that vectors stay aligned; a rest of half a block joins the last.
    std::uint64_t block_end(std::uint64_t lo, std::uint64_t hi) const noexcept {
        const std::uint64_t rest = hi - lo;
        if (rest <= block_ || rest - block_ <= block_ / 2) return hi;
        const std::uint64_t end = lo + block_;
        return block_ >= 2 * cut_multiple && block_ > loop_.grain() ? end & ~(cut_multiple - 1) : end;
    }
    /// The same for few items, without a clock.
    void run_items(std::uint64_t lo, std::uint64_t hi) {
        while (lo < hi) {
            if (loop_.must_stop()) [[unlikely]]
                return loop_.mark_cut_short();
            lo = strand_.type->run_while(strand_.strand, lo, hi, item_watch(own_, loop_.known_well_at()));
            if (lo < hi && own_.deque.is_asked()) [[unlikely]]
                hi = serve(lo, hi, 0);
        }
    }
    /// Blocks of 1, 8, 64, … items, faster if they take next to nothing, until one takes 2 µs; from then on 2–10 µs.
    void adapt(std::uint64_t size, std::int64_t took) noexcept {
        const std::int64_t short_block = ticks_of_ns(short_block_ns);
        if (took < short_block) {
            if (block_ < std::uint64_t{1} << 57) block_ *= took < short_block / 64 ? 64 : 8;
        } else if (took > 5 * short_block) {
            const std::int64_t share = took / (2 * short_block);
            block_ = size > static_cast<std::uint64_t>(share) ? size / static_cast<std::uint64_t>(share) : 1;
            if (Loop::is_limited && block_ < loop_.grain()) block_ = loop_.grain();
        }
        if (size <= loop_.grain() && took >= short_block) [[unlikely]] {
            is_coarse_ = live_ == 0;                             // halves are in the deque otherwise
            if (took >= ticks_of_ns(5'000)) own_.wakes_from = 0; // items that long are worth a wake-up
        }
    }

    /// Somebody asked for work, or items are so long that somebody may need it before the next look; or it is not known
    /// yet whether this outermost call is worth a wake-up. Returns: hi, lower if the range was cut.
    PEL_NOINLINE std::uint64_t serve(std::uint64_t lo, std::uint64_t hi, std::int64_t now) noexcept {
        if (own_.wakes_from != 0 && !own_.pool->may_wake(own_, now)) return hi;
        if (is_coarse_)
            split(lo, hi);
        else if (own_.deque.private_jobs() == 0 && hi - lo > loop_.grain())
            push_far_half(lo, hi); // which serves
        else
            own_.pool->serve_request(own_);
        is_coarse_ = false;
        return hi;
    }

    /// Joins the newest piece. Returns: whether it is to be run here, [lo, hi).
    bool take_newest(std::uint64_t& lo, std::uint64_t& hi) noexcept {
        --live_;
        piece& newest = *std::launder(reinterpret_cast<piece*>(storage_ + live_ * sizeof(piece)));
        if (!own_.deque.try_take_private(newest.position()) && !join_newest(newest)) [[unlikely]]
            return false;
        lo = newest.lo();
        hi = newest.hi();
        say_size(hi - lo);
        return true;
    }
    PEL_NOINLINE bool join_newest(piece& newest) noexcept {
        bool is_mine = false;
        call_guarded(
            [&] {
                loop_.while_waiting(
                    own_, [&] { is_mine = own_.pool->join_slow(own_, newest.position(), newest, newest.entry()); });
                is_mine = is_mine || newest.was_refused();
                if (!is_mine) newest.join_strand();
            },
            [&](std::exception_ptr error) { loop_.capture(std::move(error)); });
        return is_mine;
    }

    worker& own_;
    Loop& loop_;
    const strand_ref& strand_;
    const bool is_timed_;
    bool is_coarse_ = false; // an item has taken long, and no half is in the deque
    unsigned live_ = 0;
    std::int64_t time_;
    std::uint64_t block_;
    alignas(piece) std::byte storage_[most_pieces * sizeof(piece)];
};

/// The first items of a loop that nobody has asked for yet: they tell whether the rest is so short that it is one block.
/// They are as few as that allows, since nothing is shared before they have run.
class loop_start {
public:
    static constexpr std::uint64_t parts = 64; // as fast as blocks may grow (loop_share::adapt)

    /// Throws: what the items throw.
    loop_start(const strand_ref& strand, std::uint64_t size) : start_(ticks()), items_(part_of(size)) {
        strand.run(0, items_);
        end_ = ticks();
    }
    std::int64_t start() const noexcept { return start_; }
    std::int64_t end() const noexcept { return end_; }
    std::uint64_t items() const noexcept { return items_; }
    bool is_rest_short() const noexcept {
        return (end_ - start_) * std::int64_t{parts} < ticks_of_ns(site_memory::worth_sharing_ns);
    }

private:
    static constexpr std::uint64_t part_of(std::uint64_t size) noexcept {
        const std::uint64_t items = size / parts;
        return items >= cut_multiple ? items & ~(cut_multiple - 1) : items + (size % parts != 0);
    }
    const std::int64_t start_;
    const std::uint64_t items_;
    std::int64_t end_;
};

/// Runs a loop on a member: all of it, or what is left after a start. Throws: the first exception of a body. Returns:
/// false if it was cut short.
template <class Limits>
bool run_loop(worker& own, std::uint64_t size, const strand_ref& strand, const Limits& limits, std::int64_t start = 0,
              const loop_start* done = nullptr) {
    scope* const outer = own.innermost;
    const std::uint64_t serial = own.scope_serial;
    scope_with<Limits> loop(own, limits);
    own.open_scope(&loop);
    const noted_fp_environment noted(own);
    loop_share<scope_with<Limits>> share(own, loop, strand, size, start);
    if (done != nullptr) share.learn(done->items(), done->start(), done->end());
    share.run(done != nullptr ? done->items() : 0, size);
    own.innermost = outer;
    own.scope_serial = serial;
    if (loop.error() != nullptr) [[unlikely]]
        std::rethrow_exception(loop.error());
    return !loop.is_cut_short();
}

/// A loop of a member. One of few items that take next to no time needs no scope and nothing else that is for sharing,
/// unless somebody asks. Requires: size > 1. Throws and returns: as run_loop().
inline bool run_inner_loop(worker& own, std::uint64_t size, const strand_ref& strand, no_limits) {
    cancellation_check check(own);
    if (size > loop_start::parts || own.deque.is_asked() || check.is_cancelled())
        return run_loop(own, size, strand, no_limits());
    const loop_start done(strand, size);
    if (!done.is_rest_short() || check.has_news()) return run_loop(own, size, strand, no_limits(), 0, &done);
    strand.run(done.items(), size);
    return true;
}
inline bool run_inner_loop(worker& own, std::uint64_t size, const strand_ref& strand, const loop_limits& limits) {
    return run_loop(own, size, strand, limits);
}

/// Runs a loop where there is no pool any more. Returns: false if it was cut short.
template <class Limits>
PEL_COLD bool run_loop_alone(std::uint64_t size, const strand_ref& strand, const Limits& limits) {
    const std::uint64_t block = std::is_same_v<Limits, no_limits> ? size : 16;
    for (std::uint64_t lo = 0; lo < size;) {
        if (limits.stop_requested()) return false;
        const std::uint64_t begin = std::exchange(lo, size - lo > block ? lo + block : size);
        strand.run(begin, lo);
    }
    return true;
}

/// Whether an outermost loop shares its items from the first one on, which wakes sleepers if nobody is awake: at once if
/// it takes long as a rule, or its policy says so. Shorter ones are shared with threads that are awake already; when such
/// loops from one place have run alone for 100 µs in sum, somebody is woken, who then stays awake for those that follow.
template <class Limits>
bool shares_at_once(const scheduler& pool, const Limits& limits, std::uint64_t size, site_memory& site,
                    site_timer& timer) noexcept {
    const std::int64_t usual = site.usual_ticks();
    if (limits.wakes_at_once(size) || usual > ticks_of_ns(50'000)) return true;
    if (usual < ticks_of_ns(site_memory::worth_sharing_ns)) return false;
    if (pool.has_searchers() || site.take_alone(ticks_of_ns(100'000))) {
        timer.count_as_shared();
        return true;
    }
    timer.count_as_alone();
    return false;
}

/// A loop of a thread that is in no other call, which is short as a rule: its first items tell whether it is this time.
/// One of many items learns that block by block. Throws and returns: as run_loop().
inline bool run_brief_loop(worker& own, std::uint64_t size, const strand_ref& strand, site_memory& site) {
    const bool is_timed = own.scope_serial % site_memory::short_calls_per_look == 0;
    if (size == 1) { // nothing to share, but what is inside it may be
        const std::int64_t start = is_timed ? ticks() : 0;
        strand.run(0, 1);
        if (is_timed) site.remember(ticks() - start);
        return true;
    }
    constexpr std::uint64_t most_items = 64 * loop_start::parts;
    if (size > most_items) {
        const site_timer timer(site);
        return run_loop(own, size, strand, no_limits(), timer.start());
    }
    const loop_start done(strand, size);
    if (done.is_rest_short()) {
        strand.run(done.items(), size);
        if (is_timed) site.remember(ticks() - done.start());
        return true;
    }
    const bool is_complete = run_loop(own, size, strand, no_limits(), 0, &done);
    site.remember(ticks() - done.start());
    return is_complete;
}

/// A loop called from outside the pool.
template <class Limits>
PEL_NOINLINE bool run_outermost_loop(scheduler& pool, std::uint64_t size, const strand_ref& strand,
                                     const Limits& limits, site_memory& site) {
    if constexpr (std::is_same_v<Limits, no_limits>) {
        if (site.is_short()) {
            const brief_call call(pool);
            if (call.own() != nullptr) return run_brief_loop(*call.own(), size, strand, site);
        }
    }
    site_timer timer(site);
    const bool is_shared = shares_at_once(pool, limits, size, site, timer);
    const foreign_call call(pool, is_shared ? 0 : timer.start() + ticks_of_ns(scheduler::small_call_ns));
    if (call.own() != nullptr) return run_loop(*call.own(), size, strand, limits, timer.start());
    return run_loop_alone(size, strand, limits);
}

} // namespace detail
PEL_NAMESPACE_END
