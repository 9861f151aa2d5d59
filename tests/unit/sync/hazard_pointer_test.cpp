// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/parallel_for.hpp>
#include <pel/sync/hazard_pointer.hpp>
#include <pel/task_group.hpp>

#include "support/forbidden_call.hpp"
#include "support/own_process.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

namespace hazard_pointer_test {

using pel::hazard_pointer;
using pel::make_hazard_pointer;

static_assert(std::is_nothrow_move_constructible_v<hazard_pointer> &&
              std::is_nothrow_move_assignable_v<hazard_pointer>);
static_assert(!std::is_copy_constructible_v<hazard_pointer> && !std::is_copy_assignable_v<hazard_pointer>);

struct counted : pel::hazard_pointer_obj_base<counted> {
    static inline std::atomic<long> alive{0};
    static constexpr int is_alive = 0x600d;

    int value;
    int mark = is_alive;

    explicit counted(int its_value = 0) : value(its_value) { ++alive; }
    ~counted() {
        mark = 0;
        --alive;
    }
};
static_assert(sizeof(pel::hazard_pointer_obj_base<counted>) == 2 * sizeof(void*), "std::default_delete has no state");

/// Frees what can be freed now: a thread that has retired something does so when it ends.
void reclaim_now() {
    std::jthread([] { (new counted)->retire(); });
}

TEST(hazard_pointer, is_empty_unless_made_and_can_be_moved_and_swapped) {
    hazard_pointer none;
    EXPECT_TRUE(none.empty());
    hazard_pointer one = make_hazard_pointer();
    EXPECT_FALSE(one.empty());
    hazard_pointer other(std::move(one));
    EXPECT_TRUE(one.empty()); // NOLINT(*-use-after-move)
    EXPECT_FALSE(other.empty());
    one.swap(other);
    EXPECT_FALSE(one.empty());
    swap(one, none);
    EXPECT_TRUE(one.empty());
    EXPECT_FALSE(none.empty());
    none = std::move(other);
    EXPECT_TRUE(none.empty());
}

TEST(hazard_pointer, what_it_protects_lives_until_it_protects_something_else) {
    const pel_test::watchdog guard;
    reclaim_now();
    const long before = counted::alive;
    std::atomic<counted*> source{new counted(1)};
    hazard_pointer hazard = make_hazard_pointer();
    counted* const found = hazard.protect(source);
    EXPECT_EQ(found->value, 1);
    source.exchange(new counted(2))->retire();
    reclaim_now();
    EXPECT_EQ(counted::alive, before + 2);
    EXPECT_EQ(found->mark, counted::is_alive);

    hazard_pointer other = make_hazard_pointer();
    other.swap(hazard); // what is protected goes along
    hazard.reset_protection();
    reclaim_now();
    EXPECT_EQ(counted::alive, before + 2);
    hazard = std::move(other);
    reclaim_now();
    EXPECT_EQ(counted::alive, before + 2);
    EXPECT_EQ(hazard.protect(source)->value, 2);
    reclaim_now();
    EXPECT_EQ(counted::alive, before + 1);
    source.exchange(nullptr)->retire();
    reclaim_now();
    EXPECT_EQ(counted::alive, before + 1);
    hazard.reset_protection(nullptr);
    reclaim_now();
    EXPECT_EQ(counted::alive, before);
    EXPECT_EQ(hazard.protect(source), nullptr);
}

TEST(hazard_pointer, a_try_says_what_there_is_instead) {
    const pel_test::watchdog guard;
    reclaim_now();
    const long before = counted::alive;
    auto* const first = new counted(1);
    auto* const second = new counted(2);
    std::atomic<counted*> source{second};
    hazard_pointer hazard = make_hazard_pointer();
    counted* found = first;
    EXPECT_FALSE(hazard.try_protect(found, source));
    EXPECT_EQ(found, second);
    EXPECT_TRUE(hazard.try_protect(found, source));
    EXPECT_EQ(found, second);
    hazard.reset_protection(first);
    first->retire();
    second->retire();
    reclaim_now();
    EXPECT_EQ(counted::alive, before + 1) << "the second is not protected any more";
    hazard = {};
    reclaim_now();
    EXPECT_EQ(counted::alive, before);
}

struct with_deleter;
struct stateful_deleter {
    std::shared_ptr<int> calls;
    void operator()(with_deleter* object) const;
};
struct with_deleter : std::enable_shared_from_this<with_deleter>, // so that the base is not at the beginning
                      pel::hazard_pointer_obj_base<with_deleter, stateful_deleter> {};
void stateful_deleter::operator()(with_deleter* object) const {
    ++*calls;
    delete object;
}

TEST(hazard_pointer, a_deleter_may_have_state) {
    const pel_test::watchdog guard;
    const auto calls = std::make_shared<int>(0);
    std::atomic<with_deleter*> source{new with_deleter};
    hazard_pointer hazard = make_hazard_pointer();
    hazard.protect(source)->retire(stateful_deleter{calls});
    reclaim_now();
    EXPECT_EQ(*calls, 0);
    hazard.reset_protection();
    reclaim_now();
    EXPECT_EQ(*calls, 1);
    EXPECT_EQ(calls.use_count(), 1);
}

struct chained : pel::hazard_pointer_obj_base<chained> {
    static inline std::atomic<long> alive{0};

    chained* next;

    explicit chained(chained* after) : next(after) { ++alive; }
    ~chained() {
        if (next != nullptr) next->retire();
        --alive;
    }
};

TEST(hazard_pointer, deleters_may_retire_others_however_many_there_are) {
    const pel_test::watchdog guard;
    chained* first = nullptr;
    for (unsigned long n = 0; n < pel_test::scaled(20'000); ++n) first = new chained(first);
    std::jthread([first] { first->retire(); }).join();
    EXPECT_EQ(chained::alive, 0) << "the thread that has ended left some";
}

/// Its deleter has another thread retire the next one, `left` times.
struct answered : pel::hazard_pointer_obj_base<answered> {
    std::atomic<int>& left;
    std::atomic<bool>& is_asked;

    answered(std::atomic<int>& how_often, std::atomic<bool>& asks) : left(how_often), is_asked(asks) {}
    ~answered() {
        if (--left <= 0) return;
        is_asked = true;
        pel_test::await([&] { return !is_asked; });
    }
};

TEST(hazard_pointer, a_thread_ends_while_others_go_on_to_retire) {
    const pel_test::watchdog guard;
    constexpr int many = 1'000;
    std::atomic<int> left{many};
    std::atomic<bool> is_asked{false}, is_over{false};
    std::jthread answering([&] {
        while (!is_over) {
            if (is_asked) (new answered(left, is_asked))->retire(), is_asked = false;
            std::this_thread::yield();
        }
        left = 0; // it frees the last one itself
    });
    std::jthread([&] { (new answered(left, is_asked))->retire(); }).join();
    EXPECT_GE(left, many - 2) << "it went on as long as it found something";
    is_over = true;
}

TEST(hazard_pointer, what_waits_is_bounded) {
    const pel_test::watchdog guard;
    reclaim_now();
    const long before = counted::alive;
    std::vector<hazard_pointer> hazards;
    for (int n = 0; n < 300; ++n) { // more than a set on the stack has room for
        hazards.push_back(make_hazard_pointer());
        std::atomic<counted*> source{new counted};
        hazards.back().protect(source)->retire();
    }
    long most = 0;
    constexpr long threads = 20; // that tests of this program may have had at once
    for (int n = 0; n < 20'000; ++n) {
        (new counted)->retire();
        most = std::max(most, counted::alive - before);
    }
    EXPECT_GE(most, 300);
    EXPECT_LE(most, 128 + 2 * 400 + 96 * threads);
    hazards.clear();
    reclaim_now();
    std::jthread([] {
        for (int n = 0; n < 64; ++n) (new counted)->retire();
    }).join();
    EXPECT_EQ(counted::alive, before);
}

TEST(hazard_pointer, slots_are_used_again) {
    const pel_test::watchdog guard;
    reclaim_now();
    const long before = counted::alive;
    for (int round = 0; round < 200; ++round) { // of threads that take some and of threads that get them
        std::vector<hazard_pointer> hazards;
        std::jthread([&hazards] {
            for (int n = 0; n < 12; ++n) hazards.push_back(make_hazard_pointer());
        }).join();
        for (const hazard_pointer& each : hazards) ASSERT_FALSE(each.empty());
    }
    // Were these 2,400 slots all there still, that many objects might wait.
    long most = 0;
    for (int n = 0; n < 8'000; ++n) {
        (new counted)->retire();
        most = std::max(most, counted::alive - before);
    }
    EXPECT_LT(most, 4'000);
}

class hazard_pointer_on : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(hazard_pointer_on);

TEST_P(hazard_pointer_on, tasks_read_what_others_replace) {
    std::array<std::atomic<counted*>, 3> sources;
    for (std::atomic<counted*>& each : sources) each = new counted(0);
    std::atomic<int> wrong{0};
    const int rounds = static_cast<int>(pel_test::scaled(20'000));
    pel::parallel_for(pel::par.on(pool), 0, rounds, [&](int round) {
        std::atomic<counted*>& source = sources[static_cast<unsigned>(round) % 3];
        if (round % 4 == 0) {
            source.exchange(new counted(round), std::memory_order_acq_rel)->retire();
            return;
        }
        hazard_pointer hazard = make_hazard_pointer();
        const counted* const found = hazard.protect(source);
        if (round % 64 == 1) pel::parallel_for(0, 4, [](int) {}); // the task may wait meanwhile
        if (found->mark != counted::is_alive || found->value < 0) ++wrong;
    });
    for (std::atomic<counted*>& each : sources) each.exchange(nullptr)->retire();
    EXPECT_EQ(wrong, 0);
    pel_test::expect_balanced(pool);
}

TEST(hazard_pointer, stampede_a_stack_whose_nodes_are_freed_at_once) {
    const pel_test::watchdog guard;
    struct node : pel::hazard_pointer_obj_base<node> {
        unsigned long value = 0;
        node* next = nullptr;
    };
    std::atomic<node*> head{nullptr};
    const auto push = [&](unsigned long value) {
        auto* const added = new node;
        added->value = value;
        added->next = head.load(std::memory_order_relaxed);
        while (!head.compare_exchange_weak(added->next, added, std::memory_order_release, std::memory_order_relaxed)) {
        }
    };
    const auto pop = [&](hazard_pointer& hazard) -> unsigned long {
        for (;;) {
            node* found = hazard.protect(head);
            if (found == nullptr) return 0;
            if (!head.compare_exchange_strong(found, found->next, std::memory_order_acq_rel)) continue;
            const unsigned long value = found->value;
            hazard.reset_protection();
            found->retire();
            return value;
        }
    };
    constexpr unsigned threads = 4;
    const unsigned long rounds = pel_test::scaled(20'000);
    std::atomic<unsigned long> pushed{0}, popped{0};
    std::barrier start(threads);
    std::vector<std::jthread> team;
    for (unsigned t = 0; t < threads; ++t) {
        team.emplace_back([&, t] {
            hazard_pointer hazard = make_hazard_pointer();
            start.arrive_and_wait();
            for (unsigned long round = 1; round <= rounds; ++round) {
                push(round * threads + t);
                pushed += round * threads + t;
                popped += pop(hazard);
            }
        });
    }
    team.clear();
    hazard_pointer hazard = make_hazard_pointer();
    while (const unsigned long value = pop(hazard)) popped += value;
    EXPECT_EQ(pushed, popped);
}

TEST(hazard_pointer, works_in_a_fork_child_whatever_threads_of_the_parent_did) {
    const pel_test::watchdog guard;
    std::atomic<counted*> source{new counted(1)};
    std::atomic<bool> is_over{false};
    std::vector<std::jthread> others; // take slots, and retire
    for (int t = 0; t < 2; ++t) {
        others.emplace_back([&] {
            while (!is_over) {
                hazard_pointer hazard = make_hazard_pointer();
                hazard.protect(source);
                source.exchange(new counted(2))->retire();
            }
        });
    }
    hazard_pointer mine = make_hazard_pointer();
    const auto retire_many = [&] {
        const long before = counted::alive;
        for (int n = 0; n < 10'000; ++n) {
            hazard_pointer hazard = make_hazard_pointer();
            if (hazard.protect(source)->mark != counted::is_alive) return false;
            source.exchange(new counted(3))->retire();
        }
        return counted::alive - before < 5'000; // it has freed some
    };
    for (unsigned long round = 0; round < pel_test::scaled(40); ++round) {
        mine.protect(source);
        EXPECT_EQ(pel_test::fork_and_run(retire_many), 0);
    }
    is_over = true;
    others.clear();
    source.exchange(nullptr)->retire();
}

/// Reports at the end of the process what is left.
template <class Object>
struct last_words {
    ~last_words() {
        if (is_asked && Object::alive != 0) std::_Exit(3);
    }
    bool is_asked = false;
};

TEST(hazard_pointer, nothing_is_left_when_the_process_ends) {
    PEL_IN_OWN_PROCESS();
    static last_words<counted> last; // destroyed after the hazard domain is cleared: it is there before it
    last.is_asked = true;
    static struct late_retirer {
        ~late_retirer() { (new counted)->retire(); } // after it
    } late;
    for (int n = 0; n < 100; ++n) (new counted)->retire();
    static struct early_retirer {
        ~early_retirer() { (new counted)->retire(); } // before it, but the thread's part is over
    } early;
    std::atomic<counted*> source{new counted};
    hazard_pointer hazard = make_hazard_pointer();
    hazard.protect(source)->retire();
    (void)late;
    (void)early;
}

TEST(hazard_pointer, nothing_is_left_of_what_deleters_retire_when_the_process_ends) {
    PEL_IN_OWN_PROCESS();
    static last_words<chained> last;
    last.is_asked = true;
    static std::atomic<bool> has_retired{false};
    std::thread([] {
        chained* first = nullptr;
        for (int n = 0; n < 100; ++n) first = new chained(first);
        first->retire();
        has_retired = true;
        for (;;) ::pause();
    }).detach();
    pel_test::await([&] { return has_retired.load(); });
} // and the thread that ends the process has no part of its own

TEST(hazard_pointer, a_process_whose_heavy_fences_are_forbidden_later_ends_and_says_so) {
    if (!pel_test::is_rerun()) {
        const pel_test::process_result result = pel_test::rerun_alone({{"PEL_NO_MEMBARRIER", "0"}});
        if (result.output.find("[  SKIPPED ]") != std::string::npos) GTEST_SKIP() << result.output;
        EXPECT_EQ(result.status, -SIGABRT);
        EXPECT_NE(result.output.find("membarrier"), std::string::npos) << result.output;
        return;
    }
    if (!pel::detail::asymmetric_fence_register()) GTEST_SKIP() << "there are none";
    reclaim_now(); // with them
    if (!pel_test::forbid_call(SYS_membarrier, EPERM)) GTEST_SKIP() << "no filters here";
    reclaim_now();
}

TEST(hazard_pointer, works_with_and_without_heavy_fences) {
    if (!pel_test::is_rerun()) { // the other mode than this run's
        const char* const other = pel_test::is_without_membarrier() ? "0" : "1";
        const pel_test::process_result result = pel_test::rerun_alone({{"PEL_NO_MEMBARRIER", other}});
        EXPECT_EQ(result.status, 0) << result.output;
    }
    const pel_test::watchdog guard;
    std::atomic<counted*> source{new counted(0)};
    std::atomic<int> wrong{0};
    std::barrier start(3);
    std::vector<std::jthread> team;
    for (int t = 0; t < 3; ++t) {
        team.emplace_back([&, t] {
            start.arrive_and_wait();
            hazard_pointer hazard = make_hazard_pointer();
            for (unsigned long round = 0; round < pel_test::scaled(20'000); ++round) {
                if (hazard.protect(source)->mark != counted::is_alive) ++wrong;
                if (t == 0) source.exchange(new counted(1))->retire();
            }
        });
    }
    team.clear();
    EXPECT_EQ(wrong, 0);
    source.exchange(nullptr)->retire();
}

} // namespace hazard_pointer_test
