// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Binds the calling thread to some CPUs while it lives: for a thread that takes part in work which belongs there.
#pragma once

#include <pel/detail/platform/affinity.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class temporary_binding {
public:
    /// Throws: std::bad_alloc. Cost: 1 µs, and the kernel moves the thread if it is elsewhere.
    explicit temporary_binding(const cpu_mask& cpus) : before_(read_thread_affinity()) {
        const bool is_there = before_.is_empty() || before_.is_subset_of(cpus); // what is not known cannot be put back
        is_changed_ = !is_there && !cpus.is_empty() && set_thread_affinity(cpus);
    }
    temporary_binding(const temporary_binding&) = delete;
    temporary_binding& operator=(const temporary_binding&) = delete;
    ~temporary_binding() {
        if (is_changed_) set_thread_affinity(before_);
    }

private:
    cpu_mask before_;
    bool is_changed_;
};

} // namespace detail
PEL_NAMESPACE_END
