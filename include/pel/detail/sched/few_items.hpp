// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops of few items in code that is parallel already, as inner loops are: forks and nothing else, no scope, no clock.
// How long items take is not known, so the far half is forked at once, and between items the thread looks whether
// somebody asks for work; then it forks half of what is left. An exception, or a cancellation around the loop, reaches
// who runs the other half as it does for any fork, by way of the forker's floor (scope.hpp).
//   Strand: as in loop.hpp.
#pragma once

#include <pel/detail/sched/fork_join.hpp>

#include <cstdint>
#include <optional>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::uint64_t most_few_items = 16;

/// Whether what a thread is in is cancelled: its scope, or a fork whose other side has thrown. For whoever opens no scope.
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
PEL_NOINLINE void run_few_items(worker& own, Strand& strand, std::uint64_t lo, std::uint64_t hi);

/// The far half, where another thread has taken it.
template <class Strand>
struct far_items {
    Strand& strand;
    const std::uint64_t lo, hi;
    std::optional<Strand>& elsewhere;

    void operator()() const {
        worker& runner = *current_worker;
        Strand mine = strand.split();
        run_few_items(runner, mine, lo, hi);
        elsewhere.emplace(std::move(mine));
    }
};

/// Runs [lo, hi), at least one item. Requires: `own` is a member. Throws: what items throw; operation_cancelled.
template <class Strand>
PEL_NOINLINE void run_few_items(worker& own, Strand& strand, std::uint64_t lo, std::uint64_t hi) {
    cancellation_check check(own);
    check.throw_if_cancelled();
    using far_call = forked_call<const far_items<Strand>>;
    const std::uint64_t cut = lo + (hi - lo + 1) / 2;
    std::optional<Strand> elsewhere;
    const far_items<Strand> far{strand, cut, hi, elsewhere};
    far_call child(own.innermost, own.deque.bottom(), far);
    const bool is_forked = cut != hi && (own.deque.try_push(child.position, &far_call::act, &child) ||
                                         own.pool->push_slow(own, child.position, &far_call::act, &child));
    std::uint64_t end = is_forked ? cut : hi; // hi also when there is nothing to join any more
    call_unwinding(
        [&] {
            for (;;) {
                while (lo != end) {
                    if (check.has_news()) [[unlikely]]
                        check.throw_if_cancelled();
                    if (own.deque.is_asked() && is_forked && end - lo > 1) [[unlikely]] { // not if the deque was full
                        run_few_items(own, strand, lo, end);
                        break;
                    }
                    lo = run_while(strand, lo, end, [&] { return !own.deque.is_asked() && !check.has_news(); });
                }
                if (end == hi) return;
                end = hi;
                if (!own.deque.try_take_private(child.position) &&
                    !join_or_finish<const far_items<Strand>>(own, child.position)) [[unlikely]]
                    return;
                lo = cut;
            }
        },
        [&] {
            if (end != hi) join_unwinding<const far_items<Strand>>(own, child.position);
        });
    if (elsewhere) strand.join(std::move(*elsewhere));
}

} // namespace detail
PEL_NAMESPACE_END
