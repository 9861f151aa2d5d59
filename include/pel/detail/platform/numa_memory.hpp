// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole pages, the NUMA nodes that they come from, and the node that holds one: mmap, mbind, get_mempolicy, move_pages.
// By system calls, so that nobody needs libnuma. Nodes are the kernel's numbers here. Any thread.
#pragma once

#include <pel/detail/platform/affinity.hpp>
#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/memory.hpp>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A set of nodes: small numbers, as CPUs are.
using node_mask = cpu_mask;

inline std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// Maps pages that nobody has touched yet. In contrast to map_pages() they count against what the system has to give,
/// so that too much is refused here and not when it is used; and unmap_pages(start, bytes) gives back all of them.
/// Requires: bytes > 0; alignment is a power of two. Returns: a multiple of `alignment`; null if there is no memory.
inline void* map_fresh_pages(std::size_t bytes, std::size_t alignment) noexcept {
    const std::size_t page = page_size();
    const std::size_t used = (bytes + page - 1) / page * page;
    const std::size_t spare = alignment > page ? alignment - page : 0;
    if (used < bytes || used + spare < used) return nullptr;
    void* mapped = ::mmap(nullptr, used + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return nullptr;
    const auto address = reinterpret_cast<std::uintptr_t>(mapped);
    const std::size_t before = (alignment - address % alignment) % alignment;
    char* const start = static_cast<char*>(mapped) + before;
    if (before != 0) ::munmap(mapped, before);
    if (spare != before) ::munmap(start + used, spare - before);
    return start;
}

/// Has the pages come from one of the nodes of a set only, or from each of them in turn. The kernel's numbers, written out:
/// no file can have both <linux/mempolicy.h> and libnuma's <numaif.h>, and users may have that.
enum class page_policy : int { bind = 2, interleave = 3 };

/// Effects: sets the policy of pages that nobody has touched. Requires: `start` is the start of a page.
/// Returns: 0, or the error number: EPERM and ENOSYS in sandboxes, EINVAL for nodes without memory for this process.
inline int set_page_policy(void* start, std::size_t bytes, page_policy policy, const node_mask& nodes) noexcept {
    const unsigned long bits = nodes.words().size() * node_mask::word_bits + 1; // the kernel looks at one less
    const long status = ::syscall(SYS_mbind, start, bytes, static_cast<int>(policy), nodes.words().data(), bits, 0U);
    return status == 0 ? 0 : errno;
}

/// Returns: the nodes whose memory the process may use now; empty if a sandbox does not say.
inline node_mask read_memory_nodes() {
    constexpr unsigned long mems_allowed = 1UL << 2; // MPOL_F_MEMS_ALLOWED
    return read_growing_mask([](std::size_t bytes, unsigned long* words) {
        const unsigned long bits = bytes * 8 + 1;
        return static_cast<int>(::syscall(SYS_get_mempolicy, nullptr, words, bits, nullptr, mems_allowed));
    });
}

/// Returns: the node that holds the page of `address` now, or minus the error number: −ENOENT or −EFAULT where there is
/// no page yet, or only the one of zeros that all readers share.
inline int find_node_of_page(const void* address) noexcept {
    void* page = const_cast<void*>(address);
    int node = -EINVAL;
    if (::syscall(SYS_move_pages, 0, 1UL, &page, nullptr, &node, 0) != 0) return -errno;
    return node;
}

/// Has the kernel put memory where `byte` is, as writing it does. Its value stays, even if others write it meanwhile. By
/// an instruction that reads and writes: reading first would take a fault for the page of zeros, and then another.
#if defined(__x86_64__)
inline void touch_byte(unsigned char* byte) noexcept { asm volatile("lock orb $0, %0" : "+m"(*byte) : : "cc"); }
#else
inline void touch_byte(unsigned char* byte) noexcept {
    __atomic_fetch_or(const_cast<volatile unsigned char*>(byte), static_cast<unsigned char>(0), __ATOMIC_RELAXED);
}
#endif

} // namespace detail
PEL_NAMESPACE_END
