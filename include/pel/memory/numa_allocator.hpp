// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An allocator that says which NUMA nodes memory comes from. The system decides that page by page, when a page is first
// written, and by default takes it from the node of the thread that does. Any thread.
#pragma once

#include <pel/detail/memory/placed_memory.hpp>
#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/topology.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

PEL_NAMESPACE_BEGIN

/// The type of pel::numa_interleave.
struct numa_interleave_t {
    explicit constexpr numa_interleave_t() noexcept = default;
};

/// Pages from all nodes whose memory the process may use, in turn: numa_allocator<T>(pel::numa_interleave).
inline constexpr numa_interleave_t numa_interleave{};

/// For containers of any kind; meant for arrays, as memory that is bound or interleaved consists of whole pages, at least
/// one for each allocation. Without a node it is like std::allocator, but large allocations get pages that nobody has
/// touched. A container's placement is its own: assigning copies the elements into it, and a copy of it is placed
/// alike; moving and swapping take the memory along, with its placement. Allocators are equal if they place alike.
template <class T>
class numa_allocator {
public:
    using value_type = T;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using propagate_on_container_copy_assignment = std::false_type;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;
    using is_always_equal = std::false_type;

    /// Each page from the node of the thread that first writes it, unless the process has been told otherwise (numactl).
    constexpr numa_allocator() noexcept = default;

    /// All pages from one node, with or without CPUs, whoever writes them; a full node is as a machine without memory.
    /// Where the system refuses (a container's seccomp filter), this is said once on standard error, and pages are as
    /// by default. Throws: std::invalid_argument if there is no such node, or if it has no memory. Cost: reads the
    /// machine, unless it has been read.
    numa_allocator(numa_node node) // NOLINT(google-explicit-constructor): a node is all that an allocator is made of
        : placement_(detail::page_placement::on(node)) {}

    /// Each page from another node. Where the system refuses, as above.
    constexpr numa_allocator(numa_interleave_t) noexcept // NOLINT(google-explicit-constructor): as above
        : placement_(detail::page_placement::on_all()) {}

    template <class Other>
    // NOLINTNEXTLINE(google-explicit-constructor): so that allocators can be rebound
    constexpr numa_allocator(const numa_allocator<Other>& other) noexcept : placement_(other.placement_) {}

    /// Throws: std::bad_array_new_length if no memory could be so large; std::bad_alloc if there is none left.
    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T)) detail::throw_error<std::bad_array_new_length>();
        return static_cast<T*>(detail::allocate_placed(placement_, n * sizeof(T), alignof(T)));
    }

    /// Requires: `p` comes from allocate(n) of an equal allocator.
    void deallocate(T* p, std::size_t n) noexcept {
        detail::deallocate_placed(placement_, p, n * sizeof(T), alignof(T));
    }

    /// Returns: whether both place alike, so that each may free what the other has allocated.
    template <class Other>
    constexpr bool is_placed_like(const numa_allocator<Other>& other) const noexcept {
        return placement_ == other.placement_;
    }

private:
    template <class Other>
    friend class numa_allocator;

    detail::page_placement placement_;
};

/// Returns: a.is_placed_like(b).
template <class T, class Other>
constexpr bool operator==(const numa_allocator<T>& a, const numa_allocator<Other>& b) noexcept {
    return a.is_placed_like(b);
}

PEL_NAMESPACE_END
