// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
// What holds on any machine, most of which have one node. tests/numa_vm has the rest.
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_allocator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <sys/mman.h>

namespace numa_allocator_test {

using pel::numa_allocator;
using pel::numa_interleave;
using pel::numa_node;

using traits = std::allocator_traits<numa_allocator<double>>;
static_assert(!traits::propagate_on_container_copy_assignment::value);
static_assert(traits::propagate_on_container_move_assignment::value);
static_assert(traits::propagate_on_container_swap::value);
static_assert(!traits::is_always_equal::value);
static_assert(std::is_same_v<traits::rebind_alloc<char>, numa_allocator<char>>);
static_assert(std::is_nothrow_copy_constructible_v<numa_allocator<double>>);
static_assert(std::is_nothrow_constructible_v<numa_allocator<char>, const numa_allocator<double>&>);
static_assert(std::is_convertible_v<numa_node, numa_allocator<double>>);

template <class T>
std::vector<numa_allocator<T>> all_placements() {
    return {numa_allocator<T>(), numa_allocator<T>(numa_node{0}), numa_allocator<T>(numa_interleave)};
}

bool is_aligned(const void* address, std::size_t alignment) {
    return reinterpret_cast<std::uintptr_t>(address) % alignment == 0;
}

template <std::size_t Alignment>
struct alignas(Alignment) aligned {
    unsigned char bytes[Alignment];
};

template <class T>
void expect_usable(std::size_t n) {
    for (numa_allocator<T> allocator : all_placements<T>()) {
        T* const first = allocator.allocate(n);
        T* const second = allocator.allocate(n);
        EXPECT_TRUE(is_aligned(first, alignof(T)) && is_aligned(second, alignof(T)));
        std::memset(static_cast<void*>(first), 1, n * sizeof(T));
        std::memset(static_cast<void*>(second), 2, n * sizeof(T));
        EXPECT_EQ(*(reinterpret_cast<unsigned char*>(first + n) - 1), 1) << "they do not overlap";
        allocator.deallocate(first, n);
        allocator.deallocate(second, n);
    }
}

TEST(numa_allocator, gives_memory_of_any_size_and_alignment) {
    expect_usable<char>(1);
    expect_usable<double>(100);
    expect_usable<double>(1'000'000);
    expect_usable<aligned<64>>(3);
    expect_usable<aligned<4096>>(2);
    expect_usable<aligned<65536>>(1);
    expect_usable<aligned<65536>>(5);
}

TEST(numa_allocator, gives_nothing_for_nothing_and_takes_it_back) {
    for (numa_allocator<double> allocator : all_placements<double>()) {
        double* const nothing = allocator.allocate(0);
        EXPECT_NE(nothing, nullptr);
        allocator.deallocate(nothing, 0);
    }
}

TEST(numa_allocator, gives_back_whole_mappings) {
    using large = aligned<65536>;
    for (numa_allocator<large> allocator : all_placements<large>()) {
        large* const first = allocator.allocate(4);
        unsigned char residency[4096];
        allocator.deallocate(first, 4);
        EXPECT_EQ(::mincore(first, sizeof(large) * 4, residency), -1) << "nothing is mapped there any more";
    }
}

TEST(numa_allocator, bound_memory_has_pages_of_its_own_however_small) {
    for (numa_allocator<char> allocator : {numa_allocator<char>(numa_node{0}), numa_allocator<char>(numa_interleave)}) {
        char* const first = allocator.allocate(1);
        EXPECT_TRUE(is_aligned(first, pel::detail::page_size()));
        allocator.deallocate(first, 1);
    }
}

TEST(numa_allocator, memory_that_cannot_be_is_refused) {
    for (numa_allocator<double> allocator : all_placements<double>()) {
        const std::size_t too_many = static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(double) + 1;
        EXPECT_THROW((void)allocator.allocate(too_many), std::bad_array_new_length);
        EXPECT_THROW((void)allocator.allocate(SIZE_MAX), std::bad_array_new_length);
        EXPECT_THROW((void)allocator.allocate(too_many - 1), std::bad_alloc);
    }
}

TEST(numa_allocator, a_node_that_is_not_there_is_an_error_that_names_it) {
    for (const unsigned index :
         {static_cast<unsigned>(pel::topology::discover().numa_nodes().size()), 4'000'000'000U}) {
        try {
            numa_allocator<double> allocator(numa_node{index});
            FAIL() << "no exception for node " << index;
        } catch (const std::invalid_argument& error) {
            EXPECT_NE(std::string(error.what()).find(std::to_string(index)), std::string::npos) << error.what();
        }
    }
}

TEST(numa_allocator, is_equal_to_those_that_place_alike) {
    const auto placements = all_placements<double>();
    const auto others = all_placements<char>();
    for (std::size_t i = 0; i < placements.size(); ++i) {
        for (std::size_t j = 0; j < others.size(); ++j) {
            EXPECT_EQ(placements[i] == others[j], i == j);
            EXPECT_EQ(placements[i] != others[j], i != j);
        }
        EXPECT_EQ(placements[i], numa_allocator<double>(others[i])) << "rebound and back";
    }
}

TEST(numa_allocator, serves_the_containers_of_the_standard_library) {
    for (const numa_allocator<int> allocator : all_placements<int>()) {
        std::vector<int, numa_allocator<int>> numbers(1000, allocator);
        EXPECT_EQ(std::count(numbers.begin(), numbers.end(), 0), 1000) << "with zeros, as std::vector says";
        std::list<std::string, numa_allocator<std::string>> words({"a", "b"}, allocator);
        words.push_back("c");
        EXPECT_EQ(words.size(), 3U);
        std::map<int, int, std::less<>, numa_allocator<std::pair<const int, int>>> squares(allocator);
        for (int i = 0; i < 10; ++i) squares[i] = i * i;
        EXPECT_EQ(squares.at(9), 81);
        const auto shared = std::allocate_shared<double>(allocator, 0.5);
        EXPECT_EQ(*shared, 0.5);
    }
}

TEST(numa_allocator, large_memory_is_untouched_whatever_was_there_before) {
    constexpr std::size_t size = std::size_t{1} << 20;
    for (numa_allocator<char> allocator : all_placements<char>()) {
        for (int round = 0; round < 3; ++round) {
            char* const first = allocator.allocate(size);
            EXPECT_FALSE(pel::node_of(first + size / 2).has_value());
            std::memset(first, 1, size);
            allocator.deallocate(first, size);
        }
    }
}

} // namespace numa_allocator_test
