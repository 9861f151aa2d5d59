// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Phases: members that share a phase's items, meet, leave and are asked back. Every body of every phase runs once, after
// all of the phase before and in its sight; a phase that ends opens the next; who calls returns when nobody is inside.
#include <pel/detail/algorithm/shared_phases.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include "support/even_cuts.hpp"

#include <optional>
#include <stdexcept>

namespace {

using namespace pel::detail;

enum class patience : std::uint8_t { stays, leaves, either };

struct plan {
    unsigned helpers = 1;
    std::uint64_t phases = 2, items = 2, first = 0;
    unsigned shares = 2;
    patience waits = patience::stays;
    std::uint64_t grain = 1;
    int throws = -1;       // the phase whose item 0 throws
    bool has_come = false; // all members are there when it begins, and nobody is invited later: saves steps
};

/// Stands in for the task group: counts members that are invited and have not ended, keeps the first exception.
class crew {
public:
    static constexpr std::uint64_t most_phases = 4, most_items = 4;

    explicit crew(const plan& wanted) : plan_(wanted) {
        phases_.emplace(wanted.first, wanted.first + wanted.phases, wanted.items,
                        pel_test::even_cuts{wanted.items, wanted.shares}, wanted.grain);
        model::name(*phases_, "phases");
        model::name(invitations_, "invitations");
        model::name(present_, "present");
        model::name(is_cancelled_, "cancelled");
        model::name(is_stop_wanted_, "stop");
        for (unsigned each = 0; each < wanted.shares; ++each) phases_->invite(*this);
        if (wanted.has_come) invitations_.store(0, relaxed);
    }

    // ---- threads ----

    void call() {
        if (plan_.has_come) take_part();
        while (present_.load(acquire) != 0)
            if (!try_take_part()) cpu_relax();
        is_complete_ = phases_->is_complete();
        phases_.reset(); // nobody may touch it any more
        check_cells();
    }
    void help() {
        if (plan_.has_come) return take_part();
        for (;;)
            if (!try_take_part()) cpu_relax();
    }
    void stop() { is_stop_wanted_.store(true, relaxed); }

    // ---- the host ----

    void run(std::uint64_t phase, std::uint64_t lo, std::uint64_t hi) {
        model::check(lo < hi && hi <= plan_.items, "an item that does not exist");
        for (std::uint64_t item = lo; item != hi; ++item) run_item(phase - plan_.first, item);
    }
    bool must_stop() {
        if (is_stop_wanted_.load(relaxed)) is_cancelled_.store(true, relaxed);
        return is_cancelled();
    }
    bool is_cancelled() const { return is_cancelled_.load(relaxed); }
    void invite() {
        present_.fetch_add(1, relaxed);
        invitations_.fetch_add(1, release);
    }
    static std::uint32_t thread() { return static_cast<std::uint32_t>(model::self()) + 1; }
    static unsigned home() { return 0; }
    static int sit_at(unsigned) { return 0; }
    auto short_look() const {
        return [](unsigned) { return false; };
    }
    auto long_look() const {
        const bool leaves =
            plan_.waits == patience::leaves || (plan_.waits == patience::either && model::choose(2) == 1);
        return [this, leaves](unsigned) { return !leaves && !is_cancelled(); };
    }

    void finish(bool may_be_cut_short) const {
        for (std::uint64_t phase = 0; phase < plan_.phases; ++phase) {
            for (std::uint64_t item = 0; item < plan_.items; ++item)
                model::check(runs_[phase][item] == 1 || !is_complete_, "a body was left out");
        }
        model::check(is_complete_ || may_be_cut_short, "the call returned before all phases were complete");
        model::outcome(std::string(is_complete_ ? "complete, " : "cut short, ") + who());
    }

private:
    bool try_take_part() {
        unsigned open = invitations_.load(relaxed);
        if (open == 0) return false;
        if (invitations_.compare_exchange(open, open - 1, acquire)) take_part();
        return true;
    }
    void take_part() {
        ++entries_[model::self()];
        try {
            if (!is_cancelled()) phases_->take_part(*this);
        } catch (const std::out_of_range&) {
            is_cancelled_.store(true, relaxed);
        }
        present_.fetch_sub(1, acq_rel); // the last access
    }
    /// Reads what all bodies of the phase before wrote, and overwrites what these have read.
    void run_item(std::uint64_t phase, std::uint64_t item) {
        model::check(phase < plan_.phases, "a phase that does not exist");
        model::check(++runs_[phase][item] == 1, "a body ran twice");
        for (std::uint64_t other = 0; other < plan_.items; ++other)
            model::check(cells_[phase % 2][other].read() == phase, "a body ran before a phase was complete");
        if (plan_.throws == static_cast<int>(phase) && item == 0) throw std::out_of_range("0");
        cells_[1 - phase % 2][item].write(phase + 1);
        runners_[phase] |= 1u << model::self();
        unsigned& last = last_entry_[model::self()];
        has_come_back_ = has_come_back_ || (last != 0 && last != entries_[model::self()]);
        last = entries_[model::self()];
    }
    void check_cells() const {
        for (std::uint64_t item = 0; is_complete_ && item < plan_.items; ++item)
            model::check(cells_[plan_.phases % 2][item].read() == plan_.phases, "the last phase is not complete");
    }
    /// How many threads ran something of each phase.
    std::string who() const {
        std::string text;
        for (std::uint64_t phase = 0; phase < plan_.phases; ++phase) {
            unsigned count = 0;
            for (unsigned rest = runners_[phase]; rest != 0; rest &= rest - 1) ++count;
            text += std::to_string(count);
        }
        if (has_come_back_) text += ", came back";
        return text;
    }

    const plan plan_;
    std::optional<shared_phases> phases_;
    atomic<unsigned> invitations_{0}, present_{0};
    atomic<bool> is_cancelled_{false}, is_stop_wanted_{false};
    bool is_complete_ = false;
    model::plain<std::uint64_t> cells_[2][most_items];
    unsigned runs_[most_phases][most_items] = {};
    unsigned runners_[most_phases] = {};
    unsigned entries_[4] = {}, last_entry_[4] = {}; // of each thread: how often it took part, and when it ran something
    bool has_come_back_ = false;
};

model::program with(const plan& wanted, bool is_stopped = false) {
    return [wanted, is_stopped](model::execution& run) {
        auto& c = run.share<crew>(wanted);
        run.thread("caller", [&c] { c.call(); });
        for (unsigned each = 0; each < wanted.helpers; ++each) run.daemon("helper", [&c] { c.help(); });
        if (is_stopped) run.thread("stopper", [&c] { c.stop(); });
        run.finally([&c, wanted, is_stopped] { c.finish(is_stopped || wanted.throws >= 0); });
    };
}

// How many threads ran something of each phase: where it was one, it took from the other's share.
const std::vector<std::string> shared{"complete, 11", "complete, 12", "complete, 21", "complete, 22"};

const model::registered programs[] = {
    {{.name = "phases: 2 members stay", .pure_spins = true}, with({}), {.outcomes = shared}},
    {{.name = "phases: 2 members leave", .pure_spins = true},
     with({.waits = patience::leaves}),
     {.outcomes = {"complete, 11", "complete, 12", "complete, 21", "complete, 21, came back", "complete, 22",
                   "complete, 22, came back"}}},
    {{.name = "phases: 3 items", .pure_spins = true}, with({.items = 3, .has_come = true}), {.outcomes = shared}},
    {{.name = "phases: a number that fits no share", .pure_spins = true},
     with({.first = (std::uint64_t{1} << 48) - 1, .has_come = true}),
     {.outcomes = shared}},
    {{.name = "phases: a body throws", .pure_spins = true},
     with({.waits = patience::either, .throws = 0}),
     {.outcomes = {"cut short, 00", "cut short, 10"}}},
    {{.name = "phases: a body of the second throws", .pure_spins = true},
     with({.throws = 1}),
     {.outcomes = {"cut short, 10", "cut short, 11", "cut short, 20", "cut short, 21"}}},
    {{.name = "phases: stopped", .pure_spins = true},
     with({}, true),
     {.outcomes = {"complete, 11", "complete, 12", "complete, 21", "complete, 22", "cut short, 00", "cut short, 10",
                   "cut short, 11", "cut short, 20", "cut short, 21"}}},
    {{.name = "phases: 3 members, 3 preemptions", .pure_spins = true, .preemptions = 3},
     with({.helpers = 2, .items = 3, .shares = 3, .has_come = true})},
    {{.name = "phases: 3 members, 4 preemptions", .store_buffers = false, .pure_spins = true, .preemptions = 4},
     with({.helpers = 2, .items = 3, .shares = 3, .has_come = true})},
    {{.name = "phases: 3 phases", .pure_spins = true, .from_bound = 1}, with({.phases = 3, .has_come = true})},
};

} // namespace
