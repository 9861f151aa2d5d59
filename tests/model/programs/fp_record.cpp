// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environments of jobs: whoever takes one computes as its forker did when that pushed it, whatever the forker runs since.
#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sched/fp_record.hpp>

#include <pel_model/program.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace {

using pel::detail::acquire;
using pel::detail::fp_record;
using pel::detail::release;

/// A deque of three positions, each pushed once, and joined by its pusher.
struct forker {
    fp_record record;
    std::array<pel::detail::atomic<int>, 3> states{}; // 0: not there, 1: pushed, 2: claimed, 3: done
    std::array<bool, 3> is_stolen{};

    forker() {
        model::name(record, "record");
        for (auto& each : states) model::name(each, "job");
    }
    void push(std::uint32_t position) { states[position].store(1, release); }
    void join(std::uint32_t position) {
        int pushed = 1;
        if (states[position].compare_exchange(pushed, 3, pel::detail::acq_rel)) return;
        while (states[position].load(acquire) != 3) pel::detail::cpu_relax();
    }
    /// A thief.
    void take(std::uint32_t position, std::uint64_t expected) {
        int pushed = 1;
        if (!states[position].compare_exchange(pushed, 2, pel::detail::acq_rel)) return;
        model::check(record.of(position) == expected, "a job is run in the environment of another");
        is_stolen[position] = true;
        states[position].store(3, release);
    }
    void finish() const {
        std::string stolen = "stolen";
        for (std::size_t position = 0; position != is_stolen.size(); ++position)
            if (is_stolen[position]) stolen += ' ' + std::to_string(position);
        model::outcome(stolen);
    }
};

/// Jobs 0 and 1 are pushed in environments 7 and 8, one inside the other, and the position of 1 is used again in 9.
void in_turns(model::execution& run) {
    auto& all = run.share<forker>();
    run.thread("forker", [&all] {
        all.record.set(7);
        all.push(0);
        const bool first = all.record.enter(1, 8);
        all.push(1);
        all.join(1);
        all.record.leave(first, 7);
        const bool second = all.record.enter(1, 9);
        all.push(2); // job 2 lies at position 1, or above
        all.join(2);
        all.record.leave(second, 7);
        all.join(0);
    });
    run.thread("thief of the oldest", [&all] { all.take(0, 7); });
    run.thread("thief of the others", [&all] {
        all.take(1, 8);
        all.take(2, 9);
    });
    run.finally([&all] { all.finish(); });
}

/// As deep as levels go, and deeper.
void nested(model::execution& run) {
    auto& all = run.share<forker>();
    run.thread("forker", [&all] {
        all.record.set(7);
        all.push(0);
        const bool first = all.record.enter(1, 8);
        all.push(1);
        const bool second = all.record.enter(2, 9);
        all.push(2);
        all.join(2);
        all.record.leave(second, 8);
        all.join(1);
        all.record.leave(first, 7);
        all.join(0);
    });
    run.thread("thief of 0", [&all] { all.take(0, 7); });
    run.thread("thief of 1", [&all] { all.take(1, 8); });
    run.finally([&all] { all.finish(); });
}

const model::registered programs[] = {
    {{.name = "fp_record: one environment after the other", .pure_spins = true, .preemptions = 6}, in_turns},
    {{.name = "fp_record: one inside the other", .pure_spins = true, .preemptions = 6}, nested},
};

} // namespace
