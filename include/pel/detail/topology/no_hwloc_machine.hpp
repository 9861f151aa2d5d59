// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stands in for hwloc_machine.hpp and described_machine.hpp where PEL_NO_HWLOC is defined. All of a program has to
// agree on that macro.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/topology/flat_machine.hpp>
#include <pel/detail/topology/machine.hpp>

#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_COLD PEL_INLINE machine read_machine(const cpu_mask& allowed) {
    return make_flat_machine(allowed, "built with PEL_NO_HWLOC");
}

PEL_COLD PEL_INLINE std::string read_xml_machine(const std::string&, machine&) {
    return "built with PEL_NO_HWLOC, which reads no descriptions of machines";
}

PEL_COLD PEL_INLINE std::string read_synthetic_machine(const std::string&, machine&) {
    return "built with PEL_NO_HWLOC, which reads no descriptions of machines";
}

} // namespace detail
PEL_NAMESPACE_END
