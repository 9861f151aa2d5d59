// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which CPUs the kernel says are a NUMA node's own: memory comes from there by default. Any thread. A file per node.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/topology/cpu_list.hpp>
#include <pel/detail/topology/text.hpp>

#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Adds the numbers in a file that holds a list of them. Returns: false if it cannot be read or understood.
inline bool try_read_list(const std::string& file, cpu_mask& numbers) {
    std::string list;
    return read_file(file.c_str(), list) == 0 && try_parse_cpu_list(without_trailing_space(list), numbers);
}

/// Adds the CPUs of a node, by the kernel's numbers, as the files below `root` say. Returns: false if they do not say.
inline bool try_read_node_cpus(std::string_view root, unsigned node, cpu_mask& cpus) {
    return try_read_list(concat({root, "/sys/devices/system/node/node", std::to_string(node), "/cpulist"}), cpus);
}

} // namespace detail
PEL_NAMESPACE_END
