// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a pool's threads are bound to. A type of the public interface, that the placement of seats uses too.
#pragma once

#include <pel/detail/platform/config.hpp>

PEL_NAMESPACE_BEGIN

/// Where a pool's threads may run.
enum class binding {
    none,      ///< wherever the process may
    automatic, ///< numa_node where the process may use two nodes or more, for seats that fill all alike; else none
    core,      ///< each on its own core
    numa_node  ///< each on the CPUs of one node
};

PEL_NAMESPACE_END
