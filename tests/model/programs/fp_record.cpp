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
    /// Pushes a job in an environment of its own, above `end`, does what is inside, joins the job and is as before.
    template <class Inside>
    void run_in(std::uint64_t environment, std::uint32_t end, std::uint32_t job, Inside inside) {
        const std::uint64_t before = record.current();
        const bool has_level = record.enter(end, environment);
        push(job);
        inside();
        join(job);
        record.leave(has_level, before);
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

/// Inside of job 0, of environment 7: job 1 of 8, and when that is joined job 2 of 9.
void in_turns(model::execution& run) {
    auto& all = run.share<forker>();
    run.thread("forker", [&all] {
        all.record.set(7);
        all.push(0);
        all.run_in(8, 1, 1, [] {});
        all.run_in(9, 1, 2, [] {});
        all.join(0);
    });
    run.thread("thief of the oldest", [&all] { all.take(0, 7); });
    run.thread("thief of the others", [&all] {
        all.take(1, 8);
        all.take(2, 9);
    });
    run.finally([&all] { all.finish(); });
}

/// Inside of job 0, of environment 7: job 1 of 8, and inside of that job 2 of 9.
void nested(model::execution& run) {
    auto& all = run.share<forker>();
    run.thread("forker", [&all] {
        all.record.set(7);
        all.push(0);
        all.run_in(8, 1, 1, [&all] { all.run_in(9, 2, 2, [] {}); });
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
