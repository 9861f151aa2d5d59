// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random trees of coroutines give what a plain recursion says: values or exceptions, through everything that awaits.
// test label: coroutines
#include <pel/coro/async_scope.hpp>
#include <pel/coro/await_future.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>

#include "support/live_object.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace random_coroutines_test {

using pel::task;
using pel_test::live_object;

enum class kind { value, error, yielding, awaits, pair, three, range, race, scope, submitted, blocking, catching };

/// What one coroutine does.
struct node {
    kind what = kind::value;
    unsigned number = 0;
    std::vector<node> below;
};

/// What an error has in it.
struct numbered_error {
    unsigned number;
};

class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}
    node make(int depth) {
        static constexpr kind inner[] = {kind::yielding, kind::awaits, kind::pair,      kind::three,    kind::range,
                                         kind::race,     kind::scope,  kind::submitted, kind::blocking, kind::catching};
        node made;
        made.number = up_to(1000);
        if (depth == 0 || up_to(8) == 0) {
            made.what = up_to(12) == 0 ? kind::error : kind::value;
            return made;
        }
        made.what = inner[up_to(std::size(inner))];
        for (unsigned left = children_of(made.what); left != 0; --left) made.below.push_back(make(depth - 1));
        return made;
    }

private:
    unsigned children_of(kind what) {
        switch (what) {
        case kind::pair: return 2;
        case kind::three:
        case kind::race: return 3;
        case kind::range: return up_to(6);
        case kind::scope: return up_to(4);
        default: return 1;
        }
    }
    unsigned up_to(std::size_t end) { return static_cast<unsigned>(random_() % end); }

    std::mt19937 random_;
};

unsigned mixed(unsigned sum, unsigned value) { return sum * 31 + value; }

/// A value, or nothing for an error, whose number is in `error`.
struct outcome {
    bool is_error = false;
    unsigned number = 0;
};

outcome interpret(const node& of) {
    outcome all{false, of.number};
    if (of.what == kind::error) return {true, of.number};
    if (of.what == kind::race) return all; // whoever wins, the value is its own
    unsigned in_scope = 0;
    bool has_failed = false;
    for (const node& each : of.below) {
        const outcome one = interpret(each);
        if (of.what == kind::catching && one.is_error) return {false, mixed(of.number, one.number + 1)};
        if (of.what == kind::scope) { // whichever error is first: its number is not told
            has_failed = has_failed || one.is_error;
            in_scope += one.number;
            continue;
        }
        if (one.is_error) return one; // of when_all, the first in order
        all.number = mixed(all.number, one.number);
    }
    if (of.what == kind::scope) all.number = has_failed ? of.number + 1 : mixed(of.number, in_scope);
    return all;
}

class program {
public:
    explicit program(pel::thread_pool& pool) : pool_(pool) {}

    task<unsigned> run(const node& of) {
        const live_object local;
        switch (of.what) {
        case kind::value: co_return of.number;
        case kind::error: throw numbered_error{of.number};
        case kind::yielding: co_await pel::yield(); break;
        case kind::pair: co_return co_await pair(of);
        case kind::three: co_return co_await three(of);
        case kind::range: co_return co_await range(of);
        case kind::race: co_return co_await race(of);
        case kind::scope: co_return co_await scope(of);
        case kind::catching: co_return co_await catching(of);
        case kind::submitted: {
            const unsigned below = co_await pool_.submit(run(of.below[0]));
            co_return mixed(of.number, below);
        }
        case kind::blocking: {
            const unsigned below = pel::sync_wait(run(of.below[0]));
            co_return mixed(of.number, below);
        }
        case kind::awaits: break;
        }
        const unsigned below = co_await run(of.below[0]);
        co_return mixed(of.number, below);
    }

private:
    task<unsigned> pair(const node& of) {
        auto [a, b] = co_await pel::when_all(run(of.below[0]), run(of.below[1]));
        co_return mixed(mixed(of.number, a), b);
    }
    task<unsigned> three(const node& of) {
        auto [a, b, c] = co_await pel::when_all(run(of.below[0]), run(of.below[1]), run(of.below[2]));
        co_return mixed(mixed(mixed(of.number, a), b), c);
    }
    task<unsigned> range(const node& of) {
        std::vector<task<unsigned>> all;
        for (const node& each : of.below) all.push_back(run(each));
        const std::vector<unsigned> results = co_await pel::when_all(std::move(all));
        unsigned sum = of.number;
        for (const unsigned each : results) sum = mixed(sum, each);
        co_return sum;
    }
    /// Checks that the winner's value is its own; losers may have been dropped. Where all around is cancelled, scopes in
    /// the winner may have dropped what they were to add.
    task<unsigned> race(const node& of) {
        bool is_right = false;
        try {
            auto won = co_await pel::when_any(run(of.below[0]), run(of.below[1]), run(of.below[2]));
            const unsigned value = std::visit([](unsigned n) { return n; }, won.value);
            const outcome expected = interpret(of.below[won.index]);
            is_right = !expected.is_error && expected.number == value;
        } catch (const numbered_error& error) {
            for (const node& each : of.below) {
                const outcome one = interpret(each);
                is_right = is_right || (one.is_error && one.number == error.number);
            }
        }
        const std::stop_token around = co_await pel::get_stop_token();
        if (!is_right && !around.stop_requested()) ++wrong;
        co_return of.number;
    }
    task<> add(const node& of, std::atomic<unsigned>& sum) {
        const unsigned value = co_await run(of);
        sum += value;
    }
    task<unsigned> scope(const node& of) {
        pel::async_scope spawned;
        std::atomic<unsigned> sum{0};
        for (const node& each : of.below) spawned.spawn(add(each, sum));
        bool has_failed = false;
        try {
            co_await spawned.join();
        } catch (const numbered_error&) {
            has_failed = true;
        }
        co_return has_failed ? of.number + 1 : mixed(of.number, sum);
    }
    task<unsigned> catching(const node& of) {
        std::optional<unsigned> error;
        unsigned value = 0;
        try {
            value = co_await run(of.below[0]);
        } catch (const numbered_error& caught) {
            error = caught.number;
        }
        co_return mixed(of.number, error ? *error + 1 : value);
    }

    pel::thread_pool& pool_;

public:
    std::atomic<int> wrong{0}; // results of races
};

class random_coroutines : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(random_coroutines);

TEST_P(random_coroutines, give_what_a_plain_recursion_says) {
    const auto rounds = static_cast<unsigned>(pel_test::scaled(600));
    const unsigned seed = std::random_device{}();
    for (unsigned i = 0; i < rounds; ++i) {
        SCOPED_TRACE(testing::Message() << "seed " << seed + i);
        const node root = generator(seed + i).make(7);
        const outcome expected = interpret(root);
        program runs(pool);
        outcome found;
        try {
            found.number = i % 2 == 0 ? pool.submit(runs.run(root)).get() : pel::sync_wait(runs.run(root));
        } catch (const numbered_error& error) {
            found = {true, error.number};
        }
        EXPECT_EQ(found.is_error, expected.is_error);
        EXPECT_EQ(found.number, expected.number);
        EXPECT_EQ(runs.wrong, 0);
        EXPECT_EQ(live_object::count, 0);
        if (HasFailure()) return;
    }
}

} // namespace random_coroutines_test
