// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How much memory a runtime takes once its threads are up.
#pragma once

#include <cstdint>

namespace bench {

/// Built when a runtime's threads are up, destroyed before they end: notes by how much the process has grown meanwhile,
/// in anonymous memory (heaps, stacks, mappings, no code and no files). Does nothing in a run that measures time.
class memory_watch {
public:
    memory_watch();
    ~memory_watch();
    memory_watch(const memory_watch&) = delete;
    memory_watch& operator=(const memory_watch&) = delete;

    /// Returns: KiB, the largest growth in this process so far; -1 if there was none to note.
    static std::int64_t largest_growth() noexcept;

private:
    std::int64_t at_start_ = 0;
};

} // namespace bench
