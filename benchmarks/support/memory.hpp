// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How much memory a runtime takes once its threads are up.
#pragma once

#include <cstdint>

namespace bench {

/// Of this process now: KiB of anonymous memory that was touched, and threads.
std::int64_t anonymous_kib();
std::int64_t thread_count();

/// KiB of anonymous memory (heaps, stacks, mappings, no code and no files), and threads.
struct growth {
    std::int64_t kib = -1, threads = -1;
};

/// Built when a runtime's threads are up, destroyed before they end: notes by how much the process has grown meanwhile.
/// Does nothing in a run that measures time.
class memory_watch {
public:
    memory_watch();
    ~memory_watch();
    memory_watch(const memory_watch&) = delete;
    memory_watch& operator=(const memory_watch&) = delete;

    /// Returns: the largest growth in this process so far, of each; -1 if there was none to note.
    static growth largest_growth() noexcept;

private:
    growth at_start_;
};

} // namespace bench
