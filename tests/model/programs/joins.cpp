// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the nodes of a graph's run wait for each other: a node begins when all predecessors have run, as often as all have,
// one time after the other, and sees what they did; a value is not made again while it is read.
#include <pel/detail/graph/joins.hpp>
#include <pel/detail/platform/cpu_relax.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include <array>
#include <string>

namespace {

using namespace pel::detail;
using count = atomic<std::uint32_t>;

/// Predecessors that run once. Who comes last runs the node.
struct once {
    static constexpr std::uint32_t predecessors = 3;

    count left{predecessors};
    std::array<model::plain<int>, predecessors> made;
    model::plain<int> runs{0};

    void run_predecessor(std::size_t which) {
        made[which].write(1);
        if (arrive(left, predecessors)) run_node();
    }
    void run_node() {
        for (const model::plain<int>& each : made) model::check(each.read() == 1, "a node begins before another");
        runs.write(runs.read() + 1);
    }
};

void join_of_three(model::execution& run) {
    auto& all = run.share<once>();
    run.thread("a", [&all] { all.run_predecessor(0); });
    run.thread("b", [&all] { all.run_predecessor(1); });
    run.thread("c", [&all] { all.run_predecessor(2); });
    run.finally([&all] {
        model::check(all.runs.read() == 1, "a node was forgotten");
        model::check(all.left.load(relaxed) == once::predecessors, "a count is not as new");
        model::outcome("done");
    });
}

/// A node that waits for two or three which run several times. Its n-th run reads what was made in the n-th run of each.
template <int Predecessors, int Times>
struct rounds {
    static constexpr std::uint32_t edges[] = {0, 1, 2};

    count left{Predecessors}, due{0};
    std::array<count, Predecessors> arrived;
    std::array<std::array<model::plain<int>, Times>, Predecessors> made;
    model::plain<int> runs{0};

    void run_predecessor(std::size_t which) {
        for (int turn = 0; turn != Times; ++turn) {
            made[which][static_cast<std::size_t>(turn)].write(turn + 1);
            const std::uint32_t times =
                arrive_again(left, Predecessors, static_cast<std::uint32_t>(which), {edges, Predecessors},
                             [this](std::uint32_t each) -> count& { return arrived[each]; });
            if (times != 0 && become_due(due, times)) run_node();
        }
    }
    void run_node() {
        do {
            const int turn = runs.read();
            model::check(turn < Times, "a node runs too often");
            for (const auto& each : made)
                model::check(each[static_cast<std::size_t>(turn)].read() == turn + 1, "a node begins too early");
            runs.write(turn + 1);
        } while (is_due_again(due));
    }
};

template <int Predecessors, int Times>
void join_in_rounds(model::execution& run) {
    auto& all = run.share<rounds<Predecessors, Times>>();
    run.thread("a", [&all] { all.run_predecessor(0); });
    run.thread("b", [&all] { all.run_predecessor(1); });
    if (Predecessors > 2) run.thread("c", [&all] { all.run_predecessor(2); });
    run.finally([&all] {
        model::check(all.runs.read() == Times, "a node was forgotten");
        model::check(all.left.load(relaxed) == Predecessors && all.due.load(relaxed) == 0, "a count is not as new");
        model::outcome("done");
    });
}

/// A node that two choose, one of them twice.
struct chosen {
    count due{0};
    std::array<model::plain<int>, 3> said;
    model::plain<int> runs{0};

    void choose(std::size_t which) {
        said[which].write(1);
        if (!become_due(due, 1)) return;
        do {
            const int turn = runs.read();
            if (turn == 2) { // all have chosen it
                for (const model::plain<int>& each : said) model::check(each.read() == 1, "a node runs too often");
            }
            runs.write(turn + 1);
        } while (is_due_again(due));
    }
};

void chosen_by_two(model::execution& run) {
    auto& all = run.share<chosen>();
    run.thread("one", [&all] {
        all.choose(0);
        all.choose(1);
    });
    run.thread("other", [&all] { all.choose(2); });
    run.finally([&all] {
        model::check(all.runs.read() == 3 && all.due.load(relaxed) == 0, "a node was forgotten");
        model::outcome("done");
    });
}

/// A value with two readers, on two threads, while a third one chooses its node again.
struct value {
    static constexpr std::uint32_t readers = 2;

    count due{1}, unread{1 + readers}; // it runs already
    atomic<bool> is_pushed{false};
    model::plain<int> bits{0}, runs{0};
    std::array<model::plain<int>, readers> seen;

    void make() {
        bits.write(bits.read() + 1);
        runs.write(runs.read() + 1);
    }
    void read(std::size_t which) {
        seen[which].write(bits.read());
        be_done();
    }
    void be_done() {
        if (have_all_read(unread, readers) && is_due_again(due)) run_again();
    }
    /// All of it on this thread.
    void run_again() {
        make();
        for (std::size_t each = 0; each != readers; ++each) {
            seen[each].write(seen[each].read() + bits.read());
            model::check(!have_all_read(unread, readers), "a value may be made again while it is read");
        }
        model::check(have_all_read(unread, readers), "a value is never made again");
        model::check(!is_due_again(due), "a node runs too often");
    }
};

void value_made_again(model::execution& run) {
    auto& it = run.share<value>();
    run.thread("makes and reads", [&it] {
        it.make();
        it.is_pushed.store(true, release);
        it.read(0);
        it.be_done(); // with the node itself
    });
    run.thread("reads", [&it] {
        while (!it.is_pushed.load(acquire)) cpu_relax();
        it.read(1);
    });
    run.thread("chooses", [&it] {
        while (!it.is_pushed.load(acquire)) cpu_relax();
        if (become_due(it.due, 1)) it.run_again();
    });
    run.finally([&it] {
        model::check(it.runs.read() == 2, "a node was forgotten");
        for (const model::plain<int>& each : it.seen)
            model::check(each.read() == 3, "a value of another round is read");
        model::check(it.unread.load(relaxed) == 1 + value::readers && it.due.load(relaxed) == 0,
                     "a count is not as new");
        model::outcome("done");
    });
}

const model::registered programs[] = {
    {{.name = "joins: three predecessors"}, join_of_three, {.outcomes = {"done"}}},
    {{.name = "joins: two that run twice"}, join_in_rounds<2, 2>, {.outcomes = {"done"}}},
    {{.name = "joins: two that run three times"}, join_in_rounds<2, 3>, {.outcomes = {"done"}}},
    {{.name = "joins: three that run twice"}, join_in_rounds<3, 2>, {.outcomes = {"done"}}},
    {{.name = "joins: a node is chosen by two"}, chosen_by_two, {.outcomes = {"done"}}},
    {{.name = "joins: a value is made again", .pure_spins = true}, value_made_again, {.outcomes = {"done"}}},
};

} // namespace
