// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
// Threads and tasks that share all kinds of locks, flags and hazard pointers, more of them than the machine has CPUs.
#include <pel/parallel_for.hpp>
#include <pel/sync/call_once.hpp>
#include <pel/sync/hazard_pointer.hpp>
#include <pel/sync/numa_mutex.hpp>
#include <pel/sync/queuing_mutex.hpp>
#include <pel/sync/spin_mutex.hpp>
#include <pel/task_group.hpp>

#include "support/described_machine.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <barrier>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace locks_test {

/// A counter that a race would spoil.
template <class Mutex>
struct guarded {
    Mutex mutex;
    unsigned long count = 0;

    template <class... Arguments>
    explicit guarded(const Arguments&... arguments) : mutex(arguments...) {}

    template <class Inside>
    void add(Inside&& inside) {
        const std::lock_guard hold(mutex);
        const unsigned long before = count;
        inside();
        count = before + 1;
    }
};

struct value : pel::hazard_pointer_obj_base<value> {
    unsigned long first, second;
    explicit value(unsigned long both) : first(both), second(both) {}
    ~value() { second = ~first; }
};

/// Everything that is shared.
struct shared_things {
    static constexpr unsigned long flags = 256;

    guarded<pel::spin_mutex> spin;
    guarded<pel::queuing_mutex> queuing;
    guarded<pel::numa_mutex> numa;
    guarded<pel::numa_mutex> numa_described{pel_test::described_topology("numa:64 pu:1")};
    std::array<pel::once_flag, flags> once;
    std::array<int, flags> made{};
    std::array<std::atomic<int>, flags> tried{};
    std::atomic<value*> latest{new value(0)};
    std::atomic<unsigned long> wrong{0};

    ~shared_things() { latest.load()->retire(); }

    unsigned long counted() const { return spin.count + queuing.count + numa.count + numa_described.count; }

    void read_or_replace(unsigned long number) {
        if (number % 4 == 0) {
            latest.exchange(new value(number), std::memory_order_acq_rel)->retire();
            return;
        }
        pel::hazard_pointer hazard = pel::make_hazard_pointer();
        const value* const found = hazard.protect(latest);
        if (number % 16 == 1) std::this_thread::yield();
        if (found->first != found->second) ++wrong;
    }
    /// The first try fails for every third flag. `nests`: the call may wait for work of its own.
    void call(unsigned long number, bool nests) {
        const unsigned long flag = number % flags;
        try {
            pel::call_once(once[flag], [&] {
                if (tried[flag]++ == 0 && flag % 3 == 0) throw number;
                if (nests && flag % 8 == 0) pel::parallel_for(0, 8, [](int) {});
                ++made[flag];
            });
            if (made[flag] != 1) ++wrong;
        } catch (unsigned long thrown) {
            if (thrown != number) ++wrong;
        }
    }
    /// One step, of a thread or task. `number` says what is done, `nests`: whether who holds a lock may wait for work.
    void step(unsigned long number, bool nests = true) {
        const auto inside = [number, nests] {
            if (number % 32 == 0) std::this_thread::yield();
            if (nests && number % 64 == 7) pel::parallel_for(0, 4, [](int) {});
            if (number % 128 == 9) pel::blocking([] { std::this_thread::yield(); });
        };
        switch (number / 1024 % 4) {
        case 0: spin.add(inside); break;
        case 1: queuing.add(inside); break;
        case 2: numa.add(inside); break;
        default: numa_described.add(inside); break;
        }
        read_or_replace(number / 8);
        call(number / 16, nests);
    }
};

class locks_on : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(locks_on);

unsigned long new_seed() {
    const unsigned long seed = std::random_device{}();
    testing::Test::RecordProperty("seed", std::to_string(seed));
    std::printf("seed %lu\n", seed);
    return seed;
}

TEST_P(locks_on, stress_threads_share_them) {
    const unsigned long rounds = pel_test::scaled(600), seed = new_seed();
    shared_things all;
    std::barrier start(static_cast<std::ptrdiff_t>(GetParam()));
    std::vector<std::jthread> team;
    for (unsigned t = 0; t < GetParam(); ++t) {
        team.emplace_back([&, t] {
            std::mt19937 random(static_cast<std::mt19937::result_type>(seed + t));
            start.arrive_and_wait();
            for (unsigned long round = 0; round < rounds; ++round) all.step(random());
        });
    }
    team.clear();
    EXPECT_EQ(all.counted(), rounds * GetParam());
    EXPECT_EQ(all.wrong, 0U);
}

// All tasks of a loop may wait for a lock at once, and so use up the pool's threads. Then a thread that waits runs whatever
// there is (contract promise 2 before 3), also while it holds a lock: so nobody waits for work there.
TEST_P(locks_on, stress_more_tasks_than_threads_share_them) {
    const unsigned long rounds = pel_test::scaled(2'000), seed = new_seed();
    shared_things all;
    pel::parallel_for(pel::par.on(pool).grain(4), 0UL, rounds, [&](unsigned long round) {
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed + round));
        all.step(random(), false);
    });
    EXPECT_EQ(all.counted(), rounds);
    EXPECT_EQ(all.wrong, 0U);
    pel_test::expect_balanced(pool);
}

TEST_P(locks_on, stress_tasks_and_threads_share_them) {
    const unsigned long rounds = pel_test::scaled(300), seed = new_seed();
    shared_things all;
    std::vector<std::jthread> team;
    pel::task_group group(pool);
    for (unsigned t = 0; t < 2 * GetParam(); ++t) {
        const auto work = [&, t] {
            std::mt19937 random(static_cast<std::mt19937::result_type>(seed + t));
            for (unsigned long round = 0; round < rounds; ++round) all.step(random());
        };
        if (t % 2 == 0)
            team.emplace_back(work);
        else
            group.run(work);
    }
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    team.clear();
    EXPECT_EQ(all.counted(), 2 * GetParam() * rounds);
    EXPECT_EQ(all.wrong, 0U);
    pel_test::expect_balanced(pool);
}

/// Two at a time hand a turn to and fro, under a lock: a lost wake-up is a hang.
template <class Mutex>
void play(pel::thread_pool& pool, unsigned pairs, unsigned long rounds) {
    struct game {
        Mutex mutex;
        unsigned long turn = 0;
    };
    std::deque<game> games(pairs);
    pel::task_group group(pool);
    for (unsigned n = 0; n < 2 * pairs; ++n) {
        group.run([&games, n, rounds] {
            game& mine = games[n / 2];
            for (unsigned long next = n % 2; next < rounds;) {
                {
                    const std::lock_guard hold(mine.mutex);
                    if (mine.turn == next) {
                        ++mine.turn;
                        next += 2;
                        continue;
                    }
                }
                pel::blocking([] { std::this_thread::yield(); }); // the other may need this seat
            }
        });
    }
    ASSERT_EQ(group.wait(), pel::group_status::completed);
    for (const game& each : games) ASSERT_EQ(each.turn, rounds);
}

TEST_P(locks_on, no_starvation_of_tasks_that_wait_for_their_turn) {
    const unsigned long rounds = pel_test::scaled(150) + 1;
    play<pel::spin_mutex>(pool, 3, rounds);
    play<pel::queuing_mutex>(pool, 3, rounds);
    play<pel::numa_mutex>(pool, 3, rounds);
    pel_test::expect_balanced(pool);
}

} // namespace locks_test
