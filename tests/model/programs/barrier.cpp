// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Barriers: nobody goes on before all have arrived and the completion has run, everybody goes on then; the last one
// may destroy it though others may still be on their way out.
#include "waiting.hpp"

#include <pel/detail/sync/barrier_core.hpp>

#include <string>

namespace {

using namespace pel_test;

struct world {
    explicit world(std::uint32_t members) : barrier(members), left(members), expected(static_cast<int>(members)) {}

    mortal<pel::detail::barrier_core> barrier;
    model::plain<int> arrived[3];
    model::plain<int> completions{0};
    users left;
    int expected;
    std::string told;

    void arrive_and_wait(int self, int phase, bool with_deadline) {
        arrived[self].write(phase);
        auto complete = [this, phase] {
            for (int each = 0; each < expected; ++each)
                model::check(arrived[each].read() >= phase, "all have arrived when the completion runs");
            completions.write(completions.read() + 1);
        };
        const std::uint32_t ticket = barrier->arrive(1, complete);
        if (with_deadline)
            told = block_at_last(barrier, ticket);
        else
            block(barrier, ticket);
    }
    void take_part(int self, int phases, bool with_deadline = false) {
        for (int phase = 1; phase <= phases; ++phase) arrive_and_wait(self, phase, with_deadline);
        model::check(completions.read() == phases, "one completion for each phase");
        if (left.is_last()) barrier.destroy();
    }
    /// Takes part in the first phase only.
    void drop(int self) {
        arrived[self].write(2);
        auto complete = [this] { completions.write(completions.read() + 1); };
        barrier->drop();
        (void)left.is_last(); // never: others go on
        barrier->arrive(1, complete);
    }
};

const model::registered programs[] = {
    {{.name = "barrier: one phase of two", .pure_spins = true},
     [](model::execution& run) {
         auto& w = run.share<world>(2U);
         run.thread("a", [&w] { w.take_part(0, 1); });
         run.thread("b", [&w] { w.take_part(1, 1, true); });
         run.finally([&w] { model::outcome(w.told); });
     },
     {.outcomes = {"in time", "too late"}}},
    {{.name = "barrier: two phases of two", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<world>(2U);
         run.thread("a", [&w] { w.take_part(0, 2); });
         run.thread("b", [&w] { w.take_part(1, 2); });
     }},
    {{.name = "barrier: one phase of three", .pure_spins = true, .preemptions = 4},
     [](model::execution& run) {
         auto& w = run.share<world>(3U);
         run.thread("a", [&w] { w.take_part(0, 1); });
         run.thread("b", [&w] { w.take_part(1, 1); });
         run.thread("c", [&w] { w.take_part(2, 1, true); });
     }},
    {{.name = "barrier: one drops out", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<world>(2U);
         run.thread("a", [&w] { w.take_part(0, 2); });
         run.thread("b", [&w] { w.drop(1); });
     }},
};

} // namespace
