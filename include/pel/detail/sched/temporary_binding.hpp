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
        const bool is_known = !before_.is_empty(); // else it could not be put back
        const bool is_there = cpus.is_empty() || (is_known && before_.is_subset_of(cpus));
        is_changed_ = is_known && !is_there && set_thread_affinity(cpus);
        is_in_force_ = is_there || is_changed_;
    }
    temporary_binding(const temporary_binding&) = delete;
    temporary_binding& operator=(const temporary_binding&) = delete;
    ~temporary_binding() {
        if (is_changed_) set_thread_affinity(before_);
    }

    /// False: the system does not let the thread be bound, or does not say to what it was bound before.
    bool is_in_force() const noexcept { return is_in_force_; }

private:
    cpu_mask before_;
    bool is_changed_, is_in_force_;
};

} // namespace detail
PEL_NAMESPACE_END
