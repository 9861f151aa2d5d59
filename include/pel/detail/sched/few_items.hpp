// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops of few items in code that is parallel already, as inner loops are: forks and nothing else, no scope, no clock.
// How long items take is not known, so the far half is forked at once, and between items the thread looks whether
// somebody asks for work; then it forks half of what is left, or shares what its deque holds. If somebody had asked when
// the loop began, all halves are forked down to one item. Who runs a half learns of cancellations around the loop as for
// any fork, and of an exception in the other half by the forker's floor (scope.hpp).
//   Strand: as in loop.hpp.
#pragma once

#include <pel/detail/sched/fork_join.hpp>

#include <cstdint>
#include <optional>
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

    bool is_cancelled() noexcept {
        epoch_ = cancellations.load(acquire); // sync(C1) acquire: all flags and floors before
        return (own_.innermost != nullptr && own_.innermost->is_cancelled()) ||
               own_.floor.is_within(own_.level_base, own_.deque.bottom());
    }
    void throw_if_cancelled() {
        if (is_cancelled()) [[unlikely]]
            throw_error<operation_cancelled>();
    }

private:
    const worker& own_;
    std::uint64_t epoch_; // as of which nothing is cancelled, 0: not known yet
};

/// Runs items from lo on, at least one; after each, goes_on() decides, if the strand knows of such things. Returns: the
/// item after the last.
template <class Strand, class GoesOn>
PEL_ALWAYS_INLINE std::uint64_t run_while(Strand& strand, std::uint64_t lo, std::uint64_t hi, const GoesOn& goes_on) {
    if constexpr (requires { strand.run_while(lo, hi, goes_on); }) {
        return strand.run_while(lo, hi, goes_on);
    } else {
        strand.run(lo, lo + 1);
        return lo + 1;
    }
}

template <class Strand>
PEL_NOINLINE void run_few_items(worker& own, Strand& strand, std::uint64_t lo, std::uint64_t hi,
                                bool was_asked = false);

/// The far half, where another thread has taken it. That opens a scope: what it knows of the place where the job was
/// forked may be too old to tell it of the near half's exception.
template <class Strand>
struct far_items {
    Strand& strand;
    const std::uint64_t lo, hi;
    std::optional<Strand>& elsewhere;
    const cancel_floor& floor; // of the forker, where the fork lies at `position`, in what begins at `base`
    const std::uint32_t base, position;

    void operator()() const {
        worker& runner = *current_worker;
        scope half(runner.innermost, &floor, base, position + 1);
        runner.open_scope(&half); // scheduler::run() puts the one before back
        Strand mine = strand.split();
        run_few_items(runner, mine, lo, hi);
        elsewhere.emplace(std::move(mine));
    }
};

/// Runs [lo, hi), at least one item. Requires: `own` is a member. `was_asked`: somebody has asked, whatever the deque
/// says by now. Throws: what items throw; operation_cancelled.
template <class Strand>
PEL_NOINLINE void run_few_items(worker& own, Strand& strand, std::uint64_t lo, std::uint64_t hi, bool was_asked) {
    cancellation_check check(own);
    check.throw_if_cancelled();
    using far_call = forked_call<const far_items<Strand>>;
    const std::uint64_t cut = lo + (hi - lo + 1) / 2;
    const std::uint32_t position = own.deque.bottom();
    std::optional<Strand> elsewhere;
    const far_items<Strand> far{strand, cut, hi, elsewhere, own.floor, own.level_base, position};
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
                            run_few_items(own, strand, lo, end, splits);
                            break;
                        }
                        if (own.deque.private_jobs() != 0) own.pool->serve_request(own);
                    }
                    lo = run_while(strand, lo, end, [&] { return !own.deque.is_asked() && !check.has_news(); });
                }
                if (end == hi) return;
                end = hi;
                if (!own.deque.try_take_private(position) && !join_or_finish<const far_items<Strand>>(own, position))
                    [[unlikely]]
                    return;
                lo = cut;
            }
        },
        [&] {
            if (end != hi) join_unwinding<const far_items<Strand>>(own, position);
        });
    if (elsewhere) strand.join(std::move(*elsewhere));
}

} // namespace detail
PEL_NAMESPACE_END
