// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// idle: what does a runtime cost 100 ms after its last task? A process of its own works for a moment, waits and then
// watches itself: idle_cpu is CPU time per second (the unit of the times printed: 5 ms are 0.5 % of one core), switches
// is how often its threads were woken in a second, system_calls (where strace is installed) how many they made.
// idle_posts: and what while a thread outside posts a task that does nothing every millisecond? The thread is counted too:
// serial is what it takes alone.
#pragma once

#include "support/benchmark.hpp"
#include "support/child.hpp"
#include "support/work.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace workload {

inline constexpr unsigned workers = 2;

/// The variant of a runtime whose loop(items, body) runs on `workers` workers.
class idle_runtime {
public:
    using loop = std::function<void(int items, void (*body)(int))>;

    /// make_loop() starts the runtime; it ends with the loop that it returns.
    idle_runtime(const std::string& runtime, std::function<loop()> make_loop);

private:
    bench::child child_;
    bench::registration variant_;
};

/// The variant of a runtime whose post(task) has one of `workers` threads run task().
class posted_runtime {
public:
    using post = std::function<void(void (*task)())>;

    /// make_post() starts the runtime; it ends with the function that it returns.
    posted_runtime(const std::string& runtime, std::function<post()> make_post);

private:
    bench::child child_;
    bench::registration variant_;
};

} // namespace workload
