// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Jobs that are known by their numbers, and do nothing.
#pragma once

#include <pel/detail/queue/injector.hpp>
#include <pel/detail/queue/job.hpp>

#include <cstddef>

namespace pel_test {

inline void ignore(const pel::detail::job_slot&, pel::detail::worker&, pel::detail::job_action) {}

/// With an entry for it.
struct numbered_job : pel::detail::listed_job {
    explicit numbered_job(std::size_t i) : listed_job(nullptr), number(i) { entry.single = {&ignore, this}; }
    std::size_t number;
    pel::detail::injector_entry entry;
};

inline std::size_t number_of(const pel::detail::job_slot& slot) {
    return static_cast<numbered_job*>(slot.frame)->number;
}

} // namespace pel_test
