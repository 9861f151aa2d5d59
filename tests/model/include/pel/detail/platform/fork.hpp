// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fork() of model-checking builds, found before the real header: nobody calls it.
#pragma once

#include <pel/detail/platform/config.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

inline void register_fork_handlers(void (*)(), void (*)(), void (*)()) noexcept {}

} // namespace detail
PEL_NAMESPACE_END
