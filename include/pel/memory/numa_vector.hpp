// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A std::vector that leaves elements of trivial types untouched until they are first written, so that the loop that
// writes them first, and not the thread that made the vector, decides on which NUMA nodes its pages are.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/memory/numa_allocator.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <new>
#include <type_traits>
#include <vector>

PEL_NAMESPACE_BEGIN

/// The allocator of numa_vector<T>: a numa_allocator<T>, apart from what is said of elements there.
template <class T>
class numa_vector_allocator : public numa_allocator<T> {
public:
    using numa_allocator<T>::numa_allocator;
    constexpr numa_vector_allocator() noexcept = default;
    template <class Other>
    // NOLINTNEXTLINE(google-explicit-constructor): they are the same, apart from construct()
    constexpr numa_vector_allocator(const numa_allocator<Other>& other) noexcept : numa_allocator<T>(other) {}

    /// Makes an element of no arguments. (Others are made by std::construct_at.)
    template <class Element>
        requires std::is_trivially_default_constructible_v<Element>
    void construct(Element* place) noexcept {
        ::new (static_cast<void*>(place)) Element; // not Element(), which writes zeros
    }
};

/// A std::vector, with all that one has, and with its guarantees, but that elements made of no arguments — numa_vector(n)
/// and resize(n) — are left as they are in memory, without a value, where T has a trivial default constructor:
/// numbers, pointers, structs of such. A T whose constructor writes, as std::complex's, is written by the calling
/// thread. In place of an allocator, constructors take where the pages are to be; they throw also what numa_allocator's
/// does, std::invalid_argument for a node that is not there or has no memory:
///   numa_vector<double> a(n);                       from the nodes of the threads that first write them
///   numa_vector<double> b(n, pel::numa_node{1});    numa_vector<double> c(n, 0.0, pel::numa_interleave);
template <class T>
class numa_vector : public std::vector<T, numa_vector_allocator<T>> {
    using vector = std::vector<T, numa_vector_allocator<T>>;
    static_assert(!std::is_same_v<T, bool>, "pel::numa_vector<bool> would be packed as std::vector<bool> is, so that "
                                            "threads could not write neighbours: use numa_vector<unsigned char>");

public:
    using vector::vector;

    numa_vector& operator=(std::initializer_list<T> values) {
        vector::operator=(values);
        return *this;
    }
};

template <class T>
numa_vector(std::size_t, const T&, std::type_identity_t<numa_vector_allocator<T>> = {}) -> numa_vector<T>;
template <class T>
numa_vector(std::initializer_list<T>, std::type_identity_t<numa_vector_allocator<T>> = {}) -> numa_vector<T>;
template <std::input_iterator Iterator>
numa_vector(Iterator, Iterator, numa_vector_allocator<std::iter_value_t<Iterator>> = {})
    -> numa_vector<std::iter_value_t<Iterator>>;

PEL_NAMESPACE_END
