// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How many CPUs the process may use, and what says so: min(affinity mask, cpuset, CPU quotas of its cgroup and of all
// ancestors that can be seen). Any thread.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>

#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A CPU time limit: `quota` of every `period`, in µs.
struct cpu_quota {
    unsigned long long quota = 0;
    unsigned long long period = 1;

    /// Returns: the number of CPUs that can be kept busy, rounded up: half a CPU still needs one.
    unsigned cpus() const noexcept {
        const unsigned long long whole = quota / period + (quota % period != 0 ? 1 : 0);
        return whole > cpu_mask::max_cpus ? cpu_mask::max_cpus : static_cast<unsigned>(whole);
    }
    double ratio() const noexcept { return static_cast<double>(quota) / static_cast<double>(period); }
};

enum class deciding_limit { affinity_mask, cpuset, quota, description };

struct cpu_limits {
    int process = 0;          ///< that read them; 0: a description
    cpu_mask affinity;        ///< of the process
    cpu_mask allowed;         ///< affinity ∩ cpusets, never empty
    unsigned concurrency = 1; ///< at least 1
    deciding_limit decided_by = deciding_limit::affinity_mask;
    cpu_quota quota;         ///< the tightest
    std::string quota_file;  ///< empty: no quota
    std::string cpuset_file; ///< of a cpuset that is `allowed`; empty: none
    std::string description; ///< what describes the machine, for people; empty: it is this system's
    std::string report;      ///< a line per limit found, and per file ignored with the reason
};

/// Returns: the limits of a machine that is only described, by what `description` names, and allows the CPUs `allowed`.
cpu_limits make_described_limits(std::string_view description, cpu_mask allowed);

/// Reads the limits of this process.
cpu_limits read_cpu_limits();

} // namespace detail
PEL_NAMESPACE_END
