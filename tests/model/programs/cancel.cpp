// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cancellation: a scope remembers the epoch at which nothing was cancelled around it. Whoever knows that a cancellation has
// happened finds it, however many others moved the epoch meanwhile, and whenever the scope that looks was opened.
#include <pel/detail/sched/scope.hpp>

#include <pel_model/program.hpp>

#include <optional>

namespace {

using namespace pel::detail;

struct tree {
    cancel_floor floor;
    scope outer{nullptr, nullptr, 0, 0};
    scope unrelated{nullptr, nullptr, 0, 0};
    atomic<bool> is_cancelled{false};
    bool was_known = false, was_seen_early = false;

    tree() {
        model::name(floor, "floor");
        model::name(outer, "outer");
        model::name(unrelated, "unrelated");
        model::name(is_cancelled, "told");
    }
    void cancel_outer() {
        outer.cancel();
        is_cancelled.store(true, release);
    }
    /// A fork below the loop throws.
    void lower_floor() {
        floor.lower(1);
        is_cancelled.store(true, release);
    }
    /// A loop whose blocks look at its own scope; each block may open another inside.
    void loop(int blocks) {
        scope own(&outer, &floor, 0, 2);
        for (int block = 0; block < blocks; ++block) {
            const bool known = is_cancelled.load(acquire);
            was_known = was_known || known;
            const bool seen = own.is_cancelled();
            model::check(seen || !known, "a cancelled loop goes on");
            was_seen_early = was_seen_early || (seen && !known);
            if (seen) return;
            const bool known_inside = is_cancelled.load(acquire);
            const scope inside(&own, &floor, 0, 2);
            model::check(inside.is_cancelled() || !known_inside, "a scope opened in a cancelled one runs");
        }
    }
    void tell_outcome() const { model::outcome(was_known ? "known" : was_seen_early ? "seen" : "over"); }
};

model::program cancelled_by(void (tree::*how)()) {
    return [how](model::execution& run) {
        auto& t = run.share<tree>();
        run.thread("loop", [&t] { t.loop(2); });
        run.thread("canceller", [&t, how] { (t.*how)(); });
        run.thread("another", [&t] { t.unrelated.cancel(); });
        run.finally([&t] { t.tell_outcome(); });
    };
}

const model::expectation ways{.outcomes = {"known", "over", "seen"}};

const model::registered programs[] = {
    {{.name = "cancel: the scope around a loop"}, cancelled_by(&tree::cancel_outer), ways},
    {{.name = "cancel: a fork below a loop"}, cancelled_by(&tree::lower_floor), ways},
};

} // namespace
