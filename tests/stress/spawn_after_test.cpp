// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
// Random graphs of tasks that begin after others, made by several threads at once, while tasks run, get further
// predecessors, hand over their successors, fail and are cancelled. Checked: that each began after all that it named, by
// what it sees of them and by a clock of all; and which ran at all.
#include <pel/graph/spawn_after.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace spawn_after_test {

using pel::task_ref;

constexpr std::size_t none = ~std::size_t{0};

/// What may go wrong in a graph: of 100 tasks so many fail, or are to be cancelled.
struct mishaps {
    unsigned failures = 0;
    unsigned cancellations = 0;
};

/// A graph that grows. Any thread makes tasks in it.
class random_tasks {
public:
    random_tasks(pel::thread_pool& pool, unsigned seed, std::size_t size, mishaps chances)
        : pool_(pool), seed_(seed), chances_(chances), all_(size) {}

    /// Makes tasks until there are enough, and changes and awaits others in between.
    void make(unsigned maker) {
        std::minstd_rand random(seed_ + maker);
        for (std::size_t number = next_++; number < all_.size(); number = next_++) {
            spawn(number, random);
            if (random() % 3 == 0) add_predecessor(some(random), some(random));
            if (random() % 100 < chances_.cancellations) cancel(some(random));
            if (random() % 16 == 0) all_[some(random)].handle.wait();
        }
    }
    /// All makers have returned.
    void await_all() const {
        for (const task& each : all_) each.handle.wait();
    }
    std::size_t count_wrong() {
        std::size_t wrong = wrong_seen_;
        for (std::size_t i = 0; i != all_.size(); ++i) {
            const task& it = all_[i];
            const bool is_to_run = !it.is_cancelled && completes_all_before(i);
            if (it.has_run() != is_to_run) ++wrong;
            if (!it.has_run()) continue;
            for (const std::size_t each : it.before) wrong += last_end_of(each) < it.begin ? 0 : 1;
            for (const std::size_t each : it.added_before) wrong += last_end_of(each) < it.begin ? 0 : 1;
        }
        return wrong;
    }
    std::size_t additions() const { return additions_; }
    std::size_t hand_overs() const { return hand_overs_; }

private:
    struct task {
        std::atomic<bool> is_there{false};
        task_ref handle;
        std::vector<std::size_t> before;       // named when it was made
        std::vector<std::size_t> added_before; // guarded by added_
        bool is_cancelled = false;             // likewise
        // Written by the task, read by those after it.
        std::size_t begin = 0, end = 0;
        std::size_t hands_over_to = none;
        bool fails = false;
        // Of the check.
        std::optional<bool> completes;

        bool has_run() const noexcept { return begin != 0; }
    };

    /// A task that is there. The first is made before anybody asks.
    std::size_t some(std::minstd_rand& random) const {
        const std::size_t so_far = std::min(next_.load(), all_.size());
        std::size_t number = random() % so_far;
        while (number != 0 && !all_[number].is_there.load()) number = random() % (number + 1);
        pel_test::await([&] { return all_[number].is_there.load(); });
        return number;
    }
    void spawn(std::size_t number, std::minstd_rand& random) {
        task& it = all_[number];
        std::vector<task_ref> handles;
        for (std::size_t count = number == 0 ? 0 : random() % 6; count != 0; --count) {
            it.before.push_back(some_but(number, random));
            handles.push_back(all_[it.before.back()].handle);
        }
        it.handle = pel::spawn_after(pool_, handles, [this, number] { run(number); });
        it.is_there = true;
    }
    std::size_t some_but(std::size_t number, std::minstd_rand& random) const {
        for (;;) {
            const std::size_t other = random() % number; // those below are there, or about to be
            if (other == 0 || all_[other].is_there.load()) {
                pel_test::await([&] { return all_[other].is_there.load(); });
                return other;
            }
        }
    }
    void add_predecessor(std::size_t to, std::size_t first) {
        try {
            if (!all_[to].handle.add_predecessor(all_[first].handle)) return;
            ++additions_;
            const std::lock_guard hold(added_);
            all_[to].added_before.push_back(first);
        } catch (const std::logic_error&) { // a cycle: it says so, and changes nothing
        }
    }
    void cancel(std::size_t which) {
        if (!all_[which].handle.cancel()) return;
        const std::lock_guard hold(added_);
        all_[which].is_cancelled = true;
    }

    void run(std::size_t number) {
        task& it = all_[number];
        it.begin = ++clock_;
        for (const std::size_t each : it.before) {
            for (std::size_t at = each; at != none; at = all_[at].hands_over_to) wrong_seen_ += all_[at].end == 0;
        }
        std::minstd_rand random(seed_ + 1'000 + static_cast<unsigned>(number));
        if (random() % 8 == 0) hand_over(it, some(random));
        it.fails = random() % 100 < chances_.failures;
        it.end = ++clock_;
        if (it.fails) throw std::out_of_range("a task");
    }
    void hand_over(task& it, std::size_t other) {
        try {
            pel::hand_over_successors(all_[other].handle);
            it.hands_over_to = other;
            ++hand_overs_;
        } catch (const std::logic_error&) { // it waits for this one
        }
    }

    /// When a task was done, by the clock.
    std::size_t last_end_of(std::size_t number) const {
        std::size_t last = 0;
        for (std::size_t at = number; at != none; at = all_[at].hands_over_to) last = std::max(last, all_[at].end);
        return last;
    }
    bool completes_all_before(std::size_t number) {
        const auto does = [this](std::size_t each) { return completes(each); };
        const task& it = all_[number];
        return std::all_of(it.before.begin(), it.before.end(), does) &&
               std::all_of(it.added_before.begin(), it.added_before.end(), does);
    }
    bool completes(std::size_t number) {
        task& it = all_[number];
        if (!it.completes)
            it.completes = !it.is_cancelled && completes_all_before(number) && !it.fails &&
                           (it.hands_over_to == none || completes(it.hands_over_to));
        return *it.completes;
    }

    pel::thread_pool& pool_;
    const unsigned seed_;
    const mishaps chances_;
    std::deque<task> all_;
    std::atomic<std::size_t> next_{0}, clock_{0}, additions_{0}, hand_overs_{0}, wrong_seen_{0};
    std::mutex added_;
};

class spawn_after_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(spawn_after_on);

/// Threads from outside and tasks of the pool make graphs together.
void make_graphs(const pel_test::pool_shape& shape, mishaps chances) {
    pel::thread_pool pool(pel_test::options_of(shape));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::size_t additions = 0;
    std::size_t hand_overs = 0;
    for (unsigned round = 0; round < pel_test::scaled(60); ++round) {
        random_tasks tasks(pool, seed + round * 10'000, 300, chances);
        std::vector<std::thread> threads;
        for (unsigned maker = 0; maker < 2; ++maker) threads.emplace_back([&, maker] { tasks.make(maker); });
        auto inside = pool.submit([&] { tasks.make(2); });
        tasks.make(3);
        inside.get();
        for (std::thread& thread : threads) thread.join();
        tasks.await_all();
        ASSERT_EQ(tasks.count_wrong(), 0U) << round;
        additions += tasks.additions();
        hand_overs += tasks.hand_overs();
    }
    EXPECT_GT(additions, 0U);
    EXPECT_GT(hand_overs, 0U);
    pel_test::expect_balanced(pool);
}

TEST_P(spawn_after_on, stress_of_graphs_that_several_threads_make) { make_graphs(GetParam(), {}); }

TEST_P(spawn_after_on, stress_of_graphs_of_which_tasks_fail_and_are_cancelled) {
    make_graphs(GetParam(), {.failures = 2, .cancellations = 5});
}

/// Many threads wait for the ends of chains that hand over to each other.
TEST_P(spawn_after_on, stampede_of_threads_that_wait_for_the_same_tasks) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<std::size_t> wrong{0};
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        std::atomic<std::size_t> runs{0};
        task_ref last = pel::spawn_after(pool, {}, [] {});
        std::vector<task_ref> chain;
        for (int i = 0; i < 40; ++i) {
            const task_ref inner = pel::spawn_after(pool, {last}, [&] { ++runs; });
            last = pel::spawn_after(pool, {last}, [&runs, inner] {
                pel::hand_over_successors(inner);
                ++runs;
            });
            chain.push_back(last);
        }
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; ++t) {
            threads.emplace_back([&] {
                chain.back().wait();
                wrong += runs == 80 ? 0 : 1;
            });
        }
        chain[20].wait();
        wrong += runs >= 42 ? 0 : 1;
        for (std::thread& thread : threads) thread.join();
    }
    EXPECT_EQ(wrong, 0U);
    pel_test::expect_balanced(pool);
}

} // namespace spawn_after_test
