// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_for and parallel_reduce: every index once, operand order kept, nested and from several threads.
#include "smoke.hpp"

#include <pel/parallel_for.hpp>
#include <pel/parallel_reduce.hpp>

#include <string>
#include <thread>
#include <vector>

namespace {

void every_index_runs_once(int n) {
    std::vector<int> runs(static_cast<std::size_t>(n));
    pel::parallel_for(0, n, [&](int i) { ++runs[static_cast<std::size_t>(i)]; });
    for (int count : runs) {
        smoke::check(count == 1, "every index runs once");
    }
}

} // namespace

int main() {
    for (int n : {0, 1, 2, 17, 1000, 100'000}) {
        every_index_runs_once(n);
    }
    pel::parallel_for(0, 50, [](int i) { every_index_runs_once(i * 20); });

    const auto text = pel::parallel_reduce(
        0, 500, std::string(), [](int i) { return std::string(1, static_cast<char>('a' + i % 26)); },
        [](std::string a, const std::string& b) { return a + b; });
    smoke::check(text.size() == 500, "the reduction has every item");
    for (std::size_t i = 0; i < text.size(); ++i) {
        smoke::check(text[i] == static_cast<char>('a' + i % 26), "the reduction keeps the order");
    }

    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([] { every_index_runs_once(20'000); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}
