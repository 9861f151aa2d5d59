// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// early_exit: find_if over 10^7 ints, where the first that is wanted is at 1 % of the range, in its middle, or nowhere. What
// does a search cost beside one that goes from the left, and looks at nothing beyond? Peers: std::execution::par and the GNU
// parallel mode; oneTBB has no search. Work: what is left of the match, and what was begun. Span: O(log n).
#pragma once

#include "support/benchmark.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace workload {

struct search {
    const char* name;
    double at; ///< in parts of the range
};
inline constexpr search searches[] = {{"find_at_1_percent", 0.01}, {"find_at_50_percent", 0.5}, {"find_nothing", 1}};

inline constexpr auto is_wanted = [](int one) { return one < 0; };

/// Nothing in it is wanted yet.
inline std::vector<int>& numbers() {
    static std::vector<int> all = [] {
        std::vector<int> made(bench::size(10'000'000, 10'000'000));
        for (std::size_t i = 0; i != made.size(); ++i) made[i] = static_cast<int>(i % 1000);
        return made;
    }();
    return all;
}

/// One of them is wanted as long as it lives.
class wanted_number {
public:
    explicit wanted_number(std::size_t place) : place_(place) { set(-1); }
    ~wanted_number() { set(0); }
    wanted_number(const wanted_number&) = delete;
    wanted_number& operator=(const wanted_number&) = delete;

private:
    void set(int number) {
        if (place_ != numbers().size()) numbers()[place_] = number;
    }
    std::size_t place_;
};

/// Registers find(workers, first, last, predicate).
template <class Workers, class Find>
bool register_searches(const char* runtime, unsigned counts, Find find) {
    for (const search& one : searches) {
        const auto run = [&one, find](benchmark::State& state, unsigned count) {
            const auto place = static_cast<std::size_t>(one.at * static_cast<double>(numbers().size()));
            const wanted_number wanted(place);
            const int* first = numbers().data();
            Workers workers(count);
            workers.run([&] {
                bench::measure(state, first + place, [&, last = first + numbers().size()] {
                    bench::hide(first); // (so that the search is not done once for all)
                    return find(workers, first, last, is_wanted);
                });
            });
        };
        const bench::registration added(one.name, runtime, counts, run);
    }
    return true;
}

} // namespace workload
