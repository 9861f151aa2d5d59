// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Task groups: jobs are counted by segments, not one by one; a job that was stolen pushes another, which may be stolen in
// turn. The waiter returns when all have run, and the group is gone while thieves still finish elsewhere.
#include "scheduler_access.hpp"

#include <pel/task_group.hpp>

namespace {

using namespace pel_test;

struct group_world : pool_world {
    worker& builder = foreign("builder");
    worker& thief = serving("thief");
    worker& other = serving("other");
    model::plain<int> outer{0}, inner{0};

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
    /// Builds a group, runs a job in it, which runs another, and waits: asleep, or looking all the time.
    void build_and_wait(bool is_nested, bool sleeps) {
        become(builder);
        {
            stoppable_group group(pool);
            model::name(group, "group");
            run(group, [this, &group, is_nested] {
                outer.write(1);
                if (is_nested) run(group, [this] { inner.write(1); });
            });
            group.retire();
            if (sleeps && !group.is_complete()) group.wait(builder);
            while (!group.is_complete()) cpu_relax();
        }
        model::check(outer.read() == 1, "the wait returned before the job had run");
        model::check(!is_nested || inner.read() == 1, "the wait returned before the inner job had run");
    }
    /// One job; then the thread blocks for good, as on a lock that the waiter holds.
    void steal(worker& own, worker& victim) {
        become(own);
        job_slot slot = victim.deque.try_steal();
        if (!slot) return;
        slot.forker = &victim;
        pool.run(own, slot);
    }
};

model::program group_of(bool is_nested, bool sleeps, bool has_other) {
    return [=](model::execution& run) {
        auto& w = run.share<group_world>();
        run.thread("builder", [&w, is_nested, sleeps] { w.build_and_wait(is_nested, sleeps); });
        run.thread("thief", [&w] { w.steal(w.thief, w.builder); });
        if (has_other) run.thread("other", [&w] { w.steal(w.other, w.thief); });
    };
}

const model::registered programs[] = {
    {{.name = "group: a stolen job", .pure_spins = true, .early_timeouts = 0}, group_of(false, true, false)},
    {{.name = "group: a stolen job that runs another", .pure_spins = true}, group_of(true, false, false)},
    {{.name = "group: a stolen job that runs another, stolen too", .pure_spins = true}, group_of(true, false, true)},
    {{.name = "group: a stolen job that runs another, waiter asleep",
      .pure_spins = true,
      .early_timeouts = 0,
      .from_bound = 1},
     group_of(true, true, false)},
};

} // namespace
