// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tasks that begin when others are done, without a graph: a small build, and a merge sort that is one task to its caller.
// Work: O(n log n) for the sort. Span: O(n).
#include <pel/graph/spawn_after.hpp>
#include <pel/graph/with.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using iterator = std::vector<int>::iterator;

void merge_sort(iterator first, iterator last) {
    if (last - first < 1000) return std::sort(first, last);
    const iterator middle = first + (last - first) / 2;
    auto left = pel::spawn_after({}, [=] { merge_sort(first, middle); });
    auto right = pel::spawn_after({}, [=] { merge_sort(middle, last); });
    auto merge = pel::spawn_after({left, right}, [=] {
        std::vector<int> merged(static_cast<std::size_t>(last - first));
        std::merge(first, middle, middle, last, merged.begin());
        std::copy(merged.begin(), merged.end(), first);
    });
    pel::hand_over_successors(merge); // who waits for this task waits for the merge; nobody blocks
}

int main() {
    auto parse = pel::spawn_after({}, [] { return std::string("source"); });
    auto check = pel::spawn_after({parse}, [] { std::puts("checked"); }); // begins when parse is done
    auto emit = pel::spawn_after(parse, check, [](const std::string& text) { return text.size(); }); // given its result
    std::printf("%zu\n", emit.get()); // a shared future: any number of threads, any number of times
    pel::resource terminal(1);        // of which at most so many have a unit at once; who waits for one keeps no thread
    pel::spawn_after({emit}, pel::with({terminal}, [] { std::puts("emitted"); })).wait();

    std::vector<int> numbers(100'000);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i * 7919 % 100'003);
    auto sorted = pel::spawn_after({}, [&] { merge_sort(numbers.begin(), numbers.end()); });
    sorted.wait();
    return std::is_sorted(numbers.begin(), numbers.end()) ? 0 : 1;
}
