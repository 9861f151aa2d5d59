// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What malloc has handed out, and operator new with it, to whoever in this process. (TBB has an allocator of its own for what
// it makes while a graph runs; that takes its memory from the system, and is not seen.)
#pragma once

#include <cstdint>

namespace workload {

/// Counts while it is there. One at a time.
class allocation_watch {
public:
    allocation_watch() noexcept;
    ~allocation_watch();
    allocation_watch(const allocation_watch&) = delete;
    allocation_watch& operator=(const allocation_watch&) = delete;

    /// How often memory was asked for.
    std::int64_t calls() const noexcept;
    /// Of what was not given back; as large as malloc made it.
    std::int64_t bytes() const noexcept;
};

} // namespace workload
