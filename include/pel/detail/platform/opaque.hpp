// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the compiler is not to know.
#pragma once

#include <pel/detail/platform/config.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// From here on the compiler knows nothing of a number: iterations of a loop that begin with this for their counter are
/// not vectorised together, nor is the first one compiled apart. Costs nothing.
template <class Integer>
PEL_ALWAYS_INLINE void make_opaque(Integer& number) noexcept {
    asm volatile("" : "+r"(number));
}

} // namespace detail
PEL_NAMESPACE_END
