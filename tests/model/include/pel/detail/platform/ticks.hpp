// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tick counter of model-checking builds, found before the real one: the modelled clock, a tick per nanosecond.
#pragma once

#include <pel/detail/platform/clock.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

inline std::int64_t ticks() noexcept { return now_ns(); }
inline std::int64_t measure_tick_rate() noexcept { return 1024; }

} // namespace detail
PEL_NAMESPACE_END
