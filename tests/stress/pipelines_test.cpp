// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: pipelines
// Pipelines of random behaviour, several at once, inside and outside of the pool: stages filter tokens out, put them
// aside, change how many there may be at once, end the stream and throw, while other threads stop whole pipelines.
// Checked: each token passes each stage once, in the order of the stages; serial stages in the order of the first, one
// at a time; what is made passes all stages, unless the pipeline says that it ended early.
#include <pel/parallel_for.hpp>
#include <pel/parallel_pipeline.hpp>
#include <pel/task_group.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace pipelines_stress {

using number = std::uint64_t;

constexpr number most_tokens = 400;
constexpr int stages = 5; // the first one, parallel, serial, out of order, serial

constexpr number mix(number x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    return x ^ (x >> 27);
}

/// What happens where, of so many tokens one; 0: never.
struct behaviour {
    number seed = 0, filters = 0, defers = 0, changes = 0, stops = 0, throws = 0, loops = 0, yields = 0;

    explicit behaviour(std::minstd_rand& random) : seed(random()) {
        const auto some = [&](number least) { return random() % 2 == 0 ? 0 : least + random() % (4 * least); };
        filters = some(3);
        defers = some(3);
        changes = some(5);
        stops = some(200);
        throws = random() % 3 == 0 ? some(200) : 0;
        loops = some(20);
        yields = some(10);
    }
    bool is(number one_in, number token, int stage, number what) const {
        return one_in != 0 && mix(seed ^ mix(token * 64 + static_cast<number>(stage) * 8 + what)) % one_in == 0;
    }
};

/// One pipeline, and what its tokens have seen.
class random_pipeline {
public:
    explicit random_pipeline(const behaviour& what) : does_(what), next_stage_(most_tokens), made_(most_tokens) {}

    /// Returns: whether all went as it should.
    template <class Policy>
    bool run(const Policy& policy) {
        bool has_ended_early = false;
        try {
            pel::parallel_pipeline(
                policy, 1 + does_.seed % 6,
                pel::serial([this](pel::pipeline_control& control) { return make(control); }),
                pel::parallel([this](token&& it, pel::pipeline_control& control) { return pass<1>(it, control); }),
                pel::serial([this](token&& it, pel::pipeline_control& control) { return pass<2>(it, control); }),
                pel::serial_out_of_order(
                    [this](token&& it, pel::pipeline_control& control) { return pass<3>(it, control); }),
                pel::serial([this](token&& it, pel::pipeline_control& control) { return pass<4>(it, control); }));
        } catch (const std::out_of_range&) {
            has_ended_early = true;
            wrong_ += !has_thrown_;
        } catch (const pel::operation_cancelled&) {
            has_ended_early = true;
        }
        wrong_ += !has_ended_early && (has_thrown_ || ended_ != made_count_ || aside_ != 0);
        wrong_ += alive_ != 0;
        return wrong_ == 0;
    }

private:
    struct token {
        token(random_pipeline& in, number of) : name(of), own(std::make_unique<number>(of)), of_(&in) { ++in.alive_; }
        token(token&& other) noexcept
            : name(other.name), own(std::move(other.own)), of_(std::exchange(other.of_, nullptr)) {}
        ~token() {
            if (of_ != nullptr) --of_->alive_;
        }
        number name;
        std::unique_ptr<number> own;

    private:
        random_pipeline* of_;
    };

    /// For the time that one token is in a serial stage.
    struct alone {
        alone(random_pipeline& in, int stage) : inside(in.inside_[stage]) {
            if (inside.fetch_add(1, std::memory_order_relaxed) != 0) ++in.wrong_;
        }
        ~alone() { inside.fetch_sub(1, std::memory_order_relaxed); }
        std::atomic<int>& inside;
    };

    std::optional<token> make(pel::pipeline_control& control) {
        const alone guard(*this, 0);
        const number name = control.number();
        if (name >= most_tokens) return std::nullopt;
        if (control.deferrals() == 0 && name >= 5 && does_.is(does_.defers, name, 0, 1)) {
            control.defer_until(name - 1 - does_.seed % 5); // one that has been made, or was put aside itself
            ++aside_;
            return std::optional<token>(std::in_place, *this, name);
        }
        if (control.deferrals() != 0) --aside_;
        act(name, 0, control);
        made_[made_count_++].store(name, std::memory_order_relaxed);
        next_stage_[name].store(1, std::memory_order_relaxed);
        return std::optional<token>(std::in_place, *this, name);
    }
    template <int Stage>
    std::optional<token> pass(token& it, pel::pipeline_control& control) {
        std::optional<alone> guard;
        if constexpr (Stage != 1) guard.emplace(*this, Stage);
        if (next_stage_[it.name].exchange(Stage + 1, std::memory_order_relaxed) != Stage) ++wrong_;
        if (*it.own != it.name || control.number() != it.name) ++wrong_;
        if constexpr (Stage == 2 || Stage == 4) { // each comes after those before it that were not filtered out
            number& at = at_[Stage];
            while (at != most_tokens && made_[at].load(std::memory_order_relaxed) != it.name) ++at;
            if (at == most_tokens) ++wrong_;
        }
        act(it.name, Stage, control);
        if (does_.is(does_.filters, it.name, Stage, 2) || Stage == stages - 1) {
            ++ended_;
            return std::nullopt;
        }
        return std::optional<token>(std::move(it));
    }
    void act(number name, int stage, pel::pipeline_control& control) {
        if (does_.is(does_.changes, name, stage, 3)) control.set_max_tokens(1 + mix(name) % 7);
        if (does_.is(does_.stops, name, stage, 4)) control.stop();
        if (does_.is(does_.yields, name, stage, 5)) std::this_thread::yield();
        if (does_.is(does_.loops, name, stage, 6)) pel::parallel_for(0, 20, [](int) {});
        if (does_.is(does_.throws, name, stage, 7)) {
            has_thrown_ = true;
            throw std::out_of_range("a stage");
        }
    }
    const behaviour does_;
    std::vector<std::atomic<int>> next_stage_;
    std::vector<std::atomic<number>> made_; // in the order of the first stage
    number at_[stages]{};                   // of serial stages, plain memory, as what follows
    number aside_ = 0, made_count_ = 0;
    std::atomic<int> inside_[stages]{};
    std::atomic<number> ended_{0}, wrong_{0}, alive_{0};
    std::atomic<bool> has_thrown_{false};
};

class pipelines_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(pipelines_on);

TEST_P(pipelines_on, stress_of_pipelines_of_random_behaviour) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::atomic<unsigned> wrong{0};
    const auto run_some = [&](unsigned runner) {
        std::minstd_rand random(seed + 31 * runner);
        for (unsigned long round = 0; round != pel_test::scaled(200); ++round) {
            random_pipeline pipeline{behaviour(random)};
            if (random() % 3 != 0) {
                wrong += pipeline.run(pel::par.on(pool)) ? 0 : 1;
                continue;
            }
            std::stop_source source; // from outside, at any time, maybe when it is over
            std::thread stopper([&, pauses = random() % 300] {
                for (std::size_t i = 0; i < pauses; ++i) std::this_thread::yield();
                source.request_stop();
            });
            wrong += pipeline.run(pel::par.on(pool).stop(source.get_token())) ? 0 : 1;
            stopper.join();
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i != 2; ++i) threads.emplace_back([&, i] { run_some(i); });
    auto inside = pool.submit([&] { run_some(2); });
    run_some(3);
    inside.get();
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(wrong, 0U);
    pel_test::expect_balanced(pool);
}

TEST_P(pipelines_on, stress_of_pipelines_inside_of_groups_that_are_cancelled) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::minstd_rand random(seed);
    std::atomic<unsigned> wrong{0};
    for (unsigned long round = 0; round != pel_test::scaled(60); ++round) {
        pel::task_group group(pool);
        for (int i = 0; i != 4; ++i) {
            group.run([&wrong, does = behaviour(random)] {
                random_pipeline pipeline(does);
                wrong += pipeline.run(pel::par) ? 0 : 1;
            });
        }
        std::thread canceller([&, pauses = random() % 300] {
            for (std::size_t i = 0; i < pauses; ++i) std::this_thread::yield();
            group.cancel();
        });
        (void)group.wait();
        canceller.join();
    }
    EXPECT_EQ(wrong, 0U);
    pel_test::expect_balanced(pool);
}

} // namespace pipelines_stress
