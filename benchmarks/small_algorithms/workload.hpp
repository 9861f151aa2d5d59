// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// small_algorithms: ten algorithms over 1, 10 and 64 ints, so few that sharing them cannot pay: what does a call cost above
// std's, and does it wake a thread? sort and merge get other numbers each time, so that no branch predictor has learnt
// them. tiny_NAME_N is called from main, tiny_NAME_N_on_worker inside a parallel region.
// Work: n items, n log n for sort.
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace workload {

inline constexpr std::array<unsigned, 3> sizes{1, 10, 64};

using few_numbers = std::array<int, sizes.back()>;
inline constexpr unsigned variants = 256;

/// What calls read and write.
struct numbers {
    few_numbers in{}; ///< all different, none 0, in no order
    few_numbers out{};
    std::vector<few_numbers> shuffled{variants}, sorted{variants};
    unsigned calls = 0;

    numbers() {
        for (unsigned i = 0; i != in.size(); ++i) in[i] = static_cast<int>(37 * i % in.size() + 1);
        std::mt19937 random(1);
        for (unsigned each = 0; each != variants; ++each) {
            for (int& one : shuffled[each]) one = static_cast<int>(random() % 1000);
            sorted[each] = shuffled[each];
            std::sort(sorted[each].begin(), sorted[each].end());
        }
    }
    /// Another one each time, the same ones in each run.
    unsigned next() { return calls++ % variants; }
    const int* begin() const { return in.data(); }
    const int* end(unsigned n) const { return in.data() + n; }
    int* to() { return out.data(); }
};

/// A library: functions that have std's names.
struct std_library {
    static void for_each(auto... given) { std::for_each(given...); }
    static void transform(auto... given) { std::transform(given...); }
    static auto reduce(auto... given) { return std::reduce(given...); }
    static void inclusive_scan(auto... given) { std::inclusive_scan(given...); }
    static auto find(auto... given) { return std::find(given...); }
    static auto count_if(auto... given) { return std::count_if(given...); }
    static auto copy_if(auto... given) { return std::copy_if(given...); }
    static auto min_element(auto... given) { return std::min_element(given...); }
    static void merge(auto... given) { std::merge(given...); }
    static void sort(auto... given) { std::sort(given...); }
};

inline constexpr auto is_even = [](int one) { return one % 2 == 0; };

// Calls add(name, call) for each algorithm; call(library, numbers, n) returns a number that depends on what was found.
template <class Add>
void with_each_reading(const Add& add) {
    add("reduce", [](const auto& with, numbers& all, unsigned n) {
        return std::ptrdiff_t{with.reduce(all.begin(), all.end(n))};
    });
    add("find", [](const auto& with, numbers& all, unsigned n) {
        return with.find(all.begin(), all.end(n), all.in[n - 1]) - all.begin();
    });
    add("count_if", [](const auto& with, numbers& all, unsigned n) {
        return std::ptrdiff_t{with.count_if(all.begin(), all.end(n), is_even)};
    });
    add("min_element", [](const auto& with, numbers& all, unsigned n) {
        return with.min_element(all.begin(), all.end(n)) - all.begin();
    });
}
template <class Add>
void with_each_writing(const Add& add) {
    add("for_each", [](const auto& with, numbers& all, unsigned n) {
        with.for_each(all.to(), all.to() + n, [](int& one) { one |= 1; });
        return std::ptrdiff_t{0};
    });
    add("transform", [](const auto& with, numbers& all, unsigned n) {
        with.transform(all.begin(), all.end(n), all.to(), [](int one) { return 2 * one + 1; });
        return std::ptrdiff_t{0};
    });
    add("inclusive_scan", [](const auto& with, numbers& all, unsigned n) {
        with.inclusive_scan(all.begin(), all.end(n), all.to());
        return std::ptrdiff_t{0};
    });
    add("copy_if", [](const auto& with, numbers& all, unsigned n) {
        return with.copy_if(all.begin(), all.end(n), all.to(), is_even) - all.to();
    });
    add("merge", [](const auto& with, numbers& all, unsigned n) {
        const unsigned each = all.next();
        const int* const one = all.sorted[each].data();
        const int* const other = all.sorted[(each + 1) % variants].data();
        with.merge(one, one + n / 2, other, other + (n - n / 2), all.to());
        return std::ptrdiff_t{0};
    });
    add("sort", [](const auto& with, numbers& all, unsigned n) { // and a copy, also of the serial code
        std::copy_n(all.shuffled[all.next()].begin(), n, all.to());
        with.sort(all.to(), all.to() + n);
        return std::ptrdiff_t{0};
    });
}

template <class Library, class Call>
void measure_call(benchmark::State& state, const Library& library, const Call& call, unsigned n) {
    numbers all, expected;
    numbers* given = &all;
    std::ptrdiff_t result = 0;
    for (auto _ : state) {
        bench::hide(given);
        bench::hide(n);
        result = call(library, *given, n);
        bench::hide(result);
        benchmark::ClobberMemory();
    }
    expected.calls = all.calls - 1; // the last ones
    const std::ptrdiff_t answer = call(std_library(), expected, n);
    if (result != answer || all.out != expected.out) bench::fail(state);
}

inline constexpr const char* from_main = "";
inline constexpr const char* on_worker = "_on_worker";

/// Registers measure(state, call, n, workers) for every algorithm and size.
template <class Measure>
bool register_calls(const char* runtime, const std::string& place, unsigned workers, Measure measure) {
    const auto add = [&](const char* name, auto call) {
        for (const unsigned n : sizes) {
            const bench::registration one(
                std::string("tiny_") + name + '_' + std::to_string(n) + place, runtime, workers,
                [=](benchmark::State& state, unsigned count) { measure(state, call, n, count); });
        }
    };
    with_each_reading(add);
    with_each_writing(add);
    return true;
}

} // namespace workload
