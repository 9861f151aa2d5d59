// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads the limits. Any thread. Files only, some 0.1 ms; hwloc is not asked. Files that are missing mean no limit; files
// that cannot be read or understood mean no limit and a note. `root` stands in front of every path, so that tests can
// build a /proc and a /sys of their own.
#pragma once

#include <pel/detail/platform/affinity.hpp>
#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/topology/cgroup.hpp>
#include <pel/detail/topology/cpu_limits.hpp>
#include <pel/detail/topology/cpu_list.hpp>
#include <pel/detail/topology/text.hpp>

#include <cerrno>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: "2 CPUs (150000 us of every 100000 us)".
inline std::string describe_quota(const cpu_quota& limit) {
    return concat({count_of(limit.cpus(), "CPU"), " (", std::to_string(limit.quota), " us of every ",
                   std::to_string(limit.period), " us)"});
}

class cpu_limits_reader {
public:
    cpu_limits_reader(std::string_view root, cpu_mask affinity) : root_(root) {
        limits_.affinity = std::move(affinity);
    }

    cpu_limits read() && {
        if (limits_.affinity.is_empty()) {
            note({"the affinity mask cannot be read: all CPUs that are online are assumed"});
            limits_.affinity = cpu_mask::first(online_cpu_count());
        }
        append(limits_.report, {"  affinity mask: ", describe_cpus(limits_.affinity), "\n"});
        limits_.allowed = limits_.affinity;
        read_cgroups();
        decide();
        return std::move(limits_);
    }

private:
    void read_cgroups() {
        std::string cgroups;
        std::string mounts;
        if (!try_read(concat({root_, "/proc/self/cgroup"}), cgroups)) return;
        try_read(concat({root_, "/proc/self/mountinfo"}), mounts);
        for (const auto hierarchy : {cgroup_hierarchy::unified, cgroup_hierarchy::cpu, cgroup_hierarchy::cpuset}) {
            const std::string_view path = find_cgroup_path(cgroups, hierarchy);
            if (path.empty()) continue;
            cgroup_place place = locate_cgroup(mounts, hierarchy, path);
            place.mount_point = concat({root_, place.mount_point});
            if (!place.is_below_mount) {
                note({"the cgroup ", path, " is outside of what is mounted at ", place.mount_point,
                      ": the limits of the mounted root are used"});
            }
            read_hierarchy(hierarchy, place);
        }
    }

    void read_hierarchy(cgroup_hierarchy hierarchy, const cgroup_place& place) {
        if (hierarchy != cgroup_hierarchy::cpuset) {
            for_each_ancestor(place, [&](const std::string& directory) {
                hierarchy == cgroup_hierarchy::unified ? read_quota(directory) : read_quota_v1(directory);
                return false;
            });
        }
        if (hierarchy != cgroup_hierarchy::cpu) {
            // The nearest one includes its ancestors.
            for_each_ancestor(place, [&](const std::string& directory) {
                if (hierarchy == cgroup_hierarchy::unified) return read_cpuset({directory, "/cpuset.cpus.effective"});
                return read_cpuset({directory, "/cpuset.effective_cpus"}) || read_cpuset({directory, "/cpuset.cpus"});
            });
        }
    }

    /// cpu.max: "150000 100000", or "max 100000" for no limit.
    void read_quota(const std::string& directory) {
        const std::string file = concat({directory, "/cpu.max"});
        std::string text;
        if (!try_read(file, text)) return;
        std::string_view period = text;
        const std::string_view quota = take_field(period, ' ');
        if (quota != "max") add_quota(file, text, quota, period);
    }

    /// cpu.cfs_quota_us: "150000", or "-1" for no limit; cpu.cfs_period_us: "100000".
    void read_quota_v1(const std::string& directory) {
        const std::string file = concat({directory, "/cpu.cfs_quota_us"});
        std::string quota;
        std::string period;
        if (!try_read(file, quota) || quota == "-1") return;
        try_read(concat({directory, "/cpu.cfs_period_us"}), period);
        add_quota(file, concat({quota, " with cpu.cfs_period_us ", period}), quota, period);
    }

    void add_quota(const std::string& file, std::string_view text, std::string_view quota, std::string_view period) {
        cpu_quota limit;
        const bool is_valid = try_take_number(quota, limit.quota) && quota.empty() &&
                              try_take_number(period, limit.period) && period.empty() && limit.quota > 0 &&
                              limit.period > 0;
        if (!is_valid) return note_malformed(file, text);
        append(limits_.report, {"  CPU quota: ", describe_quota(limit), " in ", file, "\n"});
        if (!limits_.quota_file.empty() && limits_.quota.ratio() <= limit.ratio()) return;
        limits_.quota = limit;
        limits_.quota_file = file;
    }

    /// Returns: whether the file is there and settles the matter for this hierarchy.
    bool read_cpuset(std::initializer_list<std::string_view> path) {
        const std::string file = concat(path);
        std::string text;
        cpu_mask cpus;
        if (!try_read(file, text)) return false;
        if (!try_parse_cpu_list(text, cpus) || cpus.is_empty()) {
            note_malformed(file, text);
            return false;
        }
        append(limits_.report, {"  cpuset: ", describe_cpus(cpus), " in ", file, "\n"});
        cpu_mask both = limits_.allowed & cpus;
        if (both.is_empty()) {
            note({file, " has no CPU in common with the other limits: ignored"});
            return true;
        }
        // The kernel keeps the mask inside the cpuset, so where they are equal it was the cpuset that cut.
        if (both == cpus) {
            limits_.cpuset_file = file;
        } else if (both.count() < limits_.allowed.count()) {
            limits_.cpuset_file.clear();
        }
        limits_.allowed = std::move(both);
        return true;
    }

    void decide() {
        limits_.concurrency = limits_.allowed.count();
        if (!limits_.cpuset_file.empty()) limits_.decided_by = deciding_limit::cpuset;
        if (limits_.quota_file.empty()) {
            limits_.report += "  CPU quota: none\n";
        } else if (limits_.quota.cpus() < limits_.concurrency) {
            // 3.5 CPUs of quota leave 4 workers on 4 CPUs: there it is not the quota that decides.
            limits_.concurrency = limits_.quota.cpus();
            limits_.decided_by = deciding_limit::quota;
        }
    }

    /// Reads a file without the white space at its end. Missing is not worth a note, anything else is.
    bool try_read(const std::string& file, std::string& text) {
        const int error = read_file(file.c_str(), text);
        text.resize(without_trailing_space(text).size());
        const bool is_missing = error == ENOENT || error == ENOTDIR || error == ENODEV;
        if (error != 0 && !is_missing) note({"cannot read ", file, ": ", error_text(error)});
        return error == 0;
    }

    void note_malformed(const std::string& file, std::string_view text) {
        note({file, " is malformed and ignored: \"", text.substr(0, 80), "\""});
    }

    void note(std::initializer_list<std::string_view> parts) {
        append(limits_.report, {"  note: ", concat(parts), "\n"});
    }

    std::string root_;
    cpu_limits limits_;
};

/// Reads the limits below `root` for a process with the mask `affinity`.
inline cpu_limits read_cpu_limits(std::string_view root, cpu_mask affinity) {
    return cpu_limits_reader(root, std::move(affinity)).read();
}

PEL_INLINE cpu_limits make_described_limits(std::string_view description, cpu_mask allowed) {
    cpu_limits limits;
    limits.concurrency = allowed.count();
    limits.affinity = allowed;
    limits.allowed = std::move(allowed);
    limits.decided_by = deciding_limit::description;
    limits.description = description;
    return limits;
}

PEL_INLINE cpu_limits read_cpu_limits() {
    cpu_limits limits = read_cpu_limits({}, read_process_affinity());
    limits.process = process_id();
    return limits;
}

} // namespace detail
PEL_NAMESPACE_END
