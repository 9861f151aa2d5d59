// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gate of a serial stage: one thread is inside; tokens that come meanwhile wait in it, and are that thread's to take
// along. Who brings a token never waits itself.
//   any thread: enter_or_wait(), call().  who is inside: has_waiting(), take_waiting(), leave().
// I1  The word is 0: nobody is inside, and nothing waits.
//   PG1: leave()'s CAS -> enter_or_wait(), call(): what was done inside, to who is next.
//   PG2: enter_or_wait()'s CAS, call()'s RMW -> take_waiting(): the token, with its value; what was told before the call.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What can wait in a gate.
struct gate_waiter {
    gate_waiter* next = nullptr; // of who holds it
};

/// One word: who enters, who waits and who leaves change the same one, so each knows what came before it.
///   Who may enter: the CAS from 0, by one thread.
///   No token is lost: it is in the word, or with who took it out; leave() fails as long as the word holds one.
///   None waits for ever: the word holds tokens only while a thread is inside, which leaves by a CAS that finds none.
class serial_gate {
public:
    serial_gate() noexcept = default;
    serial_gate(const serial_gate&) = delete;
    serial_gate& operator=(const serial_gate&) = delete;

    /// True: the caller is inside now. False: the token waits, and is not the caller's any more.
    bool enter_or_wait(gate_waiter& token) noexcept {
        std::uintptr_t seen = word_.load(relaxed); // the CAS decides
        for (;;) {
            if (seen == open) {
                if (word_.compare_exchange(seen, inside, acq_rel)) return true; // sync(PG1) acquire: all before
            } else {
                token.next = first_of(seen);
                const std::uintptr_t waits = reinterpret_cast<std::uintptr_t>(&token) | (seen & flags);
                if (word_.compare_exchange(seen, waits, acq_rel)) return false; // sync(PG2) release: the token
            }
        }
    }
    /// True: the caller is inside now. False: who is inside will not leave before it has come by take_waiting().
    bool call() noexcept {
        // sync(PG2) release: what the caller wants seen. sync(PG1) acquire: if it is inside, all before
        return word_.fetch_or(inside | called, acq_rel) == open;
    }
    bool has_waiting() const noexcept { return word_.load(relaxed) != inside; } // stale: found when it leaves
    /// Returns: what has come since the last time, the last one first; linked by next.
    gate_waiter* take_waiting() noexcept {
        return first_of(word_.exchange(inside, acq_rel)); // sync(PG2) acquire: the tokens
    }
    /// False: something has come.
    bool leave() noexcept {
        std::uintptr_t expected = inside;
        return word_.compare_exchange(expected, open, acq_rel); // sync(PG1) release: what was done inside
    }

private:
    static constexpr std::uintptr_t open = 0, inside = 1, called = 2, flags = inside | called;

    static gate_waiter* first_of(std::uintptr_t word) noexcept { return reinterpret_cast<gate_waiter*>(word & ~flags); }

    atomic<std::uintptr_t> word_{open};
};
static_assert(alignof(gate_waiter) >= 4, "the flags have two bits");

} // namespace detail
PEL_NAMESPACE_END
