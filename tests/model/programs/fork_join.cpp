// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The whole scheduler: a foreign thread forks and joins in a pool whose threads are started on demand.
#include <pel/parallel_invoke.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

namespace {

using namespace pel::detail;

struct state {
    scheduler pool;
    model::plain<int> left{0}, right{0};
    explicit state(unsigned seats, unsigned threads) : pool(scheduler_config{.seats = seats, .max_threads = threads}) {
        model::name(pool, "pool");
    }
};

model::program one_fork(unsigned seats, unsigned threads) {
    return [=](model::execution& run) {
        auto& s = run.share<state>(seats, threads);
        run.thread("main", [&s] {
            const foreign_call call(s.pool);
            auto f = [&s] { s.left.write(s.left.read() + 1); };
            auto g = [&s] { s.right.write(s.right.read() + 1); };
            fork_join(f, g);
            model::check(s.left.read() == 1 && s.right.read() == 1, "each ran once");
        });
    };
}

const model::registered programs[] = {
    {{.name = "fork: 1 fork, 1 seat, 1 thread", .pure_spins = true}, one_fork(1, 1)},
    {{.name = "fork: 1 fork, 2 seats, 1 thread", .pure_spins = true}, one_fork(2, 1)},
};

} // namespace
