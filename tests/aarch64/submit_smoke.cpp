// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// submit and post from a thread outside the pool, which sleeps in between: the injector and the wake-up.
#include "smoke.hpp"

#include <pel/thread_pool.hpp>

#include <vector>

int main() {
    std::vector<int> posted(100);
    {
        pel::thread_pool pool(2);
        for (int round = 0; round < 300; ++round) {
            auto doubled = pool.submit([round] { return 2 * round; });
            smoke::check(doubled.get() == 2 * round, "get() returns the value");
        }
        for (int& value : posted) {
            pool.post([&value] { value = 1; });
        }
    }
    for (int value : posted) {
        smoke::check(value == 1, "a pool completes what was posted before it goes");
    }
}
