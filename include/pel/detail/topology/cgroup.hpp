// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the process is in the cgroup hierarchies, out of /proc/self/cgroup and /proc/self/mountinfo. Parsing only; no
// file is read here. cgroup v1 has a hierarchy per controller, v2 one for all ("unified"); hybrid systems have both.
//
// A container may see a hierarchy through a mount that shows a part of it: the mount's root is then "/docker/1f…" (or
// "/../.." seen from inside a cgroup namespace), and the process' path has to be taken relative to that root.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/topology/text.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

enum class cgroup_hierarchy { cpu, cpuset, unified };

/// A cgroup as a directory: `path` is below `mount_point`, "" or "/a/b".
struct cgroup_place {
    std::string mount_point;
    std::string path;
    bool is_below_mount = true; ///< false: the process is outside of what the mount shows; its root stands in
};

/// Returns: the controller's name in v1, nothing for v2.
inline std::string_view controller_of(cgroup_hierarchy hierarchy) noexcept {
    switch (hierarchy) {
    case cgroup_hierarchy::cpu: return "cpu";
    case cgroup_hierarchy::cpuset: return "cpuset";
    case cgroup_hierarchy::unified: break;
    }
    return {};
}

/// Returns: where systems mount the hierarchy when /proc/self/mountinfo does not say.
inline std::string usual_mount_point(cgroup_hierarchy hierarchy) {
    return concat({"/sys/fs/cgroup", hierarchy == cgroup_hierarchy::unified ? "" : "/", controller_of(hierarchy)});
}

/// Finds the process' path in `hierarchy`; lines are "4:cpu,cpuacct:/a/b", in v2 "0::/a/b".
/// Returns: an empty view if the hierarchy is not listed.
inline std::string_view find_cgroup_path(std::string_view proc_cgroup, cgroup_hierarchy hierarchy) noexcept {
    while (!proc_cgroup.empty()) {
        std::string_view line = take_field(proc_cgroup, '\n');
        const std::string_view id = take_field(line, ':');
        const std::string_view controllers = take_field(line, ':');
        const bool matches = hierarchy == cgroup_hierarchy::unified
                                 ? id == "0" && controllers.empty()
                                 : has_list_item(controllers, controller_of(hierarchy));
        if (matches && !line.empty() && line.front() == '/') return line;
    }
    return {};
}

/// Undoes the "\040" with which mountinfo writes spaces, tabs, line ends and backslashes.
inline std::string unescape_mount_field(std::string_view field) {
    const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    std::string plain;
    for (std::size_t i = 0; i < field.size(); ++i) {
        const bool is_escape = field[i] == '\\' && i + 3 < field.size() && field[i + 1] <= '3' &&
                               is_octal(field[i + 1]) && is_octal(field[i + 2]) && is_octal(field[i + 3]);
        if (!is_escape) {
            plain += field[i];
            continue;
        }
        plain += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + (field[i + 3] - '0'));
        i += 3;
    }
    return plain;
}

/// Takes `path` relative to a mount's `root`. Returns: false if it is not below, or leaves it through "..".
inline bool try_make_relative(std::string_view path, std::string_view root, std::string& relative) {
    if (root == "/") root = {};
    if (path.substr(0, root.size()) != root) return false;
    path.remove_prefix(root.size());
    if (!path.empty() && path.front() != '/') return false;
    std::string kept;
    while (!path.empty()) {
        const std::string_view part = take_field(path, '/');
        if (part == "..") return false;
        if (!part.empty() && part != ".") append(kept, {"/", part});
    }
    relative = std::move(kept);
    return true;
}

/// One line of mountinfo: "36 25 0:31 ROOT MOUNT_POINT options [optional …] - TYPE source SUPER_OPTIONS".
struct mount_line {
    std::string_view root, point, type, super_options;
};

inline mount_line parse_mount_line(std::string_view line) noexcept {
    mount_line mount;
    const std::size_t separator = line.find(" - ");
    if (separator == std::string_view::npos) return mount;
    std::string_view front = line.substr(0, separator);
    std::string_view back = line.substr(separator + 3);
    for (int skipped = 0; skipped < 3; ++skipped) take_field(front, ' ');
    mount.root = take_field(front, ' ');
    mount.point = take_field(front, ' ');
    mount.type = take_field(back, ' ');
    take_field(back, ' ');
    mount.super_options = take_field(back, ' ');
    return mount;
}

inline bool shows_hierarchy(const mount_line& mount, cgroup_hierarchy hierarchy) noexcept {
    if (hierarchy == cgroup_hierarchy::unified) return mount.type == "cgroup2";
    return mount.type == "cgroup" && has_list_item(mount.super_options, controller_of(hierarchy));
}

/// Finds the directory of the cgroup `path`. Of several mounts that show it the one with the most ancestors wins; if
/// none shows it, the first mount's root stands in; without any mount the usual mount point is tried.
inline cgroup_place locate_cgroup(std::string_view mountinfo, cgroup_hierarchy hierarchy, std::string_view path) {
    cgroup_place best;
    bool is_found = false;
    std::size_t best_root_size = 0;
    while (!mountinfo.empty()) {
        const mount_line mount = parse_mount_line(take_field(mountinfo, '\n'));
        if (mount.point.empty() || !shows_hierarchy(mount, hierarchy)) continue;
        const std::string root = unescape_mount_field(mount.root);
        std::string relative;
        const bool is_below = try_make_relative(path, root, relative);
        const bool is_better = !is_found || (is_below && (!best.is_below_mount || root.size() < best_root_size));
        if (!is_better) continue;
        best = {unescape_mount_field(mount.point), std::move(relative), is_below};
        best_root_size = root.size();
        is_found = true;
    }
    if (is_found) return best;
    best.mount_point = usual_mount_point(hierarchy);
    best.is_below_mount = try_make_relative(path, "/", best.path);
    return best;
}

/// Calls `visit(directory)` for the cgroup and its ancestors up to the mount point, nearest first, until it returns
/// true.
template <class Visit>
void for_each_ancestor(const cgroup_place& place, Visit visit) {
    std::string path = place.path;
    while (!visit(concat({place.mount_point, path}))) {
        if (path.empty()) return;
        path.resize(path.rfind('/'));
    }
}

} // namespace detail
PEL_NAMESPACE_END
