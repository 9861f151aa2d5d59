// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory whose pages are to be on certain NUMA nodes; what numa_allocator<T> is without T. Any thread.
// I1: memory with a node of its own, or of all nodes, consists of whole pages that nothing else lies in, however small
//     it is: the kernel binds pages, not bytes.
// I2: so does what is first touched, if it is large; then its pages are fresh, and not ones that the heap got back from
//     somebody on another node. Small pieces come from the heap: they share pages anyway.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/platform/numa_memory.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/detail/topology/text.hpp>
#include <pel/topology.hpp>

#include <cerrno>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

/// As malloc: what is smaller is not worth system calls.
inline constexpr std::size_t least_fresh_memory = std::size_t{128} << 10;

/// Which nodes pages come from.
class page_placement {
public:
    /// From that of the thread that first writes them.
    constexpr page_placement() noexcept = default;
    /// From all that the process may use, in turn.
    static constexpr page_placement on_all() noexcept { return {choice::all_nodes, 0}; }
    /// From one. Throws: std::invalid_argument if there is no such node, or if it has no memory.
    static page_placement on(numa_node node);

    friend constexpr bool operator==(const page_placement&, const page_placement&) noexcept = default;

    bool is_first_touch() const noexcept { return choice_ == choice::first_touch; }
    bool is_heap_enough(std::size_t bytes) const noexcept { return is_first_touch() && bytes < least_fresh_memory; }
    page_policy policy() const noexcept {
        return choice_ == choice::one_node ? page_policy::bind : page_policy::interleave;
    }
    /// Requires: !is_first_touch(). Returns: an empty set if it is not known which nodes there are.
    node_mask nodes() const {
        if (choice_ == choice::all_nodes) return read_memory_nodes();
        node_mask only;
        if (os_node_ != unknown_node) only.insert(os_node_);
        return only;
    }

private:
    enum class choice : unsigned char { first_touch, one_node, all_nodes };
    static constexpr unsigned unknown_node = ~0U;

    constexpr page_placement(choice chosen, unsigned os_node) noexcept : choice_(chosen), os_node_(os_node) {}

    choice choice_ = choice::first_touch;
    unsigned os_node_ = 0;
};

/// Whether these nodes are one that stands for all of a machine of which nothing is known.
inline bool is_flat(const topology_range<numa_node_info>& nodes) noexcept {
    return nodes.size() == 1 && nodes[0].memory() == 0;
}

PEL_COLD inline page_placement page_placement::on(numa_node node) {
    const topology machine = topology::discover();
    const auto nodes = machine.numa_nodes();
    const std::string index = std::to_string(node.index);
    if (node.index >= nodes.size()) {
        throw_error<std::invalid_argument>(
            concat({"pel::numa_allocator: there is no NUMA node ", index, ", of ", count_of(nodes.size(), "node"),
                    " (source: ", machine.source(), ")"}));
    }
    if (is_flat(nodes)) {
        const node_mask all = read_memory_nodes();
        unsigned first = 0;
        while (first < all.end() && !all.contains(first)) ++first;
        return {choice::one_node, all.count() == 1 ? first : unknown_node};
    }
    const unsigned os_index = nodes[node.index].os_index();
    if (nodes[node.index].memory() == 0) {
        throw_error<std::invalid_argument>(
            concat({"pel::numa_allocator: NUMA node ", index, " (OS ", std::to_string(os_index),
                    ") has no memory that the process may use"}));
    }
    return {choice::one_node, os_index};
}

/// Says on standard error, once in the process, that pages are not where they were to be.
PEL_COLD inline void report_unplaced(std::string_view reason) {
    static constinit atomic<bool> is_reported{false};
    // relaxed: exactly one caller sees false, and nothing else hangs on it.
    if (is_reported.exchange(true, relaxed)) return;
    const std::string text = concat({"pel: memory cannot be placed on NUMA nodes (", reason,
                                     "): pages go to the node of the thread that first writes them\n"});
    std::fputs(text.c_str(), stderr);
}

/// Effects: places fresh pages; where that is refused, says so and carries on. Returns: false if there is no memory.
PEL_COLD inline bool place_pages(void* start, std::size_t bytes, page_policy policy, const node_mask& nodes) {
    if (nodes.is_empty()) {
        report_unplaced("it is not known which ones there are");
        return true;
    }
    const int error = set_page_policy(start, bytes, policy, nodes);
    if (error != 0 && error != ENOMEM) report_unplaced(concat({"mbind: ", error_text(error)}));
    return error != ENOMEM;
}

/// Returns: at least one byte, at a multiple of `alignment`, a power of two. Throws: std::bad_alloc.
/// Cost: heap memory as operator new; pages two system calls, and a fault for each page when it is touched.
inline void* allocate_placed(const page_placement& where, std::size_t bytes, std::size_t alignment) {
    if (where.is_heap_enough(bytes)) {
        if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) return ::operator new(bytes);
        return ::operator new(bytes, std::align_val_t(alignment));
    }
    const std::size_t size = bytes == 0 ? 1 : bytes;
    const node_mask nodes = where.is_first_touch() ? node_mask{} : where.nodes();
    void* const start = map_fresh_pages(size, alignment);
    if (start == nullptr) throw_error<std::bad_alloc>();
    if (where.is_first_touch() || place_pages(start, size, where.policy(), nodes)) return start;
    unmap_pages(start, size);
    throw_error<std::bad_alloc>();
}

/// Requires: the arguments of the allocate_placed() that returned `start`.
inline void deallocate_placed(const page_placement& where, void* start, std::size_t bytes,
                              std::size_t alignment) noexcept {
    if (!where.is_heap_enough(bytes)) return unmap_pages(start, bytes == 0 ? 1 : bytes);
    if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) return ::operator delete(start);
    ::operator delete(start, std::align_val_t(alignment));
}

} // namespace detail
PEL_NAMESPACE_END
