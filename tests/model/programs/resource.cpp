// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Units of resources: nobody who waits for some is forgotten, passed by, or served twice, whoever gives up at the same
// time; those who want units of several never wait in a circle; no more are given than there are. And a task that is
// given up, or begins: who has done its last may destroy the resource.
#include "waiting.hpp"

#include <pel/detail/graph/after/claim_state.hpp>
#include <pel/detail/graph/resource_core.hpp>

#include <initializer_list>
#include <string>

namespace {

using namespace pel_test;
using namespace pel::detail;

struct resources {
    mortal<resource_core> first, second;
    std::string served; // in their order; of programs in which one thread after the other writes it

    resources(unsigned units, unsigned of_second) : first(units), second(of_second) {}
};

/// Is there before the claim, and after it.
struct wanted_units {
    few_needs<2> wanted_;
};

/// Claims units, has them for a moment, and gives them back.
class user : wanted_units, public resource_claim {
public:
    user(resources& from, char name, std::initializer_list<resource_need> wanted)
        : resource_claim(wanted_.data(), wanted.size(), &resume), from_(from), name_(name) {
        for (const resource_need& each : wanted) add_need(wanted_, each);
    }

    void come() {
        if (try_acquire()) go_on();
    }
    bool is_served() const { return has_all_.read(); }
    bool is_over() const { return is_over_.read(); }

private:
    static void resume(resource_claim& claim) noexcept { static_cast<user&>(claim).go_on(); }
    void go_on() {
        model::check(!is_over_.read(), "a claim is resumed twice");
        has_all_.write(has_all());
        if (has_all()) from_.served += name_;
        is_over_.write(true);
        release();
    }

    resources& from_;
    const char name_;
    model::plain<bool> has_all_{false}, is_over_{false};
};

/// All have one after the other; what one writes while it has the unit the next one reads.
void one_unit(model::execution& run) {
    struct world : resources {
        world() : resources(1, 1) {}
        user a{*this, 'a', {{&*first, 1}}}, b{*this, 'b', {{&*first, 1}}}, c{*this, 'c', {{&*first, 1}}};
    };
    auto& w = run.share<world>();
    run.thread("a", [&w] { w.a.come(); });
    run.thread("b", [&w] { w.b.come(); });
    run.thread("c", [&w] { w.c.come(); });
    run.finally([&w] {
        model::check(w.a.is_served() && w.b.is_served() && w.c.is_served(), "a claim was forgotten");
        model::check(w.first->available() == 1, "units were lost");
        model::outcome(w.served);
    });
}

/// Two want both, and name them in different orders; one wants the second one only.
void two_resources(model::execution& run) {
    struct world : resources {
        world() : resources(1, 1) {}
        user a{*this, 'a', {{&*first, 1}, {&*second, 1}}}, b{*this, 'b', {{&*second, 1}, {&*first, 1}}};
    };
    auto& w = run.share<world>();
    run.thread("a", [&w] { w.a.come(); });
    run.thread("b", [&w] { w.b.come(); });
    run.finally([&w] {
        model::check(w.a.is_served() && w.b.is_served(), "a claim was forgotten");
        model::check(w.first->available() == 1 && w.second->available() == 1, "units were lost");
        model::outcome(w.served);
    });
}

/// One wants two, the next one that comes one, while a unit is given back.
void in_turn(model::execution& run) {
    struct world : resources {
        world() : resources(2, 1) {}
        user large{*this, 'L', {{&*first, 2}}}, small{*this, 's', {{&*first, 1}}};
    };
    auto& w = run.share<world>();
    (void)w.first->try_take(1);
    run.thread("comes", [&w] {
        w.large.come();
        w.small.come();
    });
    run.thread("gives", [&w] { w.first->give_back(1); });
    run.finally([&w] {
        model::check(w.large.is_served() && w.small.is_served(), "a claim was forgotten");
        model::check(w.first->available() == 2, "units were lost");
        model::check(w.served == "Ls", "a claim was passed by");
    });
}

/// One that wants more than there is for now is withdrawn, from before another one that does not.
void withdrawn(model::execution& run) {
    struct world : resources {
        world() : resources(2, 1) {}
        user large{*this, 'L', {{&*first, 2}}}, small{*this, 's', {{&*first, 1}}};
    };
    auto& w = run.share<world>();
    (void)w.first->try_take(1); // for ever
    run.thread("comes", [&w] {
        w.large.come();
        w.small.come();
    });
    run.thread("withdraws", [&w] { w.large.withdraw(); });
    run.finally([&w] {
        model::check(w.large.is_over() && w.small.is_served(), "a claim was forgotten");
        model::check(!w.large.is_served() && w.first->available() == 1, "units were lost");
        model::outcome("done");
    });
}

/// One that waits for the second resource, or the first, is withdrawn while the units of both come back.
void withdrawn_while_units_come(model::execution& run) {
    struct world : resources {
        world() : resources(1, 1) {}
        user it{*this, 'i', {{&*first, 1}, {&*second, 1}}};
    };
    auto& w = run.share<world>();
    (void)w.second->try_take(1);
    run.thread("comes", [&w] { w.it.come(); });
    run.thread("gives", [&w] { w.second->give_back(1); });
    run.thread("withdraws", [&w] { w.it.withdraw(); });
    run.finally([&w] {
        model::check(w.it.is_over(), "a claim was forgotten");
        model::check(w.first->available() == 1 && w.second->available() == 1, "units were lost");
        model::outcome(w.it.is_served() ? "served" : "withdrawn");
    });
}

/// As a task of spawn_after(): who has done its last destroys the resource. (It is the one that would be sent to its pool
/// and served again; here that goes on at once.)
struct task : resource_claim {
    task(mortal<resource_core>& of, users& all)
        : resource_claim(&need, 1, &resume), need{&*of, 1}, from(of), left(all) {}

    resource_need need;
    mortal<resource_core>& from;
    users& left;
    claim_state state;
    model::plain<bool> is_over{false}, has_run{false};
    bool is_given_up = false;

    void serve() {
        state.begin_asking();
        if (try_acquire()) go_on();
    }
    void cancel() {
        is_given_up = state.give_up([this] { return leave_queue(); }, [this] { go_on(); });
    }

private:
    static void resume(resource_claim& claim) noexcept { static_cast<task&>(claim).go_on(); }
    void go_on() {
        model::check(!is_over.read(), "a task is served twice");
        has_run.write(state.try_begin());
        model::check(!has_run.read() || has_all(), "a task begins without its units");
        release();
        is_over.write(true);
        if (left.is_last()) from.destroy();
    }
};

void given_up(model::execution& run) {
    struct world {
        mortal<resource_core> one{1u};
        users left{2};
        task it{one, left};
    };
    auto& w = run.share<world>();
    (void)w.one->try_take(1);
    run.thread("serves", [&w] { w.it.serve(); });
    run.thread("gives", [&w] {
        w.one->give_back(1);
        if (w.left.is_last()) w.one.destroy();
    });
    run.thread("cancels", [&w] { w.it.cancel(); });
    run.finally([&w] {
        model::check(w.it.is_over.read(), "a task was forgotten");
        model::check(w.it.has_run.read() != w.it.is_given_up, "a task that is given up begins");
        model::outcome(w.it.is_given_up ? "given up" : "begun");
    });
}

const model::registered programs[] = {
    {{.name = "resource: one unit for three", .pure_spins = true},
     one_unit,
     {.outcomes = {"abc", "acb", "bac", "bca", "cab", "cba"}}},
    {{.name = "resource: two of them, named in both orders", .pure_spins = true},
     two_resources,
     {.outcomes = {"ab", "ba"}}},
    {{.name = "resource: who wants two is not passed by", .pure_spins = true}, in_turn},
    {{.name = "resource: one of two is withdrawn", .pure_spins = true}, withdrawn, {.outcomes = {"done"}}},
    {{.name = "resource: withdrawn while units come", .pure_spins = true},
     withdrawn_while_units_come,
     {.outcomes = {"served", "withdrawn"}}},
    {{.name = "resource: a task is given up while its unit comes", .pure_spins = true},
     given_up,
     {.outcomes = {"begun", "given up"}}},
};

} // namespace
