// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_allocator.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace node_of_test {

/// One page, at first untouched.
class one_page {
public:
    one_page() : start_(allocator_.allocate(1)) {}
    one_page(const one_page&) = delete;
    one_page& operator=(const one_page&) = delete;
    ~one_page() { allocator_.deallocate(start_, 1); }
    volatile char& operator*() const { return *start_; }
    const void* address() const { return start_; }

private:
    pel::numa_allocator<char> allocator_{pel::numa_interleave};
    char* start_;
};

/// Whether the system tells at all where pages are.
bool is_told() {
    const int here = 0;
    return pel::node_of(&here).has_value();
}

TEST(node_of, knows_nothing_of_a_page_until_it_is_written) {
    if (!is_told()) GTEST_SKIP() << "move_pages is forbidden here, or the NUMA nodes are not known";
    const one_page page;
    EXPECT_FALSE(pel::node_of(page.address()).has_value());
    EXPECT_FALSE(pel::node_of(page.address()).has_value()) << "asking is no touch";
    EXPECT_EQ(*page, 0);
    EXPECT_FALSE(pel::node_of(page.address()).has_value()) << "nor is reading: all share one page of zeros";
    *page = 1;
    const std::optional<pel::numa_node> node = pel::node_of(page.address());
    ASSERT_TRUE(node.has_value());
    EXPECT_LT(node->index, pel::topology::discover().numa_nodes().size());
}

TEST(node_of, takes_an_address_anywhere_in_a_page) {
    if (!is_told()) GTEST_SKIP() << "move_pages is forbidden here, or the NUMA nodes are not known";
    const one_page page;
    *page = 1;
    const char* const last = static_cast<const char*>(page.address()) + pel::detail::page_size() - 1;
    EXPECT_TRUE(pel::node_of(last).has_value());
}

TEST(node_of, knows_nothing_of_addresses_that_are_no_ones) {
    EXPECT_FALSE(pel::node_of(nullptr).has_value());
    EXPECT_FALSE(pel::node_of(reinterpret_cast<const void*>(~std::uintptr_t{0})).has_value());
}

} // namespace node_of_test
