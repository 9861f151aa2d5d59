// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The split deque: an owner that forks and joins, thieves that steal, also behind its back. Every job runs exactly once,
// its effects are visible to the join, a frame that is gone is never touched, and what became public is what was stolen
// or taken back.
#include <pel/detail/queue/job.hpp>
#include <pel/detail/queue/split_deque.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include <optional>

namespace {

using namespace pel::detail;

struct frame : job {
    frame() : job(nullptr) {}
    model::plain<int> input{0}, result{0};
    int runs = 0;

    void run() {
        model::check(++runs == 1, "a job ran twice");
        model::check(input.read() == 1, "a job's frame is not what was forked");
        result.write(1);
    }
};

template <class... Arguments>
void never_called(Arguments...) {}

struct board {
    static constexpr std::uint32_t capacity = 4;
    atomic_slot slots[capacity];
    split_deque deque;
    explicit board(std::uint32_t places) : deque(slots, places) {
        deque.clear_request(); // nobody asks: the only reason to refuse a fork is that there is no place
        model::name(deque, "deque");
        model::name(slots, "slots");
    }

    std::uint32_t exposed = 0, taken_back = 0, stolen = 0; // as pool_stats counts

    // ---- owner ----

    void fork(frame& forked) {
        forked.input.write(1);
        deque.push(deque.bottom(), never_called, &forked);
    }
    /// False: there is no place for it, so the fork is a call.
    bool try_fork(frame& forked) {
        forked.input.write(1);
        return deque.try_push(deque.bottom(), never_called, &forked);
    }
    /// An owner that is asked exposes at some fork or other; which one does not matter here.
    void maybe_expose() {
        if (model::choose(2) == 1) exposed += deque.expose(1);
    }
    void join(frame& forked) {
        const std::uint32_t position = deque.bottom() - 1;
        auto taken = split_deque::taken::unexposed;
        if (!deque.try_take_private(position)) taken = deque.take_public(position);
        if (taken == split_deque::taken::exposed) ++taken_back;
        if (taken != split_deque::taken::stolen) {
            forked.run();
        } else {
            while (!forked.state.is_done()) cpu_relax();
            deque.close_stolen(position);
        }
        model::check(forked.result.read() == 1, "a join returned before its job had run");
    }

    // ---- thieves ----

    void finish(const job_slot& slot) {
        ++stolen;
        auto& claimed = static_cast<frame&>(*slot.frame);
        claimed.run();
        model::check(!claimed.state.finish(), "nobody parks here");
    }
    void steal(int attempts) {
        for (int i = 0; i < attempts; ++i)
            if (const job_slot slot = deque.try_steal()) finish(slot);
    }
    void deep_steal(int attempts) {
        for (int i = 0; i < attempts; ++i) {
            job_slot slot = deque.try_steal();
            if (!slot) {
                slot = deque.try_deep_steal([] { asymmetric_fence_heavy(); });
                if (slot) ++exposed;
            }
            if (slot) finish(slot);
        }
    }
};

const char* const some_stolen = "some stolen";
const char* const none_stolen = "none stolen";

using owner_body = void (*)(board&);

/// fork, fork, join, fork, join, join: a position is used again while the one below may be stolen.
void reuse(board& b) {
    frame first, second, third;
    b.fork(first);
    b.maybe_expose();
    b.fork(second);
    b.join(second);
    b.fork(third);
    b.maybe_expose();
    b.join(third);
    b.join(first);
}

/// The same position three times, in frames that lie at different places and end before the next begins.
void repeat(board& b) {
    std::optional<frame> forked[3];
    for (auto& each : forked) {
        each.emplace();
        b.fork(*each);
        b.maybe_expose();
        b.join(*each);
        each.reset();
    }
}

/// Three deep.
void nest(board& b) {
    frame first, second, third;
    b.fork(first);
    b.fork(second);
    b.maybe_expose();
    b.fork(third);
    b.join(third);
    b.join(second);
    b.join(first);
}

/// Three deep in a deque of two places.
void full(board& b) {
    frame first, second, third;
    b.fork(first);
    b.maybe_expose();
    b.fork(second);
    model::check(!b.try_fork(third), "a full deque took a job");
    third.run();
    b.join(second);
    model::check(b.try_fork(third), "a deque with a place refused a job");
    third.runs = 0;
    b.join(third);
    b.join(first);
}

void one(board& b) {
    frame forked;
    b.fork(forked);
    b.join(forked);
}

void two(board& b) {
    frame first, second;
    b.fork(first);
    b.join(first);
    b.fork(second);
    b.join(second);
}

/// Two private jobs at once.
void pair(board& b) {
    frame first, second;
    b.fork(first);
    b.fork(second);
    b.join(second);
    b.join(first);
}

enum class thief : std::uint8_t { shallow, deep };

enum class check_counts : bool { no, yes };

model::program with(owner_body owner, std::vector<std::pair<thief, int>> thieves,
                    std::uint32_t places = board::capacity, check_counts counts = check_counts::no) {
    return [owner, thieves, places, counts](model::execution& run) {
        auto& b = run.share<board>(places);
        run.thread("owner", [&b, owner] { owner(b); });
        for (const auto& [how, attempts] : thieves) {
            const int times = attempts + static_cast<int>(model::bound());
            if (how == thief::deep)
                run.thread("deep", [&b, times] { b.deep_steal(times); });
            else
                run.thread("thief", [&b, times] { b.steal(times); });
        }
        run.finally([&b, counts] {
            if (counts == check_counts::yes)
                model::check(b.exposed == b.taken_back + b.stolen, "the counts do not balance");
            model::outcome(b.stolen != 0 ? some_stolen : none_stolen);
        });
    };
}

const model::expectation both{.outcomes = {none_stolen, some_stolen}};

const model::registered programs[] = {
    {{.name = "deque: reuse, thief", .pure_spins = true}, with(reuse, {{thief::shallow, 3}}), both},
    {{.name = "deque: repeat, thief", .pure_spins = true}, with(repeat, {{thief::shallow, 3}}), both},
    {{.name = "deque: nest, thief", .pure_spins = true}, with(nest, {{thief::shallow, 3}}), both},
    {{.name = "deque: reuse, 2 thieves", .pure_spins = true},
     with(reuse, {{thief::shallow, 2}, {thief::shallow, 2}}),
     both},
    {{.name = "deque: repeat, 2 thieves", .pure_spins = true},
     with(repeat, {{thief::shallow, 1}, {thief::shallow, 1}}),
     both},
    {{.name = "deque: nest, 2 thieves", .pure_spins = true},
     with(nest, {{thief::shallow, 2}, {thief::shallow, 2}}),
     both},
    {{.name = "deque: full, thief", .pure_spins = true}, with(full, {{thief::shallow, 3}}, 2), both},
    {{.name = "deque: full, 2 thieves", .pure_spins = true},
     with(full, {{thief::shallow, 2}, {thief::shallow, 1}}, 2),
     both},
    {{.name = "deque: reuse, deep thief", .pure_spins = true, .from_bound = 1}, with(reuse, {{thief::deep, 3}}), both},
    {{.name = "deque: two, deep thief", .pure_spins = true}, with(two, {{thief::deep, 2}}), both},
    {{.name = "deque: pair, deep thief", .pure_spins = true}, with(pair, {{thief::deep, 2}}), both},
    {{.name = "deque: repeat, deep thief", .pure_spins = true}, with(repeat, {{thief::deep, 1}}), both},
    {{.name = "deque: one, 2 deep thieves", .pure_spins = true}, with(one, {{thief::deep, 1}, {thief::deep, 1}}), both},
    {{.name = "deque: two, 2 deep thieves", .pure_spins = true}, with(two, {{thief::deep, 1}, {thief::deep, 1}}), both},
    {{.name = "deque: two, thief and deep thief", .pure_spins = true},
     with(two, {{thief::deep, 1}, {thief::shallow, 2}}),
     both},
    {{.name = "deque: pair, thief and deep thief", .pure_spins = true},
     with(pair, {{thief::deep, 1}, {thief::shallow, 1}}),
     both},
    {{.name = "deque: counts of reuse, 2 thieves", .pure_spins = true},
     with(reuse, {{thief::shallow, 2}, {thief::shallow, 2}}, board::capacity, check_counts::yes),
     both},
    {{.name = "deque: counts of pair, thief and deep thief", .pure_spins = true},
     with(pair, {{thief::deep, 1}, {thief::shallow, 1}}, board::capacity, check_counts::yes),
     both},
};

} // namespace
