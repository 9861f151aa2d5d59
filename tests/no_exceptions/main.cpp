// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All of PEL in a program without exceptions. `pel_no_exceptions STEP`: with step 0 the loop would throw.
#include <pel/pel.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

namespace {

pel::task<int> doubled(int number) { co_return 2 * number; }
pel::task<int> sum_of_doubled() {
    auto [a, b] = co_await pel::when_all(doubled(1), doubled(2));
    co_return a + b;
}

} // namespace

int main(int count, char** arguments) {
    const int step = count > 1 ? std::atoi(arguments[1]) : 1;
    std::atomic<int> sum{0};
    pel::parallel_for(0, 1000, step, [&](int i) { sum += i; });

    pel::task_group group;
    for (int i = 0; i < 100; ++i) group.run([&] { ++sum; });
    const bool is_complete = group.wait() == pel::group_status::completed;

    pel::graph graph;
    graph.emplace([&] { ++sum; }).precede(graph.emplace([&] { ++sum; }));
    graph.run();

    std::vector<int> numbers(10'000);
    pel::for_each(numbers, [n = 0](int& each) mutable { each = ++n % 7; });
    pel::sort(numbers);
    sum += pel::sync_wait(sum_of_doubled());
    sum += pel::default_pool().submit([] { return 1; }).get();
    std::printf("%d %d\n", sum.load(), static_cast<int>(is_complete));
    return sum == 499'500 + 100 + 2 + 6 + 1 && is_complete ? 0 : 1;
}
