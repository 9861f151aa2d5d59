// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The clock of model-checking builds, found before the real one: time as the explorer lets it pass.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pel_model/operation.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

inline std::int64_t now_ns() noexcept { return ::model::read_clock(); }

} // namespace detail
PEL_NAMESPACE_END
