// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Task groups: jobs are counted by segments, not one by one; a job that was stolen pushes another, which may be stolen in
// turn; jobs move to the group's list. The waiter returns when all have run, and the group is gone while thieves still
// finish elsewhere.
#include "scheduler_access.hpp"

#include <pel/task_group.hpp>

namespace {

using namespace pel_test;

struct group_world : pool_world {
    worker& builder = foreign("builder");
    worker& thief = serving("thief");
    worker& other = serving("other");
    struct tally {
        model::plain<int> runs{0};
        const worker* runner = nullptr;
    };
    tally outer, inner;
    atomic<stoppable_group*> shown{nullptr};
    atomic<bool> is_over{false};

    group_world() : pool_world(3) {
        pool.begin_foreign_call(builder);
        builder.deque.request();
        thief.deque.request();
    }

    template <class F>
    void run(stoppable_group& group, const F& function) {
        using call = group_call<F, stoppable_group>;
        (::new (allocate_frame(*current_worker, sizeof(call))) call(group, function))->push();
    }
    void add_to(tally& count) {
        count.runs.write(count.runs.read() + 1);
        count.runner = current_worker;
    }
    /// One of several jobs that are known to be alike: its thread goes on with what lies in its deque.
    struct chained_job final : group_job {
        chained_job(group_world& in, group_core& of, tally& counted) : group_job(of), world(in), count(counted) {}

        void push() { group().push(*this, &act); }
        static void act(const job_slot& claimed, worker& runner, job_action action) {
            group_core::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
                group_core& all = static_cast<group_job&>(*slot.frame).group();
                segment* const here = all.segment_of(by);
                for (group_job* each = &static_cast<group_job&>(*slot.frame); each != nullptr;
                     each = all.take_next(by, here, &act))
                    static_cast<chained_job&>(*each).run(by);
            });
        }
        void run(worker& by) {
            if (first_pushes != nullptr) first_pushes->push();
            if (settles) settle_segments(by); // as who goes to sleep does
            world.add_to(count);
        }

        group_world& world;
        tally& count;
        chained_job* first_pushes = nullptr;
        bool settles = false;
    };
    void finish(stoppable_group& group, bool sleeps) {
        group.retire();
        if (sleeps && !group.is_complete()) group.wait(builder);
        while (!group.is_complete()) cpu_relax();
    }

    const char* name_of(const worker* one) const {
        return one == nullptr ? "nobody" : one == &builder ? "builder" : one == &thief ? "thief" : "other";
    }
    void tell_outcome() const { model::outcome(std::string(name_of(outer.runner)) + ", " + name_of(inner.runner)); }

    /// Builds a group, runs a job in it, which runs another, and waits: asleep, or looking all the time.
    void build_and_wait(bool is_nested, bool sleeps) {
        become(builder);
        {
            stoppable_group group(pool);
            model::name(group, "group");
            run(group, [this, &group, is_nested] {
                if (is_nested) run(group, [this] { add_to(inner); });
                add_to(outer); // after what it runs may be done
            });
            finish(group, sleeps);
        }
        model::check(outer.runs.read() == 1, "the wait returned before the job had run");
        model::check(!is_nested || inner.runs.read() == 1, "the wait returned before the inner job had run");
    }
    /// Two jobs, which threads take one after the other without going back to the loop around them. `is_pushed_by_first`: so
    /// that they lie in the deque of who has stolen the first. `who`: which of them goes to sleep meanwhile.
    enum class settling { neither, who_begins, who_follows };
    void take_next(bool is_pushed_by_first, settling who) {
        become(builder);
        {
            stoppable_group group(pool);
            model::name(group, "group");
            chained_job first(*this, group, outer), second(*this, group, inner);
            if (is_pushed_by_first) first.first_pushes = &second;
            if (who != settling::neither)
                (is_pushed_by_first == (who == settling::who_begins) ? first : second).settles = true;
            first.push();
            if (!is_pushed_by_first) second.push();
            finish(group, false);
        }
        model::check(outer.runs.read() == 1 && inner.runs.read() == 1, "each job ran once");
    }
    /// A job of the group lists another while the builder sleeps; the thread that lists it goes on to something else.
    void wait_for_listed() {
        become(builder);
        {
            stoppable_group group(pool);
            model::name(group, "group");
            run(group, [this, &group] {
                if (current_worker != &builder) {
                    scope opened(current_worker->innermost, nullptr, 0, 0);
                    scope* const innermost = std::exchange(current_worker->innermost, &opened);
                    const std::uint64_t serial = std::exchange(current_worker->scope_serial, ~std::uint64_t{0});
                    run(group, [this] { add_to(inner); });
                    current_worker->innermost = innermost;
                    current_worker->scope_serial = serial;
                } else {
                    add_to(inner);
                }
                add_to(outer);
            });
            finish(group, true);
        }
        model::check(outer.runs.read() == 1 && inner.runs.read() == 1, "each job ran once");
    }
    /// The slot of a job that may be stolen is used again at once: nobody waits for that job alone.
    void reuse_slot() {
        become(builder);
        {
            stoppable_group group(pool);
            model::name(group, "group");
            run(group, [this] { add_to(outer); });
            group.retire();
            builder.deque.request();
            run(group, [this] { add_to(inner); });
            finish(group, false);
        }
        model::check(outer.runs.read() == 1 && inner.runs.read() == 1, "each job ran once");
    }
    /// The group built first is waited for first: the job above it goes to its own group's list.
    void spill() {
        become(builder);
        {
            stoppable_group first(pool);
            model::name(first, "first");
            run(first, [this] { add_to(outer); });
            stoppable_group second(pool);
            model::name(second, "second");
            run(second, [this] { add_to(inner); });
            finish(first, false);
            model::check(outer.runs.read() == 1, "the wait returned before the job had run");
            while (const job_slot slot = pool.shared().try_pop(0)) pool.run(builder, slot);
            finish(second, false);
        }
        model::check(inner.runs.read() == 1, "the wait returned before the second group's job had run");
    }
    /// The builder sleeps in a wait that ends only after another thread has seen its group complete: what is in its
    /// segment must be counted without it.
    void sleep_with_open_segment() {
        become(builder);
        stoppable_group group(pool);
        model::name(group, "group");
        run(group, [this] { add_to(outer); });
        shown.store(&group, release);
        pool.wait_until(builder, [this] { return is_over.load(acquire); }, [] { return false; }, [] { return true; });
        finish(group, false);
    }
    void wait_elsewhere() {
        become(other);
        stoppable_group* group = nullptr;
        while ((group = shown.load(acquire)) == nullptr) cpu_relax();
        while (!group->is_complete()) cpu_relax();
        model::check(outer.runs.read() == 1, "complete before the job had run");
        is_over.store(true, release);
        builder.sleep.unpark();
    }
    /// The builder goes on, and forks whenever it is asked, until another thread has waited for its group.
    void go_on_with_open_segment() {
        become(builder);
        stoppable_group group(pool);
        model::name(group, "group");
        run(group, [this] { add_to(outer); });
        shown.store(&group, release);
        while (!is_over.load(acquire)) {
            if (builder.deque.is_asked())
                pel::parallel_invoke([] {}, [] {});
            else
                cpu_relax();
        }
        finish(group, false);
    }
    void sleep_elsewhere() {
        become(other);
        stoppable_group* group = nullptr;
        while ((group = shown.load(acquire)) == nullptr) cpu_relax();
        group->wait(other);
        model::check(outer.runs.read() == 1, "complete before the job had run");
        is_over.store(true, release);
    }
    /// One job; then the thread blocks for good, as on a lock that the waiter holds.
    void steal(worker& own, worker& victim) {
        become(own);
        job_slot slot = victim.deque.try_steal();
        if (!slot) return;
        slot.forker = &victim;
        pool.run(own, slot);
    }
    /// Until it has got one.
    void steal_surely(worker& own, worker& victim) {
        become(own);
        job_slot slot;
        while (!(slot = victim.deque.try_steal())) cpu_relax();
        slot.forker = &victim;
        pool.run(own, slot);
    }
};

/// A builder, a thief, and perhaps another one, who steals from that.
template <class Build>
model::program with_thieves(Build build, bool has_other) {
    return [=](model::execution& run) {
        auto& w = run.share<group_world>();
        run.thread("builder", [&w, build] { build(w); });
        run.thread("thief", [&w] { w.steal(w.thief, w.builder); });
        if (has_other) run.thread("other", [&w] { w.steal(w.other, w.thief); });
        run.finally([&w] { w.tell_outcome(); });
    };
}
model::program group_of(bool is_nested, bool sleeps, bool has_other) {
    return with_thieves([=](group_world& w) { w.build_and_wait(is_nested, sleeps); }, has_other);
}
model::program next_of(bool is_stolen, group_world::settling who) {
    return with_thieves([=](group_world& w) { w.take_next(is_stolen, who); }, is_stolen);
}

const model::registered programs[] = {
    {{.name = "group: a stolen job", .pure_spins = true, .early_timeouts = 0},
     group_of(false, true, false),
     {.outcomes = {"builder, nobody", "thief, nobody"}}},
    {{.name = "group: a stolen job that runs another", .pure_spins = true},
     group_of(true, false, false),
     {.outcomes = {"builder, builder", "thief, thief"}}},
    {{.name = "group: a stolen job that runs another, stolen too", .pure_spins = true},
     group_of(true, false, true),
     {.outcomes = {"builder, builder", "thief, other", "thief, thief"}}},
    {{
         .name = "group: a stolen job that runs another, waiter asleep",
         .pure_spins = true,
         .early_timeouts = 0,
         .from_bound = 1, // holds; a minute
     },
     group_of(true, true, false)},
    {{.name = "group: a job is listed, waiter asleep", .pure_spins = true, .early_timeouts = 0, .from_bound = 1},
     with_thieves([](group_world& w) { w.wait_for_listed(); }, false)},
    {{.name = "group: a job goes on with the next", .pure_spins = true},
     next_of(false, group_world::settling::neither),
     {.outcomes = {"builder, builder", "thief, builder"}}},
    {{.name = "group: a job goes on with the next, counted by itself", .pure_spins = true},
     next_of(false, group_world::settling::who_begins)},
    {{.name = "group: a job goes on with the next, which is counted by itself", .pure_spins = true},
     next_of(false, group_world::settling::who_follows)},
    {{.name = "group: a stolen job goes on with the next", .pure_spins = true},
     next_of(true, group_world::settling::neither),
     {.outcomes = {"builder, builder", "thief, other", "thief, thief"}}},
    {{.name = "group: a stolen job goes on with the next, counted by itself", .pure_spins = true},
     next_of(true, group_world::settling::who_begins)},
    {{.name = "group: a stolen job goes on with the next, which is counted by itself", .pure_spins = true},
     next_of(true, group_world::settling::who_follows)},
    {{.name = "group: a slot is used again", .pure_spins = true},
     [](model::execution& run) {
         auto& w = run.share<group_world>();
         run.thread("builder", [&w] { w.reuse_slot(); });
         run.thread("thief", [&w] { w.steal(w.thief, w.builder); });
         run.thread("other", [&w] { w.steal(w.other, w.builder); });
         run.finally([&w] { w.tell_outcome(); });
     },
     {.outcomes = {"builder, builder", "builder, other", "builder, thief", "other, builder", "other, thief",
                   "thief, builder", "thief, other"}}},
    {{.name = "group: spill", .pure_spins = true},
     [](model::execution& run) {
         auto& w = run.share<group_world>();
         run.thread("builder", [&w] { w.spill(); });
         run.thread("thief", [&w] {
             w.steal(w.thief, w.builder);
             w.steal(w.thief, w.builder);
         });
         run.finally([&w] { w.tell_outcome(); });
     }},
    {{.name = "group: its builder sleeps", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<group_world>();
         run.thread("builder", [&w] { w.sleep_with_open_segment(); });
         run.thread("thief", [&w] { w.steal_surely(w.thief, w.builder); });
         run.thread("other", [&w] { w.wait_elsewhere(); });
         run.finally([&w] { w.tell_outcome(); });
     }},
    {{.name = "group: its builder goes on", .pure_spins = true, .early_timeouts = 0, .preemptions = 2},
     [](model::execution& run) {
         auto& w = run.share<group_world>();
         run.thread("builder", [&w] { w.go_on_with_open_segment(); });
         run.thread("thief", [&w] { w.steal_surely(w.thief, w.builder); });
         run.thread("other", [&w] { w.sleep_elsewhere(); });
         run.finally([&w] { w.tell_outcome(); });
     }},
};

} // namespace
