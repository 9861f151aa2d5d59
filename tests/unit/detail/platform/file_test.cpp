// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/platform/file.hpp>

#include "unit/detail/topology/fake_root.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace file_test {

TEST(file, is_read_whole_however_long_it_is) {
    pel_test::fake_root root;
    for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 100000U}) {
        root.write("/file", std::string(size, 'x'));
        std::string text = "old";
        EXPECT_EQ(pel::detail::read_file((root.path() + "/file").c_str(), text), 0);
        EXPECT_EQ(text, std::string(size, 'x'));
    }
}

TEST(file, failures_give_the_errno_and_its_text) {
    const pel_test::fake_root root;
    std::string text = "old";
    EXPECT_EQ(pel::detail::read_file((root.path() + "/missing").c_str(), text), ENOENT);
    EXPECT_EQ(text, "");
    EXPECT_EQ(pel::detail::read_file(root.path().c_str(), text), EISDIR);
    EXPECT_EQ(pel::detail::error_text(ENOENT), "No such file or directory");
}

} // namespace file_test
