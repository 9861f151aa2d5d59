// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether the CPUs of a process are near to different memory, without hwloc's 10 ms where one file can tell.
#pragma once

#include <pel/topology.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: whether PUs have different home nodes; if the machine has not been read: whether that may be.
bool may_have_several_nodes(const topology& whole);

} // namespace detail
PEL_NAMESPACE_END
