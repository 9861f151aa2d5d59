// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether the CPUs of a process differ in speed, without hwloc's 10 ms where some small files can tell.
#pragma once

#include <pel/topology.hpp>

#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: whether cores differ in capacity by more than a tenth, as those of one kind may; if the machine has not been
/// read: whether that may be. Cost: some µs for each CPU that says how fast it is.
bool may_have_unequal_cores(const topology& whole);

/// Returns: the same for these CPUs, as the files below `root` say.
bool have_unequal_speeds(std::string_view root, const cpu_mask& cpus);

} // namespace detail
PEL_NAMESPACE_END
