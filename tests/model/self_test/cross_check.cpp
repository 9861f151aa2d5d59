// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reduction against the plain search that tries every interleaving: for random small programs both must find the
// same final states, and the reduction must run each class of equivalent executions exactly once.
#include <pel/detail/platform/asymmetric_fence.hpp>
#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/platform/futex.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <pel_model/explore.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace pel::detail;

enum class action : unsigned {
    load,
    store,
    locked_store,
    exchange,
    compare,
    add,
    heavy,
    spin,
    wait,
    wake,
    choose,
    count
};
constexpr const char* action_names[] = {"load",  "store", "locked store", "exchange", "compare", "add",
                                        "heavy", "spin",  "wait",         "wake",     "choose"};

struct instruction {
    action what;
    unsigned where;
    std::uint32_t value;
};
using code = std::vector<std::vector<instruction>>;

struct memory {
    atomic<std::uint32_t> cell[3];
    std::uint32_t registers[4][8] = {};
};

std::uint32_t run(memory& m, const instruction& step) {
    atomic<std::uint32_t>& cell = m.cell[step.where];
    std::uint32_t expected = step.value - 1;
    switch (step.what) {
    case action::load: return cell.load(acquire);
    case action::store: cell.store(step.value, release); return 0;
    case action::locked_store: cell.store(step.value, seq_cst); return 0;
    case action::exchange: return cell.exchange(step.value, acq_rel);
    case action::compare: return cell.compare_exchange(expected, step.value, acq_rel) ? 77 : expected;
    case action::add: return cell.fetch_add(1, acq_rel);
    case action::heavy: asymmetric_fence_heavy(); return 0;
    case action::spin:
        while (cell.load(acquire) == 0) cpu_relax();
        return 1;
    case action::wait: futex_wait(cell, 0, step.value == 1 ? 1000 : -1); return cell.load(relaxed);
    case action::wake: futex_wake_one(cell); return 0;
    case action::choose: return model::choose(2);
    case action::count: break;
    }
    return 0;
}

model::program make_program(const code& threads) {
    return [&threads](model::execution& execution) {
        auto& m = execution.share<memory>();
        for (unsigned t = 0; t < threads.size(); ++t)
            execution.daemon("thread", [&m, t, &threads] {
                for (unsigned i = 0; i < threads[t].size(); ++i) m.registers[t][i] = 1 + run(m, threads[t][i]);
            });
        execution.finally([&m] {
            std::string text;
            for (auto& row : m.registers)
                for (const std::uint32_t value : row) text += std::to_string(value) + ",";
            for (auto& cell : m.cell) text += " " + std::to_string(cell.load(relaxed));
            model::outcome(text);
        });
    };
}

code random_code(std::mt19937_64& random) {
    const unsigned threads = 2 + static_cast<unsigned>(random() % 3);
    const unsigned cells = 1 + static_cast<unsigned>(random() % 3);
    code result(threads);
    unsigned left = 6;
    for (auto& thread : result) {
        const unsigned steps = 1 + static_cast<unsigned>(random() % 3);
        for (unsigned i = 0; i < steps && left > 0; ++i, --left) {
            auto what = static_cast<action>(random() % static_cast<unsigned>(action::count));
            if (random() % 2 == 0) what = static_cast<action>(random() % 2);
            thread.push_back(
                {what, static_cast<unsigned>(random() % cells), 1 + static_cast<std::uint32_t>(random() % 2)});
        }
    }
    return result;
}

void print(const code& threads) {
    for (const auto& thread : threads) {
        std::printf("  thread:");
        for (const auto& step : thread)
            std::printf(" %s[%u,%u]", action_names[static_cast<unsigned>(step.what)], step.where, step.value);
        std::printf("\n");
    }
}

struct totals {
    std::uint64_t programs = 0, reduced = 0, redundant = 0, plain = 0;
};

bool same_keys(const model::result& a, const model::result& b) {
    if (a.outcomes.size() != b.outcomes.size()) return false;
    for (const auto& [text, times] : a.outcomes)
        if (b.outcomes.count(text) == 0) return false;
    return true;
}

bool agree(const code& threads, totals& sum) {
    model::options settings{.name = "random", .spurious_wakeups = 0};
    settings.collect_classes = true;
    const model::result reduced = model::explore(settings, make_program(threads));
    settings.reduce = model::reduction::none;
    settings.execution_limit = 300000;
    const model::result plain = model::explore(settings, make_program(threads));
    if (!plain.complete) return true; // too large for the plain search
    ++sum.programs;
    sum.reduced += reduced.executions;
    sum.redundant += reduced.redundant;
    sum.plain += plain.executions;
    settings.reduce = model::reduction::partial_order;
    settings.pure_spins = true;
    const model::result pure = model::explore(settings, make_program(threads));
    if (same_keys(reduced, plain) && same_keys(pure, plain) && reduced.classes == plain.classes &&
        reduced.executions == reduced.classes.size())
        return true;
    std::printf("the searches disagree: %zu and %zu outcomes, %zu and %zu classes, %llu executions\n",
                reduced.outcomes.size(), plain.outcomes.size(), reduced.classes.size(), plain.classes.size(),
                static_cast<unsigned long long>(reduced.executions));
    print(threads);
    return false;
}

} // namespace

int main(int count, char** values) {
    const unsigned programs = count > 1 ? static_cast<unsigned>(std::atoi(values[1])) : 300;
    const std::uint64_t seed = count > 2 ? static_cast<std::uint64_t>(std::atoll(values[2])) : 1;
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    std::mt19937_64 random(seed);
    totals sum;
    unsigned wrong = 0;
    for (unsigned i = 0; i < programs; ++i) wrong += agree(random_code(random), sum) ? 0 : 1;
    std::printf("%llu programs: %llu executions and %llu redundant ones in place of %llu; %u disagree\n",
                static_cast<unsigned long long>(sum.programs), static_cast<unsigned long long>(sum.reduced),
                static_cast<unsigned long long>(sum.redundant), static_cast<unsigned long long>(sum.plain), wrong);
    return wrong == 0 && sum.programs > programs / 2 ? 0 : 1;
}
