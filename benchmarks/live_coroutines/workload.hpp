// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// live_coroutines: a million coroutines are alive at once and wait for one event; then it comes, and all end. A process of
// its own does it twice: with fresh memory, and again with what is left of that. The time is that of a life in the fresh
// one. Counters, of each coroutine: bytes_per_coroutine, all that the process has grown by, without the three pointers that
// are its arguments; start_ns and finish_ns, until all are alive and from then until all are over; again_start_ns and
// again_finish_ns, the second time. bare: coroutines that know of no scheduler, in memory from malloc. Boost: 10 000 fibers,
// with stacks as they are by default. Work and memory: n coroutines. Each changes a number of its own, which is verified.
#pragma once

#include "support/benchmark.hpp"
#include "support/child.hpp"
#include "support/memory.hpp"
#include "support/work.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace workload {

using numbers = std::vector<std::uint32_t>;

/// What a coroutine has of its own.
inline constexpr std::size_t bytes_of_arguments = 3 * sizeof(void*);

/// A runtime's variant. live(all, are_alive) makes a coroutine for each number, calls are_alive() when all wait, lets them
/// go on, each of which adds 1 to its number, and returns when all have ended.
class lives {
public:
    using live = std::function<void(numbers& all, const std::function<void()>& are_alive)>;

    /// As many coroutines in a full run, and in a quick one. `make` starts the runtime.
    lives(const std::string& runtime, unsigned workers, std::size_t full, std::size_t quick,
          std::function<live(unsigned workers)> make);

private:
    bench::child full_, quick_;
    bench::registration variant_;
};

} // namespace workload
