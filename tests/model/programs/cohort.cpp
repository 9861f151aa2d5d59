// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A lock that is passed on within a node, a bounded number of times, and then goes to another node: one holder at a time,
// nobody waits for ever, whoever comes for itself alone meanwhile; and it may be gone once its last user has it.
#include <pel/detail/sync/cohort_lock.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include "model/programs/impatient.hpp"

#include <array>
#include <optional>
#include <string>

namespace {

using namespace pel::detail;

constexpr unsigned alone = 2; // no node

struct lock_and_places {
    cohort_lock lock{1};
    std::array<cohort_lock::place, 2> places;
};

struct guarded {
    std::optional<lock_and_places> its{std::in_place};
    model::plain<unsigned> count;
    unsigned rounds_left;
    std::string order;

    explicit guarded(unsigned rounds) : rounds_left(rounds) {
        model::name(its->lock, "lock");
        model::name(its->places[0], "node 0");
        model::name(its->places[1], "node 1");
    }

    void add(unsigned node) {
        pel_test::impatient wait;
        if (!its->lock.try_lock()) {
            if (node == alone)
                its->lock.lock(wait);
            else
                its->lock.lock(its->places[node], wait);
        }
        count.write(count.read() + 1);
        order += std::to_string(node);
        const bool is_last = --rounds_left == 0;
        its->lock.unlock();
        if (is_last) its.reset();
    }
};

template <unsigned... Nodes>
void share_between(model::execution& run) {
    auto& one = run.share<guarded>(static_cast<unsigned>(sizeof...(Nodes)));
    constexpr const char* names[] = {"first", "second", "third", "fourth"};
    unsigned n = 0;
    (run.thread(names[n++], [&one] { one.add(Nodes); }), ...);
    run.finally([&one] {
        model::check(one.rounds_left == 0, "a turn was lost");
        model::outcome(one.order);
    });
}

const model::registered programs[] = {
    {{.name = "cohort: two threads of one node"}, share_between<0, 0>},
    {{.name = "cohort: two of one node, one of another"}, share_between<0, 0, 1>},
    {{.name = "cohort: three of one node"}, share_between<0, 0, 0>},
    {{.name = "cohort: two of one node, one alone"}, share_between<0, 0, alone>},
    {{.name = "cohort: three of one node, one of another", .preemptions = 1}, share_between<0, 0, 0, 1>},
};

} // namespace
