// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Barriers: nobody goes on before all have arrived and the completion has run, everybody goes on then; the last one
// may destroy it though others may still be on their way out. The same where threads arrive at different leaves of a
// machine, and at others than in the phase before.
#include "waiting.hpp"

#include <pel/detail/sync/barrier_core.hpp>

#include <initializer_list>
#include <string>

namespace {

using namespace pel_test;

/// Two leaves, and what is above them if there is anything.
struct machine {
    bool has_package = false;

    static unsigned leaves() { return 2; }
    unsigned places() const { return has_package ? 3 : 2; }
    unsigned above(unsigned place) const {
        return has_package && place < 2 ? 2 : pel::detail::combining_tree::no_place;
    }
};

/// Where a thread is; on no machine, or one that is known from the first phase on.
struct whereabouts {
    const machine* map = nullptr;
    unsigned leaf_now = 0;

    pel::detail::combining_tree* make_tree(std::int64_t expected) const {
        return map == nullptr ? nullptr : new pel::detail::combining_tree(*map, expected);
    }
    unsigned leaf() const { return leaf_now; }
};

struct world {
    explicit world(std::uint32_t members) : barrier(members), left(members), expected(static_cast<int>(members)) {}
    world(std::uint32_t members, const machine& known) : world(members) {
        map = known;
        is_map_known = true;
        auto complete = [] {};
        barrier->arrive(members, complete, at(0)); // a phase of its own: from then on there is a tree
    }

    mortal<pel::detail::barrier_core> barrier;
    machine map;
    bool is_map_known = false;
    model::plain<int> arrived[3];
    model::plain<int> completions{0};
    users left;
    int expected;
    std::string told;

    whereabouts at(unsigned leaf) const { return {is_map_known ? &map : nullptr, leaf}; }
    void arrive_and_wait(int self, int phase, bool with_deadline, unsigned leaf = 0) {
        arrived[self].write(phase);
        auto complete = [this, phase] {
            for (int each = 0; each < expected; ++each)
                model::check(arrived[each].read() >= phase, "all have arrived when the completion runs");
            completions.write(completions.read() + 1);
        };
        const std::uint32_t ticket = barrier->arrive(1, complete, at(leaf));
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
    /// Takes part in a phase at each of the leaves, one after the other.
    void visit(int self, std::initializer_list<unsigned> leaves) {
        int phase = 0;
        for (const unsigned leaf : leaves) arrive_and_wait(self, ++phase, false, leaf);
        model::check(completions.read() == phase, "one completion for each phase");
        if (left.is_last()) barrier.destroy();
    }
    /// Takes part in the first phase only.
    void drop(int self, unsigned leaf = 0) {
        arrived[self].write(2);
        auto complete = [this] { completions.write(completions.read() + 1); };
        (void)left.is_last(); // never: others go on
        barrier->arrive_and_drop(complete, at(leaf));
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
    {{.name = "barrier: two leaves, a thread at each", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<world>(2U, machine());
         run.thread("a", [&w] { w.visit(0, {0, 0}); });
         run.thread("b", [&w] { w.visit(1, {1, 1}); });
     }},
    {{.name = "barrier: two leaves, threads that move", .pure_spins = true, .early_timeouts = 0, .preemptions = 3},
     [](model::execution& run) {
         auto& w = run.share<world>(2U, machine());
         run.thread("a", [&w] { w.visit(0, {0, 1, 1}); });
         run.thread("b", [&w] { w.visit(1, {1, 1, 0}); });
     }},
    {{.name = "barrier: two leaves and a package, three threads",
      .pure_spins = true,
      .early_timeouts = 0,
      .preemptions = 3},
     [](model::execution& run) {
         auto& w = run.share<world>(3U, machine{true});
         run.thread("a", [&w] { w.visit(0, {0, 0}); });
         run.thread("b", [&w] { w.visit(1, {1, 0}); });
         run.thread("c", [&w] { w.visit(2, {1, 1}); });
     }},
    {{.name = "barrier: two leaves, one drops out", .pure_spins = true, .early_timeouts = 0},
     [](model::execution& run) {
         auto& w = run.share<world>(2U, machine());
         run.thread("a", [&w] { w.visit(0, {0, 1}); });
         run.thread("b", [&w] { w.drop(1, 1); });
     }},
};

} // namespace
