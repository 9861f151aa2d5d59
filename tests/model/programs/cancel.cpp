// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cancellation: a scope remembers the epoch at which nothing was cancelled around it. Whoever knows that a cancellation has
// happened finds it, however many others moved the epoch meanwhile, and whenever the scope that looks was opened.
#include <pel/detail/sched/scope.hpp>
#include <pel/detail/sched/stop_watch.hpp>

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

/// A body with a stop token begins while what is around it is cancelled; another may have ended just before.
struct watched_tree {
    scope outer{nullptr, nullptr, 0, 0};
    scope inner{&outer, nullptr, 0, 0};
    std::optional<stop_watch> watch;
    atomic<bool> is_cancelled{false};
    bool was_told_by_itself = false;

    watched_tree() {
        model::name(outer, "outer");
        model::name(inner, "inner");
        model::name(is_cancelled, "told");
    }
    void begin() {
        watch.emplace(inner);
        was_told_by_itself = watch->token().stop_requested();
        const bool known = is_cancelled.load(acquire);
        model::check(!known || watch->token().stop_requested(), "the token goes on, and everybody knows better");
    }
    void end_and_begin() {
        stop_watch(inner).request_stop();
        begin();
    }
    void cancel() {
        outer.cancel();
        is_cancelled.store(true, release);
    }
    void cancel_inner() {
        inner.cancel();
        is_cancelled.store(true, release);
    }
    void conclude() {
        model::check(watch->token().stop_requested(), "nobody told the token");
        model::outcome(was_told_by_itself ? "found cancelled" : "told");
        watch.reset();
    }
};

model::program watched_by(void (watched_tree::*body)()) {
    return [body](model::execution& run) {
        auto& t = run.share<watched_tree>();
        run.thread("body", [&t, body] { (t.*body)(); });
        run.thread("canceller", [&t] { t.cancel(); });
        run.finally([&t] { t.conclude(); });
    };
}

void cancelled_twice(model::execution& run) {
    auto& t = run.share<watched_tree>();
    run.thread("body", [&t] { t.begin(); });
    run.thread("canceller", [&t] { t.cancel(); });
    run.thread("another", [&t] { t.cancel_inner(); });
    run.finally([&t] { t.conclude(); });
}

/// A body with a stop token ends while what is around it is cancelled.
struct watched_alone {
    scope outer{nullptr, nullptr, 0, 0};
    scope inner{&outer, nullptr, 0, 0};
    bool was_stopped = false;

    void begin_and_end() {
        const stop_watch watch(inner);
        was_stopped = watch.token().stop_requested();
    }
};

void ends_meanwhile(model::execution& run) {
    auto& t = run.share<watched_alone>();
    run.thread("body", [&t] { t.begin_and_end(); });
    run.thread("canceller", [&t] { t.outer.cancel(); });
    run.finally([&t] { model::outcome(t.was_stopped ? "stopped" : "not stopped"); });
}

const model::expectation both_ways{.outcomes = {"found cancelled", "told"}};

const model::expectation ways{.outcomes = {"known", "over", "seen"}};

const model::registered programs[] = {
    {{.name = "cancel: the scope around a loop"}, cancelled_by(&tree::cancel_outer), ways},
    {{.name = "cancel: a fork below a loop"}, cancelled_by(&tree::lower_floor), ways},
    {{.name = "cancel: a token"}, watched_by(&watched_tree::begin), both_ways},
    {{.name = "cancel: a token, cancelled twice"}, cancelled_twice, both_ways},
    {{.name = "cancel: a token that ends"}, ends_meanwhile, {.outcomes = {"not stopped", "stopped"}}},
    {{.name = "cancel: a token after another"}, watched_by(&watched_tree::end_and_begin), both_ways},
};

} // namespace
