// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ways to wait for a lock, for programs.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>

#include <cstdint>

namespace pel_test {

/// Sleeps at once.
struct impatient {
    bool keep_spinning() const noexcept { return false; }
    std::int64_t before_sleep() const noexcept { return -1; }
};

/// Never sleeps.
struct patient {
    bool keep_spinning() const noexcept {
        pel::detail::cpu_relax();
        return true;
    }
    std::int64_t before_sleep() const noexcept { return -1; }
};

} // namespace pel_test
