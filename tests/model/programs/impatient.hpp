// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ways to wait for a lock, for programs.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>

namespace pel_test {

/// Sleeps at once.
struct impatient {
    bool keep_spinning() const noexcept { return false; }
    void before_sleep() const noexcept {}
};

/// Never sleeps.
struct patient {
    bool keep_spinning() const noexcept {
        pel::detail::cpu_relax();
        return true;
    }
    void before_sleep() const noexcept {}
};

} // namespace pel_test
