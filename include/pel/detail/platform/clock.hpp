// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nanoseconds of the monotonic clock. Cost: some 20 ns (vDSO).
#pragma once

#include <pel/detail/platform/config.hpp>

#include <time.h>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

inline std::int64_t now_ns() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

} // namespace detail
PEL_NAMESPACE_END
