// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two threads that hand over to each other, by primitives with std's names.
#pragma once

#include "support/serial_loops.hpp"
#include "workload.hpp"

#include <mutex>
#include <thread>

namespace workload {

// What is between two parties: wake(party) and wait(party).

template <class Semaphore>
struct semaphores {
    Semaphore first{0}, second{0};

    Semaphore& of(unsigned party) { return party == 0 ? first : second; }
    void wake(unsigned party) { of(party).release(); }
    void wait(unsigned party) { of(party).acquire(); }
};

template <class Mutex, class Condition>
struct condition {
    Mutex mutex{};
    Condition changed{};
    unsigned turn = 0;

    void wake(unsigned party) {
        {
            const std::lock_guard lock(mutex);
            turn = party;
        }
        changed.notify_one();
    }
    void wait(unsigned party) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return turn == party; });
    }
};

/// One party's part: whoever it is, the first one begins.
template <class Between>
void take_turns(Between& between, turns& all, unsigned party, std::uint32_t rounds) {
    for (std::uint32_t round = 0; round != rounds; ++round) {
        if (party != 0 || round != 0) between.wait(party);
        all.take(party);
        between.wake(1 - party);
    }
}

template <class Between>
bool register_threads(const char* form, const char* runtime) {
    return register_turns<bench::this_thread>(form, runtime, 2, rounds_of_threads,
                                              [](bench::this_thread&, std::uint32_t rounds) {
                                                  Between between;
                                                  turns all(rounds);
                                                  std::thread other([&] { take_turns(between, all, 1, rounds); });
                                                  take_turns(between, all, 0, rounds);
                                                  other.join();
                                                  return all.seconds();
                                              });
}

} // namespace workload
