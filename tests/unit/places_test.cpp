// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
// Where a pool's threads are: bound as its options say, and counted by how far apart they are.
#include <pel/detail/core/seat_shares.hpp>
#include <pel/detail/platform/current_cpu.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/thread_pool.hpp>
#include <pel/topology.hpp>

#include "support/numbered_job.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#ifndef PEL_NO_HWLOC
namespace places_test {

using pel::thread_pool;
using pel::thread_pool_options;
using pel::detail::cpu_mask;

std::uint64_t sum_of(const std::uint64_t (&tiers)[pel::pool_stats::most_tiers]) {
    std::uint64_t sum = 0;
    for (const std::uint64_t each : tiers) sum += each;
    return sum;
}

/// Runs one body on each of `count` threads at the same time.
template <class Body>
void on_each_thread(thread_pool& pool, unsigned count, const Body& body) {
    std::atomic<unsigned> arrived{0};
    pel::parallel_for(pel::par.on(pool).grain(1), 0U, count, [&](unsigned i) {
        ++arrived;
        while (arrived < count) std::this_thread::yield();
        body(i);
    });
}

thread_pool_options on_machine(const char* description) {
    thread_pool_options options;
    options.topology = pel::topology::from_synthetic(description);
    options.concurrency = options.topology.concurrency();
    return options;
}

TEST(places, steals_and_wakes_are_counted_by_how_far_apart_the_threads_are) {
    thread_pool_options options = on_machine("numa:2 l3:2 core:2 pu:1");
    options.spin = std::chrono::nanoseconds(0); // so that some sleep, and are woken
    thread_pool pool(std::move(options));
    const pel_test::watchdog guard(pool);
    for (unsigned round = 0; round < 20 || sum_of(pool.stats().wakes_by_tier) == 0; ++round)
        on_each_thread(pool, 8, [](unsigned) {});
    EXPECT_EQ(pool.tiers(), (std::vector<std::string>{"L3", "node", "remote 20"}));
    const pel::pool_stats stats = pool.stats();
    EXPECT_EQ(sum_of(stats.stolen_by_tier), stats.stolen);
    EXPECT_GT(stats.stolen_by_tier[0], 0U);
    EXPECT_GT(stats.stolen_by_tier[2], 0U) << "work begins on one node, and eight threads had to take part";
    EXPECT_GT(sum_of(stats.wakes_by_tier), 0U);
    EXPECT_LE(sum_of(stats.wakes_by_tier), stats.wakes);
}

/// Waits until all that was submitted has run, and is counted.
void await_submissions(thread_pool& pool) {
    pel_test::await([&] { return sum_of(pool.stats().injected_by_tier) == pool.stats().injected; });
}

TEST(places, submitted_jobs_are_counted_by_how_far_from_the_submitter_they_ran) {
    std::atomic<unsigned> arrived{0}; // a job that is counted may still look at it
    thread_pool pool(on_machine("numa:2 core:2 pu:1"));
    const pel_test::watchdog guard(pool);
    on_each_thread(pool, 4, [](unsigned) {}); // the machine is known
    std::thread submitter([&] {
        cpu_mask here;
        here.insert(pel::detail::current_cpu());
        pel::detail::set_thread_affinity(here); // so that it stays on one node, whichever the description says
        for (unsigned i = 0; i < 4; ++i) {
            pool.post([&] {
                ++arrived;
                while (arrived < 4) std::this_thread::yield(); // each runs on a thread of its own
            });
        }
        await_submissions(pool);
    });
    submitter.join();
    EXPECT_EQ(pool.tiers().size(), 2U);
    const pel::pool_stats stats = pool.stats();
    EXPECT_EQ(stats.injected_by_tier[0], 2U);
    EXPECT_EQ(stats.injected_by_tier[1], 2U);
}

TEST(places, a_worker_of_a_larger_pool_may_run_what_was_submitted) {
    thread_pool pool(on_machine("numa:2 core:2 pu:1"));
    const pel_test::watchdog guard(pool);
    on_each_thread(pool, 4, [](unsigned) {}); // the machine is known
    pel::detail::worker* const other = pel::detail::record_table::take();
    ASSERT_NE(other, nullptr);
    other->counts.reset();
    for (const unsigned seat : {4U, 1U << 30}) {
        other->seat.store(seat, pel::detail::relaxed);
        pel::detail::pool_access::core(pool).count_injected(*other, 3);
    }
    other->seat.store(0, pel::detail::relaxed);
    pel::detail::pool_access::core(pool).count_injected(*other, 4);
    EXPECT_EQ(other->counts.injected_by_tier[0].get(), 3U);
    pel::detail::record_table::give(*other);
}

TEST(places, what_is_submitted_on_any_node_is_run) {
    std::atomic<unsigned> ran{0}, listed{0};
    thread_pool pool(on_machine("package:2 numa:2 core:1 pu:1"));
    const pel_test::watchdog guard(pool);
    const unsigned each = static_cast<unsigned>(pel_test::scaled(10'000));
    on_each_thread(pool, 4, [&](unsigned) {
        for (unsigned i = 0; i < each; ++i) {
            const auto detached = pool.submit([&] { ++ran; }).then([&] { ++ran; });
            if (i % 100 == 0) pool.submit([&] { ++ran; }).get();
        }
    });
    pel::task_group group(pool);
    for (unsigned i = 0; i < 100; ++i) group.run([&] { group.run([&] { ++listed; }); }); // begun outside the pool
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(listed, 100U);
    const unsigned all = 4 * (2 * each + (each + 99) / 100);
    pel_test::await([&] { return ran == all; }); // what is to follow a job is submitted after that was counted
    await_submissions(pool);
    EXPECT_EQ(ran, all);
    EXPECT_EQ(pool.stats().injected, ran);
}

TEST(places, who_finds_no_work_submitted_on_the_own_node_looks_on_near_nodes_first) {
    const thread_pool pool(on_machine("package:2 numa:2 core:1 pu:1"));
    pel::detail::scheduler& core = pel::detail::pool_access::core(pool);
    ASSERT_NE(core.plan_before_work(), nullptr);
    for (unsigned near = 0; near < 4; ++near) {
        std::deque<pel_test::numbered_job> jobs;
        for (unsigned at = 0; at < 4; ++at) core.shared().push(jobs.emplace_back(at).entry, at); // nobody is woken
        std::vector<std::size_t> order;
        while (const auto slot = core.shared().try_pop(near)) order.push_back(pel_test::number_of(slot));
        ASSERT_EQ(order.size(), 4U);
        EXPECT_EQ(order[0], near);
        EXPECT_EQ(order[1], near ^ 1U) << "of the same package";
    }
}

TEST(places, a_pools_first_thread_reads_the_machine_not_who_has_it_started) {
    struct reading {
        std::atomic<int> plans{0};
        std::thread::id by;
    } seen;
    pel::detail::scheduler_config config;
    config.seats = config.max_threads = 2;
    config.stack_size = std::size_t{1} << 20;
    config.context = &seen;
    config.wants_plan = [](void*, bool before_work) { return before_work; };
    config.make_plan = [](void* context) -> const pel::detail::seat_plan* {
        static_cast<reading*>(context)->by = std::this_thread::get_id();
        ++static_cast<reading*>(context)->plans;
        return nullptr;
    };
    pel::detail::scheduler core(config);
    const pel_test::watchdog guard;
    {
        const pel::detail::foreign_call call(core);
        pel::parallel_invoke([&] { pel_test::await([&] { return seen.plans == 1; }); }, [] {});
    }
    core.stop();
    EXPECT_EQ(seen.plans, 1);
    EXPECT_NE(seen.by, std::this_thread::get_id());
}

/// Two fast cores of two threads, four slow ones of one; nobody is bound.
thread_pool_options on_hybrid_machine() {
    thread_pool_options options;
    options.topology =
        pel::topology::from_xml(std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data/hybrid.xml");
    options.concurrency = options.topology.concurrency();
    return options;
}

/// Where the shares of so many items begin, and the last ends.
std::vector<std::uint64_t> begins(const thread_pool& pool, std::uint64_t size, unsigned shares) {
    const pel::detail::seat_shares cuts(pel::detail::pool_access::core(pool), size, shares);
    std::vector<std::uint64_t> all;
    for (unsigned share = 0; share <= shares; ++share) all.push_back(cuts.begin(share));
    return all;
}

const std::vector<std::uint64_t> eight_shares{0, 250, 500, 750, 1000, 1200, 1400, 1600, 1800};

TEST(places, shares_are_as_large_as_what_their_seats_can_do) {
    for (const pel::binding how : {pel::binding::automatic, pel::binding::core, pel::binding::none}) {
        thread_pool_options options = on_hybrid_machine();
        options.binding = how;
        const thread_pool pool(std::move(options));
        EXPECT_EQ(begins(pool, 1800, 8), eight_shares);
        EXPECT_EQ(begins(pool, 1800, 2), (std::vector<std::uint64_t>{0, 1000, 1800}));
    }
}

TEST(places, shares_stay_the_same_when_the_pool_has_read_its_machine) {
    thread_pool_options uneven = on_machine("core:8 pu:4"); // alike, but some have more seats than others
    uneven.concurrency = 20;
    thread_pool_options hybrid = on_hybrid_machine();
    hybrid.concurrency = 20;
    for (thread_pool_options* const each : {&uneven, &hybrid}) {
        each->spin = std::chrono::nanoseconds(0);
        thread_pool pool(std::move(*each));
        const pel_test::watchdog guard(pool);
        const pel::detail::scheduler& core = pel::detail::pool_access::core(pool);
        const std::vector<std::uint64_t> before = begins(pool, 1'000'000, 20);
        EXPECT_FALSE(core.has_places());
        while (!core.has_places()) on_each_thread(pool, 2, [](unsigned) {}); // who sleeps reads it first
        EXPECT_EQ(begins(pool, 1'000'000, 20), before);
    }
}

TEST(places, shares_are_the_same_for_all_who_come_while_the_machine_is_read) {
    for (std::size_t round = 0; round < pel_test::scaled(200); ++round) {
        thread_pool_options options = on_hybrid_machine();
        options.binding = pel::binding::core;
        const thread_pool pool(std::move(options));
        std::atomic<unsigned> arrived{0};
        std::vector<std::vector<std::uint64_t>> seen(3);
        std::vector<std::thread> threads;
        for (std::vector<std::uint64_t>& each : seen) {
            threads.emplace_back([&pool, &arrived, &each] {
                ++arrived;
                while (arrived < 3) std::this_thread::yield();
                each = begins(pool, 1800, 8);
            });
        }
        for (std::thread& each : threads) each.join();
        for (const std::vector<std::uint64_t>& each : seen) ASSERT_EQ(each, eight_shares);
    }
}

TEST(places, without_a_word_about_the_machine_all_is_of_one_tier) {
    thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    on_each_thread(pool, 2, [](unsigned) {});
    pool.submit([] {}).get();
    await_submissions(pool);
    const pel::pool_stats stats = pool.stats();
    if (pool.tiers().empty()) { // else this machine has several nodes
        EXPECT_EQ(stats.stolen_by_tier[0], stats.stolen);
        EXPECT_EQ(stats.injected_by_tier[0], 1U);
    }
    EXPECT_EQ(sum_of(stats.stolen_by_tier), stats.stolen);
}

TEST(places, a_large_pool_of_threads_that_are_not_bound_knows_who_is_near) {
    thread_pool_options options;
    options.concurrency = 24;
    options.spin = std::chrono::nanoseconds(0); // sleeps, and so reads the machine, soon
    thread_pool pool(std::move(options));
    const pel_test::watchdog guard(pool);
    while (pool.stats().parks < 24) on_each_thread(pool, 24, [](unsigned) {});
    std::atomic<std::uint64_t> sum{0};
    pel::parallel_for(pel::par.on(pool).grain(1), 0U, 10'000U, [&](unsigned i) { sum += i; });
    EXPECT_EQ(sum, 49'995'000U);
    const pel::pool_stats stats = pool.stats();
    EXPECT_EQ(sum_of(stats.stolen_by_tier), stats.stolen);
}

/// The masks of the pool's threads, the caller's left out.
std::set<std::string> masks_of(thread_pool& pool, unsigned threads) {
    std::set<std::string> masks;
    std::mutex guard;
    const std::thread::id caller = std::this_thread::get_id();
    on_each_thread(pool, threads, [&](unsigned) {
        if (std::this_thread::get_id() == caller) return;
        const std::lock_guard lock(guard);
        masks.insert(pel::detail::to_cpu_list(pel::detail::read_thread_affinity()));
    });
    return masks;
}

TEST(places, binding_core_gives_each_thread_a_core) {
    thread_pool_options options;
    options.binding = pel::binding::core;
    options.concurrency = static_cast<unsigned>(options.topology.cores().size());
    if (options.concurrency < 2) GTEST_SKIP() << "one core, or none that is known";
    std::set<std::string> cores;
    for (const pel::core& each : options.topology.cores()) {
        cpu_mask mask;
        for (const pel::pu& one : each.pus()) mask.insert(one.os_index());
        cores.insert(pel::detail::to_cpu_list(mask));
    }
    const unsigned threads = options.concurrency;
    thread_pool pool(std::move(options));
    const pel_test::watchdog guard(pool);
    for (const std::string& each : masks_of(pool, threads)) EXPECT_TRUE(cores.count(each)) << each;
    EXPECT_EQ(pel::detail::read_thread_affinity(), pel::detail::read_process_affinity()) << "the caller is left alone";
}

/// A loop of an item for each core, in a pool that has run something before, or not.
void expect_cores_again(bool has_threads) {
    thread_pool_options options;
    options.binding = pel::binding::core;
    options.concurrency = static_cast<unsigned>(options.topology.cores().size());
    const auto this_core = [machine = options.topology] {
        const unsigned cpu = pel::detail::current_cpu();
        for (const pel::core& each : machine.cores()) {
            for (const pel::pu& one : each.pus()) {
                if (one.os_index() == cpu) return each.logical_index();
            }
        }
        return ~0U;
    };
    struct visit {
        std::thread::id thread;
        unsigned core = 0;
    };
    const unsigned threads = options.concurrency;
    thread_pool pool(std::move(options));
    const pel_test::watchdog guard(pool);
    const auto may_differ = [&] { return pool.stats().threads_started >= threads; }; // another may stand in for one
    if (has_threads) on_each_thread(pool, threads, [](unsigned) {});
    pel::affinity where;
    const auto call = [&] {
        std::vector<visit> visits(threads);
        std::atomic<unsigned> arrived{0};
        pel::parallel_for(pel::par.on(pool).replay(where), 0U, threads, [&](unsigned i) {
            visits[i] = {std::this_thread::get_id(), this_core()};
            ++arrived;
            while (arrived < threads) std::this_thread::yield();
        });
        return visits;
    };
    const std::vector<visit> first = call();
    std::set<unsigned> cores;
    for (const visit& each : first) cores.insert(each.core);
    if (has_threads) {
        EXPECT_TRUE(may_differ() || cores.size() == threads) << "the caller goes where no thread is";
    }
    for (int round = 0; round < 20; ++round) {
        const std::vector<visit> again = call();
        const bool is_again = !may_differ();
        for (unsigned i = 0; i < threads; ++i) {
            EXPECT_TRUE(!is_again || again[i].thread == first[i].thread) << i;
            EXPECT_TRUE(again[i].thread != first[i].thread || again[i].core == first[i].core) << i;
        }
    }
}

TEST(places, bound_to_cores_each_item_of_a_replayed_loop_comes_back_to_its_core) {
    if (pel::topology::discover().cores().size() < 2) GTEST_SKIP() << "one core, or none that is known";
    expect_cores_again(false);
    expect_cores_again(true);
}

TEST(places, binding_none_leaves_all_threads_free) {
    thread_pool_options options;
    options.binding = pel::binding::none;
    options.concurrency = 3;
    thread_pool pool(std::move(options));
    const pel_test::watchdog guard(pool);
    EXPECT_EQ(masks_of(pool, 3), std::set<std::string>{pel::detail::to_cpu_list(pel::detail::read_process_affinity())});
}

TEST(places, a_hook_may_bind_its_thread_as_it_likes) {
    thread_pool_options options;
    options.binding = pel::binding::core;
    options.concurrency = 2;
    cpu_mask one;
    one.insert(options.topology.pus()[0].os_index());
    options.on_worker_start = [&one](unsigned) { pel::detail::set_thread_affinity(one); };
    thread_pool pool(std::move(options));
    const pel_test::watchdog guard(pool);
    EXPECT_EQ(masks_of(pool, 2), std::set<std::string>{pel::detail::to_cpu_list(one)});
}

TEST(places, seats_can_be_asked_for) {
    const thread_pool pool(on_machine("numa:2 core:2 pu:1"));
    const std::vector<pel::seat_place> seats = pool.places();
    ASSERT_EQ(seats.size(), 4U);
    for (unsigned seat = 0; seat < 4; ++seat) {
        EXPECT_EQ(seats[seat].pu, seat);
        EXPECT_EQ(seats[seat].node, seat / 2);
        EXPECT_EQ(seats[seat].bound_to, pel::binding::numa_node);
    }
    EXPECT_EQ(pool.tiers(), (std::vector<std::string>{"node", "remote 20"}));
    EXPECT_EQ(pool.tier(0, 1), 0U);
    EXPECT_EQ(pool.tier(1, 2), 1U);
}

TEST(places, without_smt_there_is_a_seat_for_each_core) {
    ::unsetenv("PEL_NUM_THREADS");
    thread_pool_options options;
    options.topology = pel::topology::from_synthetic("core:3 pu:2");
    EXPECT_EQ(thread_pool(options).concurrency(), 6U);
    options.smt = false;
    EXPECT_EQ(thread_pool(options).concurrency(), 3U);
}

} // namespace places_test
#endif
