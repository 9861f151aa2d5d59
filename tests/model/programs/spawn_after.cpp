// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tasks that begin after others: each begins once, after all that it was to begin after, and its frame lives until nobody
// comes to it any more. Predecessors are added, and successors handed over, while others end.
#include <pel/detail/graph/after/node.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include <string>

namespace {

using namespace pel::detail;

/// A task as node.hpp knows it: where the library injects what is ready, here the thread that found it runs it at once.
struct task : task_node {
    model::plain<int> value{0}; // what it does
    model::plain<bool> has_begun{false};
    atomic<int> references{1}; // its own, until it is done, and those of who looks for it
    model::plain<bool> is_alive{true};
    task* after[2] = {};
    task* hands_over_to = nullptr;
    task_edge edges_of_it[2];
    unsigned used = 0;

    task_edge& next_edge() { return edges_of_it[used++]; }
    void hold() { references.fetch_add(1, relaxed); }
    void release() {
        if (references.fetch_sub(1, acq_rel) == 1) {
            is_alive.write(false); // freed
        }
    }
    void spawn_after(task& first) { attach(next_edge_to(first), first); }
    void spawn_after(task& first, task& second) {
        task_edge& one = next_edge_to(first);
        task_edge& two = next_edge_to(second);
        attach(one, first);
        attach(two, second);
    }
    bool add(task& other) {
        task_edge& edge = next_edge(); // one thread adds
        if (!try_expect(edge, other, [&] { after[used - 1] = &other; })) return false;
        attach(edge, other);
        return true;
    }
    void run() {
        model::check(!has_begun.read(), "a task begins twice");
        has_begun.write(true);
        for (const task* each : after)
            model::check(each == nullptr || each->value.read() == 1, "a task begins before a predecessor is done");
        value.write(value.read() + 1);
        if (hands_over_to != nullptr) {
            task_edge& edge = next_edge();
            wait_late(edge, *hands_over_to);
            attach(edge, *hands_over_to);
            if (!has_returned()) return;
        }
        end_it();
    }
    /// Goes down from here as a wait does, to the last that is not done. Returns: how far.
    int go_down() {
        task* at = this;
        at->hold();
        int depth = 0;
        for (;; ++depth) {
            task_node* const below = at->look_down(1, 0, [](task_node& found) { static_cast<task&>(found).hold(); });
            if (below == nullptr) break;
            at->release();
            at = static_cast<task*>(below);
        }
        at->release();
        return depth;
    }

private:
    task_edge& next_edge_to(task& other) {
        after[used] = &other;
        task_edge& edge = next_edge();
        expect(edge, other);
        return edge;
    }
    void attach(task_edge& edge, task& other) {
        if (other.try_attach(edge)) return;
        if (arrive(edge, other, 0).is_ready) ready();
    }
    void ready() { has_handed_over() ? end_it() : run(); }
    void end_it() {
        model::check(!is_done(), "a task ends twice");
        for (task_edge *edge = close(), *following = nullptr; edge != nullptr; edge = following) {
            following = edge->next;
            task& successor = static_cast<task&>(*edge->successor);
            if (successor.arrive(*edge, *this, 0).is_ready) successor.ready();
        }
        release();
    }
};

struct tasks {
    task a, b, c, d;
    bool is_added = false;
    int depth = 0;

    tasks() {
        model::name(a, "a");
        model::name(b, "b");
        model::name(c, "c");
        model::name(d, "d");
    }
};

/// Two end; the third, spawned meanwhile after both, begins once and sees what both did.
void join_of_two(model::execution& run) {
    auto& all = run.share<tasks>();
    all.a.hold(); // the handles
    all.b.hold();
    all.c.hold();
    run.thread("of a", [&all] { all.a.run(); });
    run.thread("of b", [&all] { all.b.run(); });
    run.thread("spawner", [&all] { all.c.spawn_after(all.a, all.b); });
    run.finally([&all] {
        model::check(all.c.is_done() && all.c.has_begun.read(), "a task was forgotten");
        model::outcome("done");
    });
}

/// A wait goes down while the tasks end and are freed.
void looked_at(model::execution& run) {
    auto& all = run.share<tasks>();
    all.b.spawn_after(all.a);
    all.c.spawn_after(all.d, all.b);
    all.c.hold();
    run.thread("of a", [&all] { all.a.run(); });
    run.thread("of d", [&all] { all.d.run(); });
    run.thread("waiter", [&all] {
        all.depth = all.c.go_down();
        all.c.release();
    });
    run.finally([&all] {
        model::check(!all.a.is_alive.read() && !all.b.is_alive.read() && !all.c.is_alive.read(),
                     "a task stays for ever");
        model::outcome("depth " + std::to_string(all.depth));
    });
}

/// A predecessor is added while the only other one ends; true means that it comes first.
void added(model::execution& run) {
    auto& all = run.share<tasks>();
    all.c.spawn_after(all.a);
    all.b.hold();
    all.c.hold();
    run.thread("of a", [&all] { all.a.run(); });
    run.thread("of b", [&all] { all.b.run(); });
    run.thread("adder", [&all] {
        all.is_added = all.c.add(all.b);
        model::check(!all.is_added || !all.c.is_done() || all.b.is_done(), "a task was done before an added one");
    });
    run.finally([&all] {
        model::check(all.c.is_done(), "a task was forgotten");
        model::outcome(all.is_added ? "added" : "refused");
    });
}

/// A task that runs hands over to one that ends at the same time; a third waits for the first.
void handed_over(model::execution& run) {
    auto& all = run.share<tasks>();
    all.a.hands_over_to = &all.b;
    all.b.hold();
    all.c.spawn_after(all.a);
    all.c.hold();
    run.thread("of a", [&all] { all.a.run(); });
    run.thread("of b", [&all] { all.b.run(); });
    run.thread("reader", [&all] {
        if (!all.c.is_done()) return;
        model::check(all.b.is_done() && all.b.value.read() == 1, "what was handed over to is not done");
    });
    run.finally([&all] {
        model::check(all.c.is_done() && !all.a.is_alive.read(), "a task was forgotten");
        model::outcome("done");
    });
}

const model::registered programs[] = {
    {{.name = "spawn_after: two predecessors end while a task is spawned"}, join_of_two, {.outcomes = {"done"}}},
    {{.name = "spawn_after: a wait goes down while tasks end"},
     looked_at,
     {.outcomes = {"depth 0", "depth 1", "depth 2"}}},
    {{.name = "spawn_after: a predecessor is added"}, added, {.outcomes = {"added", "refused"}}},
    {{.name = "spawn_after: handed over while the other ends"}, handed_over, {.outcomes = {"done"}}},
};

} // namespace
