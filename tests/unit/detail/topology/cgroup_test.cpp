// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/topology/cgroup.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cgroup_test {

using pel::detail::cgroup_hierarchy;
using pel::detail::cgroup_place;

TEST(cgroup, the_path_is_found_among_the_controllers_of_a_line) {
    const char* text = "12:cpuset:/set\n4:cpuacct,cpu:/with:colon\n1:name=systemd:/user.slice\n0::/unified/x\n";
    EXPECT_EQ(find_cgroup_path(text, cgroup_hierarchy::cpu), "/with:colon");
    EXPECT_EQ(find_cgroup_path(text, cgroup_hierarchy::cpuset), "/set");
    EXPECT_EQ(find_cgroup_path(text, cgroup_hierarchy::unified), "/unified/x");
}

TEST(cgroup, controllers_with_longer_names_and_broken_lines_are_no_match) {
    for (const char* text : {"", "\n\n", "4:cpuacct:/a\n", "cpu", "4:cpu", "4:cpu:", "4:cpu:relative\n", "::/a\n"}) {
        EXPECT_EQ(find_cgroup_path(text, cgroup_hierarchy::cpu), "") << text;
        EXPECT_EQ(find_cgroup_path(text, cgroup_hierarchy::unified), "") << text;
    }
}

TEST(cgroup, mount_fields_are_unescaped) {
    EXPECT_EQ(pel::detail::unescape_mount_field("/a\\040b\\011\\134"), "/a b\t\\");
    EXPECT_EQ(pel::detail::unescape_mount_field("/a\\04"), "/a\\04");
    EXPECT_EQ(pel::detail::unescape_mount_field("/a\\999\\777"), "/a\\999\\777");
}

TEST(cgroup, a_path_is_taken_relative_to_the_root_of_its_mount) {
    const struct {
        const char *path, *root, *relative; // nullptr: not below
    } cases[] = {{"/", "/", ""},
                 {"/a/b", "/", "/a/b"},
                 {"/a/b/", "/a", "/b"},
                 {"/a", "/a", ""},
                 {"/ab", "/a", nullptr},
                 {"/a", "/a/b", nullptr},
                 {"/", "/../..", nullptr},
                 {"/../x", "/", nullptr},
                 {"/../../x", "/../..", "/x"},
                 {"/a/../b", "/", nullptr},
                 {"//a/./b", "/", "/a/b"},
                 {"", "/", ""}};
    for (const auto& [path, root, relative] : cases) {
        std::string result = "untouched";
        EXPECT_EQ(pel::detail::try_make_relative(path, root, result), relative != nullptr) << path << " in " << root;
        EXPECT_EQ(result, relative != nullptr ? relative : "untouched") << path << " in " << root;
    }
}

TEST(cgroup, of_several_mounts_the_one_with_the_most_ancestors_is_taken) {
    const char* mounts = "30 1 0:1 /other /mnt/other rw - cgroup2 none rw\n"
                         "31 1 0:1 /a/b /mnt/part rw - cgroup2 none rw\n"
                         "32 1 0:1 / /mnt/all\\040of\\040it rw shared:1 master:2 - cgroup2 none rw\n"
                         "33 1 0:1 /a /mnt/some rw - cgroup2 none rw\n";
    const cgroup_place place = locate_cgroup(mounts, cgroup_hierarchy::unified, "/a/b/c");
    EXPECT_EQ(place.mount_point, "/mnt/all of it");
    EXPECT_EQ(place.path, "/a/b/c");
    EXPECT_TRUE(place.is_below_mount);
}

TEST(cgroup, broken_mount_lines_are_skipped) {
    const char* mounts = "\n - \nrubbish\n30 1 0:1 / - cgroup2\n31 1 0:1 / /mnt/cpuacct rw - cgroup none rw,cpuacct\n"
                         "32 1 0:1 / /mnt/cpu rw - cgroup none rw,cpu";
    EXPECT_EQ(locate_cgroup(mounts, cgroup_hierarchy::cpu, "/a").mount_point, "/mnt/cpu");
    EXPECT_EQ(locate_cgroup(mounts, cgroup_hierarchy::cpuset, "/a").mount_point, "/sys/fs/cgroup/cpuset");
}

TEST(cgroup, ancestors_are_visited_nearest_first_up_to_the_mount_point) {
    std::vector<std::string> seen;
    pel::detail::for_each_ancestor(cgroup_place{"/mnt", "/a/b", true}, [&](const std::string& directory) {
        seen.push_back(directory);
        return false;
    });
    EXPECT_EQ(seen, (std::vector<std::string>{"/mnt/a/b", "/mnt/a", "/mnt"}));
}

} // namespace cgroup_test
