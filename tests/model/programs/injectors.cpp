// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several injectors: whoever lists a job, and whoever claims one of the list, take the same lock, although the first of
// them only choose which one that is.
#include <pel/detail/queue/injectors.hpp>

#include <pel_model/program.hpp>

namespace {

using namespace pel::detail;

struct counted : listed_job {
    counted() : listed_job(nullptr) {}
    int claims = 0;
};

void nothing(const job_slot&, worker&, job_action) {}

struct world {
    injectors all;
    group_list list;
    counted jobs[2];

    world() {
        all.open(2);
        model::name(all, "injectors");
        model::name(list, "list");
    }
    void claim(const job_slot& slot) {
        if (slot) ++static_cast<counted*>(slot.frame)->claims;
    }
    void append(unsigned at, counted& item) {
        all.try_append(list, at, item, &nothing, [] { return true; }, [] {});
    }
    void drain() {
        while (const job_slot slot = all.try_pop(0)) claim(slot);
        model::check(all.is_empty() && list.is_empty(), "something is left");
    }
};

const model::registered programs[] = {
    {{.name = "injectors: two threads begin a list"},
     [](model::execution& run) {
         auto& w = run.share<world>();
         run.thread("first", [&w] { w.append(0, w.jobs[0]); });
         run.thread("second", [&w] { w.append(1, w.jobs[1]); });
         run.thread("waiter", [&w] { w.claim(w.all.try_pop(w.list)); });
         run.finally([&w] {
             w.drain();
             model::check(w.jobs[0].claims == 1 && w.jobs[1].claims == 1, "each job is claimed once");
         });
     }},
};

} // namespace
