// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pipeline: tokens pass through stages that do next to nothing, so the time is that of the runtime. pipeline_serial_4x8:
// 4 stages, all serial and in order, 8 tokens at once; pipeline_mixed_8x16: 8 stages, every other one parallel, 16 tokens.
// pipeline_1us_4x8: mixed, and each parallel stage computes for 1 µs. The first stage counts, each of the others adds its
// number, serial ones check the order, the last adds up.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

namespace workload {

inline constexpr std::size_t all_lines[] = {1, 2, 4, 8, 16};

enum class kind { serial, mixed, mixed_1us };

inline std::uint64_t tokens(kind stages) {
    return bench::size(1'000'000, 50'000) / (stages == kind::mixed_1us ? 50 : 1);
}

constexpr bool is_parallel(kind stages, std::size_t depth, std::size_t stage) {
    return stages != kind::serial && stage % 2 == 1 && stage + 1 != depth;
}

/// A stream's sums: what comes out of `stages` stages.
constexpr std::uint64_t answer(std::uint64_t tokens, std::size_t stages) {
    const std::uint64_t added = (stages - 1) * stages / 2; // 1 + 2 + … + (stages - 1)
    return tokens * (tokens - 1) / 2 + tokens * added;
}

/// What a stage does; one object for each pipeline and stage. Serial ones find out if the order is wrong.
template <kind Stages, std::size_t Depth, std::size_t Stage>
class stage {
public:
    std::uint64_t operator()(std::uint64_t value) {
        if constexpr (is_parallel(Stages, Depth, Stage)) {
            if constexpr (Stages == kind::mixed_1us) bench::spin_for(std::chrono::microseconds(1));
        } else {
            wrong_ += value != next_;
            ++next_;
        }
        return value + Stage;
    }
    bool was_right() const { return wrong_ == 0; }

private:
    std::uint64_t next_ = Stage * (Stage - 1) / 2; // stages before have added 1, …, Stage - 1
    std::uint64_t wrong_ = 0;
};

inline std::string name(kind stages, std::size_t depth, std::size_t lines) {
    const char* const kinds[] = {"serial", "mixed", "1us"};
    return std::string("pipeline_") + kinds[static_cast<int>(stages)] + '_' + std::to_string(depth) + 'x' +
           std::to_string(lines);
}

/// All stages of a pipeline but the first, which counts.
template <kind Stages, std::size_t Depth>
class later_stages {
public:
    template <std::size_t Stage>
    auto& at() {
        return std::get<Stage - 1>(stages_);
    }
    /// Returns: `sum`, unless tokens came in another order.
    std::uint64_t checked(std::uint64_t sum) const {
        return std::apply([](const auto&... each) { return (each.was_right() && ...); }, stages_) ? sum : 0;
    }

private:
    template <std::size_t... Before>
    static auto make(std::index_sequence<Before...>) -> std::tuple<stage<Stages, Depth, Before + 1>...>;
    decltype(make(std::make_index_sequence<Depth - 1>())) stages_;
};

/// Registers run<kind, depth>(state, workers, lines) for all pipelines.
template <class Run>
class all_pipelines {
public:
    all_pipelines(std::string runtime, unsigned workers, const Run& run)
        : runtime_(std::move(runtime)), workers_(workers), run_(run) {
        add<kind::serial, 4>();
        add<kind::serial, 8>();
        add<kind::mixed, 4>();
        add<kind::mixed, 8>();
        add<kind::mixed_1us, 4>();
    }

private:
    template <kind Stages, std::size_t Depth>
    void add() {
        for (const std::size_t lines : all_lines) {
            const auto body = [run = run_, lines](benchmark::State& state, unsigned workers) {
                run.template operator()<Stages, Depth>(state, workers, lines);
            };
            const bench::registration one(name(Stages, Depth, lines), runtime_, workers_, body,
                                          lines == 8 ? bench::runs::all : bench::runs::unless_quick);
        }
    }

    const std::string runtime_;
    const unsigned workers_;
    const Run run_;
};

/// For all_pipelines: times run<kind, depth>(lines, tokens, the numbers of the stages between first and last, from 0) on a
/// worker of Workers.
template <class Workers, class Run>
auto measured_on(const Run& run) {
    return [run]<kind Stages, std::size_t Depth>(benchmark::State& state, unsigned count, std::size_t lines) {
        Workers workers(count);
        const std::uint64_t tokens = workload::tokens(Stages);
        bench::measure(state, answer(tokens, Depth), [&] {
            return workers.run([&] {
                return run.template operator()<Stages, Depth>(lines, tokens, std::make_index_sequence<Depth - 2>());
            });
        });
    };
}

} // namespace workload
