// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "box.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace pel_topology {

std::string count_of(std::size_t count, const std::string& noun) {
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

std::string to_bytes(unsigned long long bytes) {
    constexpr unsigned long long mib = 1ULL << 20;
    constexpr unsigned long long gib = 1ULL << 30;
    if (bytes >= 8 * gib || (bytes >= gib && bytes % gib == 0)) return std::to_string(bytes / gib) + " GiB";
    if (bytes >= 8 * mib || (bytes >= mib && bytes % mib == 0)) return std::to_string(bytes / mib) + " MiB";
    return std::to_string(bytes / 1024) + " KiB";
}

std::string to_list(std::vector<unsigned> numbers) {
    std::sort(numbers.begin(), numbers.end());
    std::string list;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        if (!list.empty()) list += ',';
        list += std::to_string(numbers[i]);
        if (last > i) list += '-' + std::to_string(numbers[last]);
        i = last + 1;
    }
    return list;
}

std::string to_list(const pel::topology& machine, std::size_t first, std::size_t count) {
    const auto pus = machine.pus();
    std::vector<unsigned> numbers;
    for (std::size_t i = first; i < first + count; ++i) numbers.push_back(pus[i].os_index());
    return to_list(std::move(numbers));
}

namespace {

std::string with_os(const std::string& name, unsigned logical, unsigned os) {
    return name + ' ' + std::to_string(logical) + (os == logical ? "" : " (OS " + std::to_string(os) + ")");
}

box make_box(box_kind kind, std::string label, const pel::pu_range& pus) {
    return {kind, std::move(label), pus[0].logical_index(), pus.size(), 0, {}, {}};
}

/// Returns: the box of that kind around these PUs, which is made if there is none.
box& box_around(std::vector<box>& boxes, box_kind kind, const pel::pu_range& pus) {
    box own = make_box(kind, "", pus);
    const auto same = std::find_if(boxes.begin(), boxes.end(), [&](const box& other) {
        return other.kind == kind && other.first == own.first && other.count == own.count;
    });
    return same == boxes.end() ? boxes.emplace_back(std::move(own)) : *same;
}

memory describe(const pel::numa_node_info& node, bool are_sizes_known) {
    std::string label = with_os("node", node.logical_index(), node.os_index());
    if (!node.subtype().empty()) label += ", " + std::string(node.subtype());
    if (node.memory() != 0) {
        label += ", " + to_bytes(node.memory());
    } else if (are_sizes_known) {
        label += ", no memory";
    }
    return {node.logical_index(), std::move(label), node.is_home()};
}

/// Nodes with the same PUs share a box, the usual memory first; nodes without go to the machine.
void add_nodes(const pel::topology& machine, box& whole, std::vector<box>& boxes) {
    bool are_sizes_known = false;
    for (const pel::numa_node_info& node : machine.numa_nodes()) {
        are_sizes_known = are_sizes_known || node.memory() != 0;
    }
    for (const pel::numa_node_info& node : machine.numa_nodes()) {
        if (node.pus().empty()) {
            whole.memories.push_back(describe(node, are_sizes_known));
            continue;
        }
        box& place = box_around(boxes, box_kind::node, node.pus());
        const auto at = node.is_home() ? place.memories.begin() : place.memories.end();
        place.memories.insert(at, describe(node, are_sizes_known));
    }
}

/// Caches that more than one core shares (those of one core would be a box around every core); caches of several levels
/// around the same PUs are one box.
void add_caches(const pel::topology& machine, std::vector<box>& boxes) {
    std::vector<std::size_t> in_core(machine.pus().size(), 1);
    for (const pel::core& core : machine.cores()) {
        for (const pel::pu& pu : core.pus()) in_core[pu.logical_index()] = core.pus().size();
    }
    for (unsigned level = 5; level > 1; --level) {
        for (const pel::cache& cache : machine.caches(level)) {
            if (cache.pus().size() <= in_core[cache.pus()[0].logical_index()]) continue;
            box& place = box_around(boxes, box_kind::cache, cache.pus());
            place.label += (place.label.empty() ? "L" : ", L") + std::to_string(level);
            if (cache.size() != 0) place.label += ' ' + to_bytes(cache.size());
        }
    }
}

void add_cores(const pel::topology& machine, std::vector<box>& boxes) {
    for (const pel::core& core : machine.cores()) {
        boxes.push_back(make_box(box_kind::core, with_os("core", core.logical_index(), core.os_index()), core.pus()));
        boxes.back().number = core.kind();
    }
    const auto pus = machine.pus();
    for (std::size_t i = 0; i < pus.size(); ++i) {
        boxes.push_back({box_kind::pu, "PU " + std::to_string(pus[i].os_index()), i, 1, pus[i].os_index(), {}, {}});
    }
}

bool includes(const box& outer, const box& inner) {
    return outer.first <= inner.first && inner.first + inner.count <= outer.first + outer.count;
}

/// Returns: outer boxes first; of boxes around the same PUs, the one that was added first is outside.
std::vector<box> sort(std::vector<box>&& boxes) {
    std::vector<std::size_t> order(boxes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (boxes[a].first != boxes[b].first) return boxes[a].first < boxes[b].first;
        return boxes[a].count != boxes[b].count ? boxes[a].count > boxes[b].count : a < b;
    });
    std::vector<box> sorted;
    for (const std::size_t i : order) sorted.push_back(std::move(boxes[i]));
    return sorted;
}

/// Moves boxes [next, …) that lie in `outer` into it. Returns: the first that does not.
std::size_t fill(box& outer, std::vector<box>& sorted, std::size_t next) {
    while (next < sorted.size() && includes(outer, sorted[next])) {
        box inner = std::move(sorted[next]);
        next = fill(inner, sorted, next + 1);
        outer.children.push_back(std::move(inner));
    }
    return next;
}

} // namespace

box make_boxes(const pel::topology& machine) {
    box whole{box_kind::machine, "machine", 0, machine.pus().size(), 0, {}, {}};
    std::vector<box> boxes;
    for (const pel::package& package : machine.packages()) {
        boxes.push_back(make_box(box_kind::package, with_os("package", package.logical_index(), package.os_index()),
                                 package.pus()));
    }
    add_nodes(machine, whole, boxes);
    add_caches(machine, boxes);
    add_cores(machine, boxes);
    std::vector<box> sorted = sort(std::move(boxes));
    fill(whole, sorted, 0);
    return whole;
}

} // namespace pel_topology
