// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text of topology::explain(): which limit decided, all limits that were found, the machine.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/topology/cpu_limits_reader.hpp>
#include <pel/detail/topology/cpu_list.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/text.hpp>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: why the concurrency is what it is, in half a sentence.
inline std::string describe_decision(const cpu_limits& limits, const cpu_mask& online) {
    if (limits.decided_by == deciding_limit::quota) {
        return concat({"the CPU quota in ", limits.quota_file, " is ", describe_quota(limits.quota)});
    }
    const std::string allowed = describe_cpus(limits.allowed);
    const bool is_whole = online.is_subset_of(limits.allowed);
    if (limits.decided_by == deciding_limit::description) {
        return concat({limits.description, is_whole ? " describes a machine of " : " allows ", allowed});
    }
    if (is_whole) return concat({"nothing limits the process, the machine has ", allowed});
    if (limits.decided_by == deciding_limit::cpuset) {
        return concat({"the cpuset in ", limits.cpuset_file, " allows ", allowed});
    }
    if (limits.allowed == limits.affinity) return concat({"the affinity mask of the process allows ", allowed});
    return concat({"the affinity mask and the cpuset together allow ", allowed});
}

/// Returns: a line if the environment overrides what was found, else nothing.
inline std::string describe_environment() {
    const char* text = std::getenv("PEL_NUM_THREADS");
    if (text == nullptr || *text == '\0') return {};
    return concat({"PEL_NUM_THREADS is ", text, ": pools that name no concurrency of their own take that instead\n"});
}

/// Explains the objects of a machine, as far as the process may use them: a line for each question.
class machine_text {
public:
    explicit machine_text(const machine& shown) : machine_(shown) {
        for (const numa_node_info& node : shown.nodes) are_sizes_known_ = are_sizes_known_ || node.memory() != 0;
    }

    std::string write() && {
        text_ = machine_.description;
        write_counts();
        write_caches();
        write_kinds();
        for (const numa_node_info& node : machine_.nodes) write_node(node);
        write_homeless();
        if (machine_.nodes.size() > 1) write_distances();
        return std::move(text_);
    }

private:
    static constexpr std::size_t most_columns = 16;

    static std::string to_bytes(unsigned long long bytes) {
        constexpr unsigned long long mib = 1ULL << 20;
        constexpr unsigned long long gib = 1ULL << 30;
        if (bytes >= 8 * gib || (bytes >= gib && bytes % gib == 0))
            return concat({std::to_string(bytes / gib), " GiB"});
        if (bytes >= 8 * mib || (bytes >= mib && bytes % mib == 0))
            return concat({std::to_string(bytes / mib), " MiB"});
        return concat({std::to_string(bytes / 1024), " KiB"});
    }

    static std::string to_cpus(pu_range pus) {
        cpu_mask cpus;
        for (const pu& one : pus) cpus.insert(one.os_index());
        return describe_cpus(cpus);
    }

    void write_counts() {
        append(text_, {"  "});
        if (!machine_.packages.empty()) append(text_, {count_of(machine_.packages.size(), "package"), ", "});
        append(text_, {count_of(machine_.nodes.size(), "NUMA node"), ", "});
        if (!machine_.cores.empty()) append(text_, {count_of(machine_.cores.size(), "core"), ", "});
        append(text_, {count_of(machine_.pus.size(), "PU")});
        const unsigned online = machine_.online.count();
        if (online > machine_.pus.size()) append(text_, {" of ", std::to_string(online), " that are online"});
        text_ += '\n';
    }

    void write_caches() {
        std::size_t i = 0;
        while (i < machine_.caches.size()) {
            const unsigned level = machine_.caches[i].level();
            const std::size_t first = i;
            std::size_t least = machine_.caches[i].size();
            std::size_t most = least;
            for (; i < machine_.caches.size() && machine_.caches[i].level() == level; ++i) {
                const std::size_t size = machine_.caches[i].size();
                if (size < least) least = size;
                if (size > most) most = size;
            }
            append(text_,
                   {first == 0 ? "  " : ", ", count_of(i - first, concat({"L", std::to_string(level), " cache"}))});
            if (most > 0) append(text_, {" of ", to_bytes(least)});
            if (most > least) append(text_, {" to ", to_bytes(most)});
        }
        if (i > 0) text_ += '\n';
    }

    void write_kinds() {
        std::size_t counted = 0;
        for (unsigned kind = 0; counted < machine_.cores.size(); ++kind) {
            std::size_t count = 0;
            unsigned capacity = 0;
            for (const core& one : machine_.cores) {
                if (one.kind() != kind) continue;
                ++count;
                capacity = one.capacity();
            }
            if (count == machine_.cores.size()) return;
            append(text_, {kind == 0 ? "  cores by kind: " : ", ", std::to_string(count), " of kind ",
                           std::to_string(kind), " (capacity ", std::to_string(capacity), ")"});
            counted += count;
        }
        if (counted > 0) text_ += '\n';
    }

    void write_node(const numa_node_info& node) {
        append(text_, {"  NUMA node ", std::to_string(node.logical_index()), " (OS ", std::to_string(node.os_index())});
        if (!node.subtype().empty()) append(text_, {", ", node.subtype()});
        append(text_, {"): "});
        if (node.memory() != 0) append(text_, {to_bytes(node.memory()), ", "});
        if (node.memory() == 0 && are_sizes_known_) append(text_, {"no usable memory, "});
        if (node.memory() != 0 && !node.is_home()) {
            append(text_, {"memory only, ", node.pus().empty() ? "" : "near "});
        }
        append(text_, {to_cpus(node.pus()), "\n"});
    }

    void write_homeless() {
        cpu_mask cpus;
        for (const pu& one : machine_.pus) {
            if (machine_.home_nodes[one.logical_index()] == machine_.nodes.size()) cpus.insert(one.os_index());
        }
        if (!cpus.is_empty()) append(text_, {"  in no NUMA node: ", describe_cpus(cpus), "\n"});
    }

    void write_distances() {
        const std::size_t nodes = machine_.nodes.size();
        if (nodes > most_columns) return write_distance_range();
        append(text_, {"  distances (row: CPUs of the node, column: memory of the node, 10: local)\n"});
        for (std::size_t row = 0; row <= nodes; ++row) {
            append(text_, {"  "});
            write_cell(row == 0 ? std::string() : std::to_string(row - 1));
            for (std::size_t column = 0; column < nodes; ++column) {
                write_cell(std::to_string(row == 0 ? column : machine_.distance(row - 1, column)));
            }
            text_ += '\n';
        }
    }

    void write_cell(std::string_view value) {
        constexpr std::size_t width = 5;
        if (value.size() < width) text_.append(width - value.size(), ' ');
        append(text_, {value});
    }

    void write_distance_range() {
        unsigned least = ~0U;
        unsigned most = 0;
        for (std::size_t from = 0; from < machine_.nodes.size(); ++from) {
            for (std::size_t to = 0; to < machine_.nodes.size(); ++to) {
                if (from == to) continue;
                const unsigned one = machine_.distance(from, to);
                if (one < least) least = one;
                if (one > most) most = one;
            }
        }
        append(text_,
               {"  distances between nodes: ", std::to_string(least), " to ", std::to_string(most), " (10: local)\n"});
    }

    const machine& machine_;
    std::string text_;
    bool are_sizes_known_ = false;
};

PEL_COLD PEL_INLINE std::string explain(const cpu_limits& limits, const machine& found) {
    return concat({"concurrency ", std::to_string(limits.concurrency), ": ", describe_decision(limits, found.online),
                   "\n", describe_environment(), limits.report, "machine (source: ", found.source, "):\n",
                   machine_text(found).write()});
}

} // namespace detail
PEL_NAMESPACE_END
