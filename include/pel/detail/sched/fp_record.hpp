// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a thread computes, for those who take work from its deque: they compute as it did when it pushed that. Mostly that is
// as it does now. Where a wait, or a task, has it run what a caller with another environment wants while jobs lie below, a
// level notes where those end and what theirs is.
//   owner: set(), enter(), leave(), current().  any thread: of().
// I1  whoever asks for a position has claimed the job there, which its owner joins: the owner does not leave what it was in
//     when it pushed that. So levels that end at or below the position were entered before, and those that end above it
//     after it was pushed; the outermost of these has what was current then. (Jobs of groups are not joined there. They have
//     their group's environment, whatever is found here.)
//   FP1: a field's release -> of()'s acquire: whoever sees a new field sees the odd count before it.
//   FP2: change()'s last release -> of()'s first acquire: an even count comes with its fields.
#pragma once

#include <pel/detail/platform/fp_environment.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/detail/sync/polite_spin.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class fp_record {
public:
    std::uint64_t current() const noexcept { return current_.load(relaxed); }
    /// Nothing that was pushed before is left.
    void set(std::uint64_t environment) noexcept {
        current_.store(environment, relaxed);
    } // published with the jobs (D1, D2)

    /// What is pushed at `position` and above is of `environment` from here on, and what lies below keeps its own until
    /// leave(). Returns: whether there is a level for that. It needs none if that is current, or nothing lies below; and more
    /// than three of them, one inside the other, there are not.
    bool enter(std::uint32_t position, std::uint64_t environment) noexcept {
        if (environment == current()) return false;
        const std::uint32_t level = levels_.load(relaxed); // the owner alone writes
        if (position == 0 || level == most_levels) {
            set(environment);
            return false;
        }
        change([&] {
            ends_[level].store(position, release);   // sync(FP1) release: the odd count, to of()
            outer_[level].store(current(), release); // sync(FP1) release: likewise
            levels_.store(level + 1, release);       // sync(FP1) release: likewise
            current_.store(environment, release);    // sync(FP1) release: likewise
        });
        return true;
    }
    /// Requires: all that was pushed since enter() is joined.
    void leave(bool has_level, std::uint64_t before) noexcept {
        if (!has_level) return set(before);
        change([&] {
            levels_.store(levels_.load(relaxed) - 1, release); // sync(FP1) release: the odd count, to of()
            current_.store(before, release);                   // sync(FP1) release: likewise
        });
    }

    /// Returns: that of a job that was pushed at `position`. Requires: I1. Blocks for a few instructions of the owner.
    std::uint64_t of(std::uint32_t position) const noexcept {
        for (;;) {
            const std::uint64_t count = await_even();
            std::uint64_t found = current_.load(acquire); // sync(FP1) acquire: a newer field shows a newer count
            for (std::uint32_t level = levels_.load(acquire); level-- != 0;) { // sync(FP1) acquire: likewise
                const bool is_below = position < ends_[level].load(acquire);   // sync(FP1) acquire: likewise
                if (is_below) found = outer_[level].load(acquire);             // sync(FP1) acquire: likewise
            }
            if (count_.load(relaxed) == count) return found; // ordered by FP1
        }
    }

private:
    static constexpr std::uint32_t most_levels = 3;

    template <class Write>
    void change(const Write& write) noexcept {
        const std::uint64_t count = count_.load(relaxed); // the owner alone writes
        count_.store(count + 1, relaxed);
        write();
        count_.store(count + 2, release); // sync(FP2) release: the fields
    }
    std::uint64_t await_even() const noexcept {
        std::uint64_t count = 0;
        spin_politely([&] {
            count = count_.load(acquire); // sync(FP2) acquire: fields at least this new
            return count % 2 == 0 ? this : nullptr;
        });
        return count;
    }

    atomic<std::uint64_t> current_{0}, count_{0};
    atomic<std::uint32_t> levels_{0};
    atomic<std::uint32_t> ends_[most_levels]{}; // of what was pushed before: positions below
    atomic<std::uint64_t> outer_[most_levels]{};
};

} // namespace detail
PEL_NAMESPACE_END
