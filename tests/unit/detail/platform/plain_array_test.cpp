// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/platform/plain_array.hpp>

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace plain_array_test {

using pel::detail::plain_array;

std::vector<int> content(const plain_array<int>& array) { return {array.begin(), array.end()}; }

TEST(plain_array, grows_and_keeps_what_it_has) {
    plain_array<int> array;
    EXPECT_TRUE(array.empty());
    EXPECT_EQ(array.begin(), array.end());
    for (int i = 0; i < 1000; ++i) array.push_back(i);
    ASSERT_EQ(array.size(), 1000U);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(array[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(array.back(), 999);
    array.resize(2);
    array.resize(4, 7);
    EXPECT_EQ(content(array), (std::vector<int>{0, 1, 7, 7}));
    array.assign(2, 5);
    EXPECT_EQ(content(array), (std::vector<int>{5, 5}));
    array.push_back(array[0]);
    EXPECT_EQ(array.back(), 5);
}

TEST(plain_array, does_not_move_while_there_is_room) {
    plain_array<int> array;
    array.reserve(100);
    const int* const place = array.data();
    for (int i = 0; i < 100; ++i) array.push_back(i);
    EXPECT_EQ(array.data(), place);
}

TEST(plain_array, copies_are_independent_and_moves_keep_the_elements_where_they_are) {
    plain_array<int> first = {1, 2, 3};
    plain_array<int> copy = first;
    copy[0] = 9;
    EXPECT_EQ(content(first), (std::vector<int>{1, 2, 3}));
    const int* const place = first.data();
    plain_array<int> moved = std::move(first);
    EXPECT_EQ(moved.data(), place);
    copy = moved;
    EXPECT_EQ(content(copy), (std::vector<int>{1, 2, 3}));
    copy = std::move(moved);
    EXPECT_EQ(copy.data(), place);
    copy = {4};
    EXPECT_EQ(content(copy), (std::vector<int>{4}));
    copy = std::vector<int>{5, 6};
    EXPECT_EQ(content(copy), (std::vector<int>{5, 6}));
}

} // namespace plain_array_test
