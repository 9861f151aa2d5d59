// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Distances between the NUMA nodes of a machine, in the manner of a SLIT (10 = local), always complete.
// Of hwloc's matrices the one over NUMA nodes that means latency, preferably is the system's own, and covers most nodes
// counts; matrices about other objects or bandwidths do not. Objects are matched one by one: a matrix need be neither
// in machine order nor symmetric. What it does not cover comes from latencies of memory attributes, else from the tree.
//
// N1: userdata of a node's object is its logical index in the machine plus 1; 0: the process may not use it.
// N2: userdata of any other object is how many different sets of CPUs it is nested in.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/topology/hwloc_attributes.hpp>
#include <pel/detail/topology/hwloc_tree.hpp>
#include <pel/detail/topology/machine.hpp>

#include <cstddef>

PEL_NAMESPACE_BEGIN
namespace detail {

inline std::size_t mark_of(hwloc_obj_t object) { return reinterpret_cast<std::size_t>(object->userdata); }
inline void set_mark(hwloc_obj_t object, std::size_t mark) { object->userdata = reinterpret_cast<void*>(mark); }

class distance_reader {
public:
    /// Requires: the nodes of `found` are there; N1, N2.
    distance_reader(const hwloc_tree& tree, machine& found) : tree_(tree), machine_(found) {}

    /// Fills the distances.
    void read() {
        const std::size_t nodes = machine_.nodes.size();
        machine_.distances.resize(nodes * nodes, unknown);
        read_matrix();
        plain_array<hwloc_obj_t> usable;
        for (unsigned i = 0; i < tree_.count(HWLOC_OBJ_NUMANODE); ++i) {
            const hwloc_obj_t node = tree_.object(HWLOC_OBJ_NUMANODE, i);
            if (mark_of(node) != 0) usable.push_back(node);
        }
        for (const hwloc_obj_t from : usable) {
            for (const hwloc_obj_t to : usable) {
                unsigned& distance = entry(from, to);
                if (distance == unknown) distance = derive(from, to);
            }
        }
    }

private:
    static constexpr unsigned unknown = 0;
    static constexpr unsigned local = machine::local_distance;

    unsigned& entry(hwloc_obj_t from, hwloc_obj_t to) {
        return machine_.distances[(mark_of(from) - 1) * machine_.nodes.size() + mark_of(to) - 1];
    }

    void read_matrix() {
        constexpr unsigned most = 32;
        hwloc_distances_s* found[most];
        unsigned count = most;
        if (::hwloc_distances_get_by_type(tree_.get(), HWLOC_OBJ_NUMANODE, &count, found,
                                          HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) != 0) {
            return;
        }
        if (count > most) count = most;
        const hwloc_distances_s* best = nullptr;
        for (unsigned i = 0; i < count; ++i) {
            if (rank(*found[i]) > (best == nullptr ? 1UL : rank(*best))) best = found[i];
        }
        if (best != nullptr) copy(*best);
        for (unsigned i = 0; i < count; ++i) ::hwloc_distances_release(tree_.get(), found[i]);
    }

    /// Whether the matrix speaks of the i-th object's node.
    static bool covers(const hwloc_distances_s& matrix, unsigned i) {
        return matrix.objs[i] != nullptr && mark_of(matrix.objs[i]) != 0;
    }

    /// Returns: more for a better matrix; at most 1 for a useless one.
    static unsigned long rank(const hwloc_distances_s& matrix) {
        unsigned long covered = 0;
        for (unsigned i = 0; i < matrix.nbobjs; ++i) covered += covers(matrix, i) ? 1U : 0U;
        const bool is_from_system = (matrix.kind & HWLOC_DISTANCES_KIND_FROM_OS) != 0;
        return covered > 1 && is_from_system ? covered + (1UL << 31) : covered;
    }

    /// The unit is the least distance of a node to itself. Where all of these are 0, what is nearest is a step away, as with
    /// a matrix that counts hops. Other zeros say nothing.
    void copy(const hwloc_distances_s& matrix) {
        const hwloc_uint64_t own = find_least(matrix, [](unsigned i, unsigned j) { return i == j; });
        const hwloc_uint64_t unit = own != 0 ? own : find_least(matrix, [](unsigned, unsigned) { return true; });
        for_each(matrix, [&](unsigned i, unsigned j, hwloc_uint64_t value) {
            unsigned& distance = entry(matrix.objs[i], matrix.objs[j]);
            if (value != 0)
                distance = scale(value, unit) + (own != 0 ? 0 : local);
            else if (i == j)
                distance = local;
        });
    }
    template <class Visit>
    static void for_each(const hwloc_distances_s& matrix, const Visit& visit) {
        for (unsigned i = 0; i < matrix.nbobjs; ++i) {
            for (unsigned j = 0; j < matrix.nbobjs; ++j) {
                if (covers(matrix, i) && covers(matrix, j)) visit(i, j, matrix.values[i * matrix.nbobjs + j]);
            }
        }
    }
    /// Returns: the least that is not 0 of those asked for; 0: there is none.
    template <class Predicate>
    static hwloc_uint64_t find_least(const hwloc_distances_s& matrix, Predicate is_asked_for) {
        hwloc_uint64_t least = 0;
        for_each(matrix, [&](unsigned i, unsigned j, hwloc_uint64_t value) {
            if (value != 0 && is_asked_for(i, j) && (least == 0 || value < least)) least = value;
        });
        return least;
    }

    /// Brings a value of a matrix in which `unit` is local to the scale of a SLIT.
    static unsigned scale(hwloc_uint64_t value, hwloc_uint64_t unit) {
        constexpr hwloc_uint64_t most = 1'000'000;
        if (unit == local) return static_cast<unsigned>(value < most ? value : most);
        if (unit > most || value > most * most) return most;
        const hwloc_uint64_t scaled = (local * value + unit / 2) / unit;
        return static_cast<unsigned>(scaled < most ? scaled : most);
    }

    unsigned derive(hwloc_obj_t from, hwloc_obj_t to) const {
        if (from == to) return local;
        const numa_node_info& here = machine_.nodes[mark_of(from) - 1];
        if (here.latency() != 0) {
            const unsigned long long latency = read_latency(tree_, to, here.pus()[0].os_index());
            const unsigned scaled = scale(latency, here.latency());
            if (latency != 0) return scaled > local ? scaled : local + 1;
        }
        return derive_from_tree(place_of(from), place_of(to));
    }

    /// Returns: the object in the tree of CPUs that the memory is attached to.
    static hwloc_obj_t place_of(hwloc_obj_t node) {
        while (node->depth < 0) node = node->parent;
        return node;
    }

    /// Returns: 20 for the next node, 10 more for every level of the machine further out; memory with the same CPUs is
    /// hardly less than local.
    unsigned derive_from_tree(hwloc_obj_t from, hwloc_obj_t to) const {
        if (from == to) return local + 1;
        const std::size_t outer = mark_of(::hwloc_get_common_ancestor_obj(tree_.get(), from, to));
        const std::size_t inner = mark_of(from) > mark_of(to) ? mark_of(from) : mark_of(to);
        return local + local * static_cast<unsigned>(inner - outer < 1 ? 1 : inner - outer);
    }

    const hwloc_tree& tree_;
    machine& machine_;
};

} // namespace detail
PEL_NAMESPACE_END
