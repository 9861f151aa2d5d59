// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A directory that stands in for "/": tests put /proc and /sys files of their choice there. Removed at the end.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace pel_test {

class fake_root {
public:
    fake_root() {
        std::string pattern = (std::filesystem::temp_directory_path() / "pel_root_XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory: " + pattern);
        path_ = pattern;
    }
    fake_root(const fake_root&) = delete;
    fake_root& operator=(const fake_root&) = delete;
    ~fake_root() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    /// `file` begins with '/'.
    fake_root& write(const std::string& file, const std::string& text) {
        const std::filesystem::path target = path_ + file;
        std::filesystem::create_directories(target.parent_path());
        std::ofstream(target) << text;
        return *this;
    }

    /// A pure cgroup v2 system whose process is in `cgroup`.
    fake_root& unified(const std::string& cgroup) {
        write("/proc/self/cgroup", "0::" + cgroup + "\n");
        return write("/proc/self/mountinfo",
                     "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
                     "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    }

    /// A cgroup v1 system; cpu and cpuacct share a hierarchy, as on most distributions.
    fake_root& version1(const std::string& cgroup) {
        write("/proc/self/cgroup", "11:memory:" + cgroup + "\n4:cpu,cpuacct:" + cgroup + "\n3:cpuset:" + cgroup +
                                       "\n1:name=systemd:/init.scope\n");
        return write("/proc/self/mountinfo",
                     "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
                     "31 22 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
                     "32 22 0:28 / /sys/fs/cgroup/cpuset rw,nosuid - cgroup cgroup rw,cpuset\n");
    }

    fake_root& quota(const std::string& cgroup, const std::string& value) {
        return write("/sys/fs/cgroup" + cgroup + "/cpu.max", value + "\n");
    }

    fake_root& quota_version1(const std::string& cgroup, const std::string& quota, const std::string& period) {
        const std::string directory = "/sys/fs/cgroup/cpu,cpuacct" + cgroup;
        write(directory + "/cpu.cfs_quota_us", quota + "\n");
        return write(directory + "/cpu.cfs_period_us", period + "\n");
    }

    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

} // namespace pel_test
