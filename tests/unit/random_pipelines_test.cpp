// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: pipelines
// Pipelines of random behaviour against a plain loop that does the same; and that a token allocates nothing.
#include <pel/parallel_pipeline.hpp>

#include "support/allocations.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace random_pipelines_test {

using number = std::uint64_t;
using pel_test::allocations;

constexpr number mix(number x) noexcept {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/// What each stage does with each token, as a function of numbers.
struct behaviour {
    static constexpr int stages = 5;

    number seed = 0;
    number count = 0;
    number filter_one_in = 0; // 0: none
    number defer_one_in = 0;
    number end_one_in = 0; // of those that were put aside
    number throw_one_in = 0;
    number longest = 0; // turns of a stage
    std::size_t max_tokens = 1;
    bool changes_tokens = false;

    number dice(number token, int stage, int what) const {
        return mix(seed ^ mix(token * 64 + static_cast<number>(stage) * 8 + static_cast<number>(what)));
    }
    bool is_one_in(number many, number token, int stage, int what) const {
        return many != 0 && dice(token, stage, what) % many == 0;
    }
    bool is_filtered(number token, int stage) const { return is_one_in(filter_one_in, token, stage, 1); }
    bool throws(number token, int stage) const { return is_one_in(throw_one_in, token, stage, 2); }
    bool waits(number token) const { return is_one_in(defer_one_in, token, 0, 3); }
    /// Returns: what it waits for: a token before it, or one soon after it, as others do, that waits for none.
    std::optional<number> wait_of(number token) const {
        if (!waits(token)) return std::nullopt;
        const number other = token + dice(token, 0, 4) % 20;
        if (other < token + 10) return token < 10 ? std::optional<number>() : other - 10;
        const number later = (other - 2) / 8 * 8;
        return later < count && !waits(later) ? later : std::optional<number>();
    }
    /// Returns: what it waits for once more, when it has waited for that.
    std::optional<number> next_wait_of(number token) const {
        if (token < 6 || dice(token, 0, 6) % 2 != 0) return std::nullopt;
        return token - 1 - dice(token, 0, 7) % 3;
    }
    std::optional<number> wait_of(number token, number deferrals) const {
        if (deferrals > 1) return std::nullopt;
        return deferrals == 0 ? wait_of(token) : next_wait_of(token);
    }
    /// Whether it ends the stream when it is called again.
    bool ends(number token, number deferrals) const { return deferrals != 0 && is_one_in(end_one_in, token, 0, 0); }
    void work(number token, int stage) const {
        if (longest == 0) return;
        for (number i = dice(token, stage, 5) % longest; i != 0; --i)
            std::atomic_signal_fence(std::memory_order_seq_cst);
    }
};

struct item {
    number token = 0, value = 0;
    std::unique_ptr<number> own;
};
struct failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What comes out: which tokens each stage has seen, the last one's values.
struct result {
    std::vector<number> seen[behaviour::stages];
    std::vector<number> values;
    bool has_failed = false; // a stage has thrown
    bool is_stuck = false;

    friend bool operator==(const result&, const result&) = default;
};

/// The order in which tokens pass the first stage, by the rules as they are written.
struct passing {
    std::vector<number> order;
    bool is_stuck = false; // some wait for each other, or for one that ends the stream
};
passing passing_of(const behaviour& is) {
    struct waiting {
        number until, deferrals;
    };
    passing out;
    std::vector<bool> has_passed(is.count, false);
    std::map<number, waiting> aside;
    bool has_ended = false;
    const auto call = [&](number token, number deferrals) {
        if (is.ends(token, deferrals)) {
            has_ended = true;
        } else if (const auto other = is.wait_of(token, deferrals)) {
            aside[token] = {*other, deferrals + 1};
        } else {
            has_passed[token] = true;
            out.order.push_back(token);
        }
    };
    for (number made = 0;;) {
        const auto ready =
            std::find_if(aside.begin(), aside.end(), [&](const auto& each) { return has_passed[each.second.until]; });
        if (ready != aside.end()) {
            const auto [token, its] = *ready;
            aside.erase(ready);
            call(token, its.deferrals);
        } else if (has_ended || made == is.count) {
            break;
        } else {
            call(made++, 0);
        }
    }
    out.is_stuck = !aside.empty();
    return out;
}

result by_a_loop(const behaviour& is) {
    result out;
    const passing first = passing_of(is);
    out.is_stuck = first.is_stuck;
    for (const number token : first.order) {
        number value = mix(token);
        for (int stage = 0; stage < behaviour::stages; ++stage) {
            out.has_failed = out.has_failed || is.throws(token, stage);
            out.seen[stage].push_back(token);
            value = mix(value + static_cast<number>(stage));
            if (stage != 0 && is.is_filtered(token, stage)) break;
            if (stage == behaviour::stages - 1) out.values.push_back(value);
        }
    }
    return out;
}

using kind = pel::detail::stage_kind;

/// Runs it with stages of these kinds. In the result, what a stage that keeps no order has seen is sorted.
template <kind... Kinds>
result by_a_pipeline(const behaviour& is, pel::thread_pool& pool) {
    result out;
    std::vector<std::atomic<bool>> marks[behaviour::stages];
    for (auto& each : marks) each = std::vector<std::atomic<bool>>(is.count);
    std::vector<std::atomic<number>> values(is.count);
    constexpr kind kinds[] = {kind::in_order, Kinds...};
    const auto visit = [&](int stage, number token) {
        is.work(token, stage);
        const bool is_new = !marks[stage][token].exchange(true);
        EXPECT_TRUE(is_new);
        if (kinds[stage] == kind::in_order) out.seen[stage].push_back(token);
        if (is.throws(token, stage)) throw failure("stage");
    };
    int stages = 0;
    const auto make_stage = [&]<kind Kind>(std::integral_constant<kind, Kind>) {
        const auto run = [&, stage = ++stages](item&& one, pel::pipeline_control& control) -> std::optional<item> {
            EXPECT_EQ(control.number(), one.token);
            EXPECT_EQ(*one.own, one.token);
            visit(stage, one.token);
            if (is.changes_tokens && is.dice(one.token, stage, 6) % 8 == 0)
                control.set_max_tokens(1 + is.dice(one.token, stage, 7) % 8);
            one.value = mix(one.value + static_cast<number>(stage));
            if (is.is_filtered(one.token, stage)) return std::nullopt;
            if (stage == behaviour::stages - 1) values[one.token] = one.value;
            return std::optional<item>(std::move(one));
        };
        return pel::detail::pipeline_stage<Kind, std::decay_t<decltype(run)>>{run};
    };
    number begun = 0;
    const auto first = [&](pel::pipeline_control& control) -> std::optional<item> {
        const number token = control.number();
        if (control.deferrals() == 0 && begun++ == is.count) return std::nullopt;
        if (is.ends(token, control.deferrals())) return std::nullopt;
        if (const auto other = is.wait_of(token, control.deferrals())) {
            control.defer_until(*other);
            // It is at once called again if that has passed: what was seen is not.
            return item{token, 0, nullptr};
        }
        visit(0, token);
        return item{token, mix(mix(token)), std::make_unique<number>(token)};
    };
    try {
        std::apply(
            [&](const auto&... later) {
                pel::parallel_pipeline(pel::par.on(pool), is.max_tokens, pel::serial(first), later...);
            },
            std::tuple{make_stage(std::integral_constant<kind, Kinds>{})...}); // braces: from left to right
    } catch (const failure&) {
        out.has_failed = true;
    } catch (const std::logic_error&) {
        out.is_stuck = true;
    }
    if (out.has_failed || out.is_stuck) return out;
    for (int each = 0; each < behaviour::stages; ++each) {
        if (kinds[each] == kind::in_order) continue;
        for (number token = 0; token < is.count; ++token)
            if (marks[each][token]) out.seen[each].push_back(token);
    }
    for (const number token : passing_of(is).order)
        if (values[token] != 0) out.values.push_back(values[token]);
    return out;
}

template <kind... Kinds>
void compare(const behaviour& is, pel::thread_pool& pool) {
    result expected = by_a_loop(is);
    const result found = by_a_pipeline<Kinds...>(is, pool);
    ASSERT_EQ(found.has_failed || found.is_stuck, expected.has_failed || expected.is_stuck);
    ASSERT_LE(found.has_failed, expected.has_failed);
    ASSERT_LE(found.is_stuck, expected.is_stuck);
    if (found.has_failed || found.is_stuck) return;
    constexpr kind kinds[] = {kind::in_order, Kinds...};
    for (int stage = 0; stage < behaviour::stages; ++stage) {
        if (kinds[stage] != kind::in_order) std::sort(expected.seen[stage].begin(), expected.seen[stage].end());
        ASSERT_EQ(found.seen[stage], expected.seen[stage]) << stage;
    }
    ASSERT_EQ(found.values, expected.values);
}

class random_pipelines_on : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(threads, random_pipelines_on, testing::Values(1U, 2U, 3U, 7U),
                         testing::PrintToStringParamName());

TEST_P(random_pipelines_on, do_what_a_loop_does) {
    pel::thread_pool pool(GetParam());
    const pel_test::watchdog guard(pool);
    const number seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    for (unsigned long round = 0; round < pel_test::scaled(400); ++round) {
        behaviour is;
        is.seed = random();
        is.count = random() % (random() % 4 == 0 ? 400 : 40);
        if (random() % 2 == 0) is.filter_one_in = 2 + random() % 10;
        if (random() % 2 == 0) is.defer_one_in = 2 + random() % 10;
        if (random() % 2 == 0) is.end_one_in = 2 + random() % 8;
        if (random() % 4 == 0) is.throw_one_in = 50 + random() % 1'000;
        if (random() % 3 != 0) is.longest = 1 + random() % 5'000;
        is.max_tokens = 1 + random() % 8;
        is.changes_tokens = random() % 3 == 0;
        switch (random() % 4) {
        case 0: compare<kind::in_order, kind::in_order, kind::any_order, kind::in_order>(is, pool); break;
        case 1: compare<kind::parallel, kind::in_order, kind::parallel, kind::in_order>(is, pool); break;
        case 2: compare<kind::any_order, kind::parallel, kind::any_order, kind::parallel>(is, pool); break;
        default: compare<kind::parallel, kind::any_order, kind::in_order, kind::parallel>(is, pool); break;
        }
        if (HasFatalFailure()) return;
    }
    pel_test::expect_balanced(pool);
}

TEST_P(random_pipelines_on, a_token_allocates_nothing) {
    if (!pel_test::sanitizer.empty()) GTEST_SKIP() << "allocations are not counted";
    pel::thread_pool pool(GetParam());
    const pel_test::watchdog guard(pool);
    constexpr number count = 10'000;
    for (const number turns : {number{0}, number{3'000}}) {
        const auto run = [&](number tokens) {
            const number before = allocations;
            pel::parallel_pipeline(pel::par.on(pool), 8,
                                   pel::serial([tokens](pel::pipeline_control& control) -> std::optional<number> {
                                       if (control.number() == tokens) return std::nullopt;
                                       return control.number();
                                   }),
                                   pel::parallel([turns](number n) {
                                       for (number i = n % 2 * turns; i != 0; --i)
                                           std::atomic_signal_fence(std::memory_order_seq_cst);
                                       return n;
                                   }),
                                   pel::serial([](number n) { return n; }), pel::serial_out_of_order([](number) {}));
            return allocations - before;
        };
        (void)run(100); // threads are started, their lists grown
        // 8 lines, a ring of 4, then 8; and what a woken thread needs for itself.
        EXPECT_LE(run(count), 40U);
    }
}

} // namespace random_pipelines_test
