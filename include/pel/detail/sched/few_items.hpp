// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops of few items in code that is parallel already, as inner loops are: forks and nothing else, no scope, no clock.
// How long items take is not known, so the far half is forked at once, and between items the thread looks whether
// somebody asks for work; then it forks half of what is left, or shares what its deque holds. If somebody had asked when
// the loop began, all halves are forked down to one item. Who runs a half learns of cancellations around the loop as for
// any fork, and of an exception in the other half by the forker's floor (scope.hpp).
//   Strands: strand.hpp.
#pragma once

#include <pel/detail/sched/fork_join.hpp>
#include <pel/detail/sched/strand.hpp>

#include <cstdint>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::uint64_t most_few_items = 16;

/// Whether what a thread is in is cancelled: its scope, or a fork whose other side has thrown. For who opens no scope.
class cancellation_check {
public:
    explicit cancellation_check(const worker& own) noexcept : own_(own), epoch_(0) {}

    /// False: nothing was cancelled anywhere since the last is_cancelled() said no.
    bool has_news() const noexcept { return cancellations.load(relaxed) != epoch_; } // stale: noticed one item later

    PEL_ALWAYS_INLINE bool is_cancelled() noexcept {
        epoch_ = cancellations.load(acquire); // sync(C1) acquire: all flags and floors before
        return (own_.innermost != nullptr && own_.innermost->is_cancelled()) ||
               own_.floor.is_within(own_.level_base, own_.deque.bottom());
    }
    void throw_if_cancelled() {
        if (is_cancelled()) [[unlikely]]
            throw_error<operation_cancelled>();
    }
    item_watch watch() const noexcept { return {own_, epoch_}; } // whether has_news(), or somebody asks

private:
    const worker& own_;
    std::uint64_t epoch_; // as of which nothing is cancelled, 0: not known yet
};

void run_few_items(worker& own, const strand_ref& strand, std::uint64_t lo, std::uint64_t hi, bool was_asked = false);

/// The far half, where another thread has taken it. That opens a scope: what it knows of the place where the job was
/// forked may be too old to tell it of the near half's exception.
struct far_items {
    const strand_ref& near;
    const std::uint64_t lo, hi;
    bool& is_elsewhere;        // whether what has run them lies in the room of `near`
    const cancel_floor& floor; // of the forker, where the fork lies at `position`, in what begins at `base`
    const std::uint32_t base, position;

    void operator()() const {
        worker& runner = *current_worker;
        scope* const outer = runner.innermost;
        const std::uint64_t serial = runner.scope_serial;
        scope half(outer, &floor, base, position + 1);
        const bool is_member = runner.is_member();
        if (is_member) runner.open_scope(&half);
        const auto close = [&] { // scheduler::run() does so too, but not who helps a pool at its end
            if (!is_member) return;
            runner.innermost = outer;
            runner.scope_serial = serial;
        };
        call_unwinding([&] { near.type->run_apart(near.strand, near.rooms, &run_here, this); }, close);
        close();
        is_elsewhere = near.rooms != nullptr;
    }

private:
    static void run_here(const void* far, const strand_ref& mine) {
        const auto& self = *static_cast<const far_items*>(far);
        if (!current_worker->is_member()) return mine.run(self.lo, self.hi); // the pool is at its end
        run_few_items(*current_worker, mine, self.lo, self.hi);
    }
};

/// run_few_items() with a room of its own.
PEL_NOINLINE inline void run_half(worker& own, const strand_ref& strand, std::uint64_t lo, std::uint64_t hi,
                                  bool was_asked) {
    const auto run = [&](const strand_ref& mine) { run_few_items(own, mine, lo, hi, was_asked); };
    strand.type->run_with_room(
        strand, [](const void* run_it, const strand_ref& mine) { (*static_cast<const decltype(run)*>(run_it))(mine); },
        &run);
}

/// Runs [lo, hi), at least one item. Requires: `own` is a member; the strand has a room, if any. `was_asked`: somebody
/// has asked, whatever the deque says by now. Throws: what items throw; operation_cancelled.
PEL_NOINLINE inline void run_few_items(worker& own, const strand_ref& strand, std::uint64_t lo, std::uint64_t hi,
                                       bool was_asked) {
    cancellation_check check(own);
    check.throw_if_cancelled();
    using far_call = forked_call<const far_items>;
    const std::uint64_t cut = lo + (hi - lo + 1) / 2;
    const std::uint32_t position = own.deque.bottom();
    bool is_elsewhere = false;
    const far_items far{strand, cut, hi, is_elsewhere, own.floor, own.level_base, position};
    far_call child(own.innermost, position, far);
    was_asked = was_asked || own.deque.is_asked();
    const bool is_forked = cut != hi && (own.deque.try_push(position, &far_call::act, &child) ||
                                         own.pool->push_slow(own, position, &far_call::act, &child));
    std::uint64_t end = is_forked ? cut : hi; // hi also when there is nothing to join any more
    call_unwinding(
        [&] {
            for (;;) {
                while (lo != end) {
                    if (check.has_news()) [[unlikely]]
                        check.throw_if_cancelled();
                    if (was_asked || own.deque.is_asked()) [[unlikely]] {
                        const bool splits = std::exchange(was_asked, false);
                        if (is_forked && end - lo > 1) { // not if the deque is full
                            run_half(own, strand, lo, end, splits);
                            break;
                        }
                        serve_with_private_jobs(own);
                    }
                    lo = strand.type->run_while(strand.strand, lo, end, check.watch());
                }
                if (end == hi) return;
                end = hi;
                if (!own.deque.try_take_private(position) && !join_or_finish(own, position)) [[unlikely]]
                    return;
                lo = cut;
            }
        },
        [&] {
            if (end != hi) join_unwinding(own, position);
            if (is_elsewhere) strand.type->drop(strand.rooms);
        });
    if (is_elsewhere) strand.type->join(strand.strand, strand.rooms);
}

} // namespace detail
PEL_NAMESPACE_END
