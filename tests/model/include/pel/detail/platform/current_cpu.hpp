// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CPUs of model-checking builds, found before the real header: modelled threads run where the program says.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pel_model/explore.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// By model::self(); written by the thread itself, or before it runs. Elsewhere: 0.
inline unsigned modelled_cpus[8] = {};

inline unsigned current_cpu() noexcept {
    const unsigned self = ::model::self();
    return self < 8 ? modelled_cpus[self] : 0;
}

} // namespace detail
PEL_NAMESPACE_END
