// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#ifndef PEL_NO_HWLOC

#include <hwloc.h>

namespace {

unsigned read(const std::string& description) {
    hwloc_topology_t tree = nullptr;
    ::hwloc_topology_init(&tree);
    ::hwloc_topology_set_synthetic(tree, description.c_str());
    ::hwloc_topology_load(tree);
    const int found = ::hwloc_get_nbobjs_by_type(tree, HWLOC_OBJ_PU);
    ::hwloc_topology_destroy(tree);
    return static_cast<unsigned>(found);
}

const workload::all_machines with_hwloc("serial", read);

} // namespace

#endif
