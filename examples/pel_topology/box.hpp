// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine as boxes in boxes, which both drawings start from.
#pragma once

#include <pel/topology.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace pel_topology {

enum class box_kind { machine, package, node, cache, core, pu };

/// A memory that belongs to a box.
struct memory {
    unsigned node;
    std::string label; // "node 1 (OS 8), HBM, 16 GiB"
    bool is_usual;     // the kernel takes from it unless told otherwise
};

struct box {
    box_kind kind;
    std::string label; // for people: "package 0", "L3 32 MiB"
    std::size_t first; // its PUs: [first, first + count) in machine order
    std::size_t count;
    unsigned number = 0; // PUs: the kernel's number; cores: kind
    std::vector<memory> memories;
    std::vector<box> children;
};

/// Returns: the whole machine. Caches of one core are left out; so is what has no PU for the process, except memory,
/// which then belongs to the machine.
box make_boxes(const pel::topology& machine);

/// Returns: "1 core", "2 cores".
std::string count_of(std::size_t count, const std::string& noun);

/// Returns: "31 GiB".
std::string to_bytes(unsigned long long bytes);

/// Returns: "0-3,8".
std::string to_list(std::vector<unsigned> numbers);
/// Returns: likewise the system's numbers of PUs [first, first + count).
std::string to_list(const pel::topology& machine, std::size_t first, std::size_t count);

} // namespace pel_topology
