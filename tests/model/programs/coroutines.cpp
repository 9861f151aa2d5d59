// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines that are awaited together: their children in line, stolen, or suspended and resumed elsewhere. The parent
// goes on once, when all have ended, and sees what they did. Races: one wins, and its result is seen. And a scope that is
// joined: whoever waits for who joins it finds what goes on inside.
#include "scheduler_access.hpp"
#include "waiting.hpp"

#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>

#include <string>

namespace {

using namespace pel_test;
using pel::task;

struct coroutine_world : pool_world {
    worker& owner = foreign("owner");
    worker& thief = serving("thief");
    worker& other = serving("other");
    struct child_state {
        model::plain<int> runs{0};
        atomic<coroutine_job*> suspended{nullptr};
    } children[3];
    model::plain<int> ends{0}; // of the parent
    model::plain<int> prizes_taken{0};
    std::string runners[3], parents_runner;
    unsigned suspending = 0;  // a bit for each child
    bool serves_list = false; // the owner, while it waits

    coroutine_world() : pool_world(3) {
        pool.begin_foreign_call(owner);
        owner.deque.request(); // so forks become public at once
        for (child_state& each : children) model::name(each.suspended, "suspended");
    }

    std::string name_of_current() const {
        return current_worker == &owner ? "owner" : current_worker == &thief ? "thief" : "other";
    }

    /// The coroutine lies there until another thread runs it.
    struct suspension {
        using resumes_in_its_pool = void;

        atomic<coroutine_job*>& at;
        static bool await_ready() noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> self) noexcept {
            at.store(&self.promise(), release);
        }
        static void await_resume() noexcept {}
    };
    task<int> child(int n) {
        if ((suspending >> n & 1) != 0) co_await suspension{children[n].suspended};
        runners[n] = name_of_current();
        children[n].runs.write(children[n].runs.read() + 1);
        co_return n;
    }
    void parent_goes_on(int count) {
        parents_runner = name_of_current();
        for (int n = 0; n < count; ++n)
            model::check(children[n].runs.read() == 1, "the parent went on before all children had run");
        model::check(ends.read() == 0, "the parent went on twice");
        ends.write(1);
    }
    task<void> two() {
        auto [a, b] = co_await pel::when_all(child(0), child(1));
        model::check(a == 0 && b == 1, "results in order");
        parent_goes_on(2);
    }
    task<void> three() {
        auto [a, b, c] = co_await pel::when_all(child(0), child(1), child(2));
        model::check(a == 0 && b == 1 && c == 2, "results in order");
        parent_goes_on(3);
    }
    /// What a race gives: it says when it is taken from a coroutine.
    struct prize {
        coroutine_world* world;
        int number;
        explicit prize(const std::pair<coroutine_world*, int>& what) noexcept
            : world(what.first), number(what.second) {}
        prize(prize&& other) noexcept : world(other.world), number(other.number) {
            world->prizes_taken.write(world->prizes_taken.read() + 1);
        }
    };
    task<prize> contender(int n) {
        children[n].runs.write(children[n].runs.read() + 1);
        co_return std::pair(this, n);
    }
    task<void> race_of_two() {
        auto won = co_await pel::when_any(contender(0), contender(1));
        const int value = std::visit([](const prize& one) { return one.number; }, won.value);
        model::check(static_cast<std::size_t>(value) == won.index, "the result is the winner's");
        model::check(children[value].runs.read() == 1, "the winner has run");
        model::check(children[1 - value].runs.read() <= 1, "the loser has not run twice");
        parents_runner = name_of_current();
        runners[2] = std::to_string(value);
        ends.write(ends.read() + 1);
    }

    /// As sync_wait(), without what finds a place to run.
    void run_and_wait(task<void> root) {
        become(owner);
        {
            coroutine_group group(pool);
            model::name(group, "group");
            join_point end(+[](join_point&, coroutine_job& ended) noexcept -> std::coroutine_handle<> {
                ended.group().drop_held();
                return std::noop_coroutine();
            });
            coroutine_job& first = coroutine_access::promise(root);
            first.home = &group;
            first.is_awaited_at(end, false);
            group.hold();
            run_coroutine(owner, first);
            while (!group.is_complete()) {
                if (const job_slot slot = serves_list ? pool.shared().try_pop(0) : job_slot{})
                    pool.run(owner, slot);
                else if (!group.is_complete()) // read again: what was read before a lock's cpu_relax() counts no more
                    cpu_relax();
            }
            model::check(ends.read() == 1, "the wait returned before the parent had ended");
        }
    }
    void steal(worker& own, worker& victim) {
        become(own);
        job_slot slot = victim.deque.try_steal();
        if (!slot) return;
        slot.forker = &victim;
        pool.run(own, slot);
    }
    /// What nobody has been asked for.
    void steal_deep(worker& own, worker& victim) {
        become(own);
        job_slot slot = victim.deque.try_deep_steal([] { asymmetric_fence_heavy(); });
        if (!slot) return;
        slot.forker = &victim;
        pool.run(own, slot);
    }
    /// Takes it by mistake.
    void steal_and_give_back(worker& own, worker& victim) {
        become(own);
        job_slot slot = victim.deque.try_steal();
        if (!slot) return;
        slot.forker = &victim;
        slot.function(slot, own, job_action::give_back);
        if (const job_slot listed = pool.shared().try_pop(0)) pool.run(own, listed);
    }
    coroutine_job& await_suspended(int n) {
        coroutine_job* suspended = nullptr;
        while ((suspended = children[n].suspended.load(acquire)) == nullptr) cpu_relax();
        return *suspended;
    }
    void resume(worker& own, int n) {
        become(own);
        await_suspended(n).run_on(own);
    }
    void resume_later(worker& own, int n) {
        become(own);
        await_suspended(n).resume_later();
    }
};

/// A thread waits until a scope is over that is joined, and nobody else is free to run what goes on in the scope. Then all
/// groups end.
struct joined_world : pool_world {
    worker& waiter = foreign("waiter");
    worker& joiner = serving("joiner");
    worker& resumer = serving("resumer");
    mortal<coroutine_group> awaited{pool, group_core::detached()}, middle{pool, group_core::detached()},
        scope{pool, group_core::detached()};
    /// What is left of a coroutine that is resumed.
    struct part : listed_job {
        explicit part(joined_world& in, coroutine_group& of) noexcept : listed_job(&of), world(in) {}
        static void act(const job_slot& claimed, worker& runner, job_action) {
            joined_world& world = static_cast<part&>(*claimed.frame).world;
            model::check(&runner == &world.waiter, "run by who waits");
            world.one_is_over();
        }
        joined_world& world;
    } rest{*this, *scope};
    users left{2}; // the part, and who joins
    atomic<bool> is_over{false}, is_joined{false};

    joined_world() : pool_world(3) { pool.begin_foreign_call(waiter); }

    void one_is_over() {
        if (!left.is_last()) return;
        is_over.store(true, release);
        waiter.sleep.unpark();
    }
    void wait() {
        become(waiter);
        while (!is_over.load(acquire)) {
            if (!awaited->help(waiter)) cpu_relax();
        }
        end_all();
    }
    void sleep() {
        become(waiter);
        scope->lead_into(*awaited);
        one_is_over();
        is_joined.store(true, release);
        awaited->help_until(waiter, [this] { return is_over.load(acquire); }, [] { return true; });
        end_all();
    }
    void end_all() {
        scope.destroy();
        middle.destroy();
        awaited.destroy();
    }
    void join(coroutine_group& last) {
        become(joiner);
        last.lead_into(*awaited);
        one_is_over();
    }
    void resume_joined() {
        while (!is_joined.load(acquire)) cpu_relax();
        resume();
    }
    void resume() {
        become(resumer);
        scope->list_part(rest, &part::act);
    }
};

const auto tell_runners = [](coroutine_world& w, int first, int last) {
    std::string all;
    for (int n = first; n <= last; ++n) all += w.runners[n] + ' ';
    model::outcome(all + "then " + w.parents_runner);
};

model::program two_children(bool has_other) {
    return [has_other](model::execution& run) {
        auto& w = run.share<coroutine_world>();
        run.thread("owner", [&w] { w.run_and_wait(w.two()); });
        run.thread("thief", [&w] { w.steal(w.thief, w.owner); });
        if (has_other) run.thread("other", [&w] { w.steal(w.other, w.owner); });
        run.finally([&w] { tell_runners(w, 1, 1); });
    };
}
model::program three_children(bool has_other) {
    return [has_other](model::execution& run) {
        auto& w = run.share<coroutine_world>();
        run.thread("owner", [&w] { w.run_and_wait(w.three()); });
        run.thread("thief", [&w] { w.steal(w.thief, w.owner); });
        if (has_other) run.thread("other", [&w] { w.steal(w.other, w.owner); });
        run.finally([&w] { tell_runners(w, 1, 2); });
    };
}
/// Child n is suspended, and goes on in another thread.
model::program suspended_child(int n, bool has_thief) {
    return [n, has_thief](model::execution& run) {
        auto& w = run.share<coroutine_world>();
        w.suspending = 1u << n;
        run.thread("owner", [&w] { w.run_and_wait(w.two()); });
        run.thread("other", [&w, n] { w.resume(w.other, n); });
        if (has_thief) run.thread("thief", [&w] { w.steal(w.thief, w.owner); });
        run.finally([&w] { tell_runners(w, 0, 1); });
    };
}
/// Nothing is public: the thief comes behind the owner's back.
model::program deep_thief() {
    return [](model::execution& run) {
        auto& w = run.share<coroutine_world>();
        w.owner.deque.clear_request();
        run.thread("owner", [&w] { w.run_and_wait(w.three()); });
        run.thread("thief", [&w] { w.steal_deep(w.thief, w.owner); });
        run.finally([&w] { tell_runners(w, 1, 2); });
    };
}
model::program given_back() {
    return [](model::execution& run) {
        auto& w = run.share<coroutine_world>();
        w.serves_list = true;
        run.thread("owner", [&w] { w.run_and_wait(w.two()); });
        run.thread("thief", [&w] { w.steal_and_give_back(w.thief, w.owner); });
        run.finally([&w] { tell_runners(w, 1, 1); });
    };
}
/// The owner finds it on the list.
model::program resumed_later() {
    return [](model::execution& run) {
        auto& w = run.share<coroutine_world>();
        w.serves_list = true;
        w.suspending = 1;
        run.thread("owner", [&w] { w.run_and_wait(w.two()); });
        run.thread("other", [&w] { w.resume_later(w.other, 0); });
        run.finally([&w] { tell_runners(w, 0, 1); });
    };
}
model::program race_of_two() {
    return [](model::execution& run) {
        auto& w = run.share<coroutine_world>();
        run.thread("owner", [&w] { w.run_and_wait(w.race_of_two()); });
        run.thread("thief", [&w] { w.steal(w.thief, w.owner); });
        run.finally([&w] { model::outcome(w.runners[2] + " wins, then " + w.parents_runner); });
    };
}

/// `has_middle`: by a coroutine of a scope that is joined itself.
model::program resumed_while_joined(bool has_middle) {
    return [has_middle](model::execution& run) {
        auto& w = run.share<joined_world>();
        if (has_middle) w.scope->lead_into(*w.middle);
        run.thread("waiter", [&w] { w.wait(); });
        run.thread("joiner", [&w, has_middle] { w.join(has_middle ? *w.middle : *w.scope); });
        run.thread("resumer", [&w] { w.resume(); });
    };
}

const model::registered programs[] = {
    {{.name = "join: two children", .pure_spins = true},
     two_children(false),
     {.outcomes = {"owner then owner", "thief then owner", "thief then thief"}}},
    {{.name = "join: three children", .pure_spins = true}, three_children(false)},
    {{.name = "join: two children, two thieves", .pure_spins = true}, two_children(true)},
    {{.name = "join: three children, two thieves", .pure_spins = true}, three_children(true)},
    {{.name = "join: three children, a deep thief", .pure_spins = true}, deep_thief()},
    {{.name = "join: a child is given back", .early_timeouts = 0}, given_back()},
    {{.name = "join: the first child is suspended", .pure_spins = true},
     suspended_child(0, false),
     {.outcomes = {"other owner then other", "other owner then owner"}}},
    {{.name = "join: the second child is suspended", .pure_spins = true}, suspended_child(1, false)},
    {{.name = "join: the first child is suspended, the second stolen", .pure_spins = true}, suspended_child(0, true)},
    {{.name = "join: the first child goes on from the list", .early_timeouts = 0}, resumed_later()},
    {{.name = "race: two coroutines", .pure_spins = true}, race_of_two()},
    {{.name = "scope: one goes on as it is joined", .early_timeouts = 0}, resumed_while_joined(false)},
    {{.name = "scope: one goes on as the scope is joined that has joined its own", .early_timeouts = 0},
     resumed_while_joined(true)},
    {{.name = "scope: one goes on as who waits goes to sleep", .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<joined_world>();
         run.thread("waiter", [&w] { w.sleep(); });
         run.thread("resumer", [&w] { w.resume_joined(); });
     }},
};

} // namespace
