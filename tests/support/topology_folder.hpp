// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Topologies of real machines, as hwloc's XML in the folder that PEL_TOPOLOGY_DIR names. Without it there are none, and
// one test (unit/topology_files_test.cpp) says so by being skipped. Which files there are makes no difference.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace pel_test {

/// Returns: the folder's name, or an empty string.
inline std::string topology_folder() {
    const char* folder = std::getenv("PEL_TOPOLOGY_DIR");
    return folder == nullptr ? std::string() : std::string(folder);
}

/// Returns: the paths of all *.xml in the folder, sorted.
inline std::vector<std::string> topology_files() {
    std::vector<std::string> files;
    const std::string folder = topology_folder();
    if (folder.empty()) return files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".xml") files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace pel_test
