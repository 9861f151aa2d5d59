// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The word of a call that is made once: new, being made, being made while others sleep, done. Any thread.
//   OF1: the release that ends a call -> the acquire of who finds it done, or makes the next try.
// I1  If somebody sleeps, the word is `awaited`, or somebody who slept is awake and has not left begin() yet, or has
//     left it to make the call, and has marked it `awaited`.
// I2  Who has slept and finds the call done wakes the next sleeper: so one wake-up after another reaches them all.
// A call that was under way in the parent of a fork child is nobody's there: the word has the fork's generation.
#pragma once

#include <pel/detail/platform/futex.hpp>
#include <pel/detail/sync/fork_generation.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class once_word {
public:
    constexpr once_word() noexcept = default;

    /// Returns: whether the call has been made; what it did is visible then.
    bool is_done() const noexcept { return word_.load(acquire) == done; } // sync(OF1) acquire: what the call did

    /// Waits, as `wait` says, while another thread makes the call. Returns: whether the caller is to make it, and then
    /// end(); else it is done.
    template <class Wait>
    bool begin(Wait& wait) noexcept {
        bool has_slept = false;
        for (;;) {
            std::uint32_t seen = word_.load(acquire); // sync(OF1) acquire: what the call did
            if (seen == done) {
                if (has_slept) futex_wake_one(word_); // I2
                return false;
            }
            if (!is_under_way(seen)) {
                const std::uint32_t mark = under_way() | (has_slept ? awaited : 0); // I1
                if (word_.compare_exchange(seen, mark, acquire)) return true;       // sync(OF1) acquire: the last try's
            } else if (!wait.keep_spinning()) {
                has_slept |= sleep(seen, wait.before_sleep());
            }
        }
    }

    /// The caller's call has returned, or failed: then another may try.
    void end(bool is_made) noexcept {
        const std::uint32_t before = word_.exchange(is_made ? done : fresh, release); // sync(OF1) release: the call
        if ((before & awaited) != 0) futex_wake_one(word_);
    }

private:
    static constexpr std::uint32_t fresh = 0, done = 1, awaited = 1, making = 2; // awaited: with making
    static constexpr int generation_shift = 2;

    /// What a call of this process leaves in the word.
    static std::uint32_t under_way() noexcept {
        return fork_generation.load(relaxed) << generation_shift | making; // changes in a fork child, before it goes on
    }
    static bool is_under_way(std::uint32_t word) noexcept { return (word & ~awaited) == under_way(); }

    /// Returns: whether it may have slept, and so taken a wake-up.
    bool sleep(std::uint32_t seen, std::int64_t nanoseconds) noexcept {
        const std::uint32_t mark = seen | awaited;
        if (seen != mark && !word_.compare_exchange(seen, mark, relaxed)) return false; // looked at again, with OF1
        futex_wait(word_, mark, nanoseconds);
        return true;
    }

    atomic<std::uint32_t> word_{fresh};
};

} // namespace detail
PEL_NAMESPACE_END
