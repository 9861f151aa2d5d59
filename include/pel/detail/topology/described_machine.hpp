// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machines out of a description: hwloc's XML, or a synthetic text. For pictures, tests and simulations: nothing is ever
// bound by such a machine. What the process may use is what the description says. Any thread.
// The environment chooses no other machine and cuts nothing off this one; HWLOC_CPUKINDS_RANKING still says how hwloc
// ranks kinds of cores, HWLOC_XML_VERBOSE that it prints.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/topology/home_nodes.hpp>
#include <pel/detail/topology/hwloc_machine.hpp>
#include <pel/detail/topology/hwloc_tree.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/text.hpp>

#include <cstddef>
#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: the value of the first attribute `name` in `xml`; nothing if there is none.
inline std::string_view find_attribute(std::string_view xml, std::string_view name) {
    const std::size_t at = xml.find(concat({" ", name, "=\""}));
    if (at == std::string_view::npos) return {};
    xml.remove_prefix(at + name.size() + 3);
    return xml.substr(0, xml.find('"'));
}

/// Returns: why hwloc may have refused `xml`.
inline std::string explain_refusal(std::string_view xml) {
    const std::size_t visible = xml.find_first_not_of(" \t\r\n");
    if (visible == std::string_view::npos) return "the file is empty";
    if (xml[visible] != '<') return "the file is not XML";
    const std::size_t root = xml.find("<topology");
    if (root == std::string_view::npos) return "the file is XML, but not of hwloc: it has no <topology>";
    const std::string_view version = find_attribute(xml.substr(root, xml.find('>', root) - root), "version");
    std::string_view rest = version;
    unsigned long long major = 0;
    if (try_take_number(rest, major) && major > HWLOC_API_VERSION >> 16) {
        return concat(
            {"the file is XML of hwloc's format ", version, ", and hwloc " HWLOC_VERSION " reads no newer one than ",
             std::to_string(HWLOC_API_VERSION >> 16), " (hwloc 3 writes that too: lstopo --export-xml-flags v2)"});
    }
    if (xml.find("</topology>") == std::string_view::npos) return "the file is truncated: it has no </topology>";
    return "hwloc does not understand the file: it is damaged, or not what lstopo --of xml writes";
}

/// A set of OS indices that the process may use, as hwloc has read it or, where the environment has made hwloc cut it
/// with what this process may use (HWLOC_THISSYSTEM and HWLOC_THISSYSTEM_ALLOWED_RESOURCES), as `xml` says.
class described_set {
public:
    described_set(const hwloc_tree& tree, hwloc_const_bitmap_t read, std::string_view xml, std::string_view attribute)
        : set_(::hwloc_bitmap_dup(read)) {
        if (::hwloc_topology_is_thissystem(tree.get()) == 0) return;
        const std::string_view text = find_attribute(xml, attribute);
        ::hwloc_bitmap_fill(set_);
        if (!text.empty()) ::hwloc_bitmap_sscanf(set_, std::string(text).c_str());
    }
    ~described_set() { ::hwloc_bitmap_free(set_); }
    described_set(const described_set&) = delete;

    hwloc_const_bitmap_t get() const { return set_; }

private:
    hwloc_bitmap_t set_;
};

/// Replaces `found` by what the tree shows; `xml` is what that was read from, if it was XML.
/// Returns: what is wrong with it, or nothing.
inline std::string read_described_tree(const hwloc_tree& tree, std::string_view xml, machine& found) {
    const described_set cpus(tree, ::hwloc_topology_get_allowed_cpuset(tree.get()), xml, "allowed_cpuset");
    const described_set nodes(tree, ::hwloc_topology_get_allowed_nodeset(tree.get()), xml, "allowed_nodeset");
    cpu_mask allowed;
    const cpu_mask online = tree.pus();
    if (online.count() != tree.count(HWLOC_OBJ_PU))
        return "two CPUs in it have the same number, or one that no CPU has";
    for (unsigned cpu = 0; cpu < online.end(); ++cpu) {
        if (online.contains(cpu) && ::hwloc_bitmap_isset(cpus.get(), cpu) != 0) allowed.insert(cpu);
    }
    if (allowed.is_empty()) return "it allows no CPU at all";
    found = machine_reader(tree, allowed, nodes.get()).read();
    home_finder(found).find();
    found.is_this_system = false;
    return {};
}

PEL_COLD PEL_INLINE std::string read_xml_machine(const std::string& path, machine& found) {
    std::string xml;
    const int error = read_file(path.c_str(), xml);
    if (error != 0) return concat({"cannot be read: ", error_text(error)});
    if (xml.size() >= max_file_size) return "the file is larger than any description of a machine";
    if (is_foreign_hwloc()) return "the hwloc library that runs is not the one that this program was compiled for";
    const hwloc_tree tree(hwloc_all_flags, hwloc_input::xml, xml);
    if (!tree.is_loaded()) return explain_refusal(xml);
    return read_described_tree(tree, xml, found);
}

/// Returns: how many PUs a synthetic text describes at least: the product of the counts outside of brackets. hwloc
/// would try to build any number of them.
inline unsigned long long count_synthetic_pus(std::string_view text) {
    constexpr unsigned long long most = 1ULL << 32;
    unsigned long long product = 1;
    int depth = 0;
    while (!text.empty() && product < most) {
        const char c = text.front();
        if (c == '(' || c == '[') ++depth;
        if (c == ')' || c == ']') --depth;
        const bool is_start = c == ':' || c == ' ';
        text.remove_prefix(1);
        unsigned long long count = 0;
        if (is_start && depth == 0 && try_take_number(text, count)) product *= count < most ? count : most;
    }
    return product;
}

PEL_COLD PEL_INLINE std::string read_synthetic_machine(const std::string& text, machine& found) {
    constexpr unsigned most = 8192; // as many as Linux can have on x86
    if (count_synthetic_pus(concat({" ", text})) > most) {
        return concat({"it describes more than ", std::to_string(most), " PUs"});
    }
    if (is_foreign_hwloc()) return "the hwloc library that runs is not the one that this program was compiled for";
    const hwloc_tree tree(hwloc_all_flags, hwloc_input::synthetic, text);
    if (!tree.is_loaded()) {
        return "hwloc does not understand it; a description looks like \"pack:2 numa:2 l3:2 core:4 pu:2\"";
    }
    return read_described_tree(tree, {}, found);
}

} // namespace detail
PEL_NAMESPACE_END
