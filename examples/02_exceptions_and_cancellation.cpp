// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How work ends early: the first exception reaches the waiter, and nothing is silently short.
// Work: the loop's is O(n), the search's that of its tasks until one finds. Span: O(log n); the longest task.
#include <pel/pel.hpp>

#include <cstdio>
#include <stdexcept>
#include <stop_token>

int main() {
    try {
        pel::parallel_for(0, 1'000'000, [](int i) {
            if (i == 4711) throw std::runtime_error("item 4711 is bad");
        });
    } catch (const std::runtime_error& error) {
        std::puts(error.what()); // bodies not begun were dropped; the others have been waited for
    }

    pel::task_group search;
    for (int start = 0; start < 4; ++start) {
        search.run([&search, start](std::stop_token stop) {
            for (int i = start; i < 100'000'000 && !stop.stop_requested(); i += 4) {
                if (i == 1'000'003) search.cancel(); // found: the other tasks stop at their next look
            }
        });
    }
    if (search.wait() == pel::group_status::cancelled) std::puts("found, the others were stopped");
}
