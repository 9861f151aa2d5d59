// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machines for tests of what is computed from them: out of hwloc's synthetic text or XML, and then changed as a test likes.
#pragma once

#include <pel/topology.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace pel_test {

inline pel::detail::machine synthetic_machine(const std::string& text) {
    pel::detail::machine made;
    EXPECT_EQ(pel::detail::read_synthetic_machine(text, made), "") << text;
    return made;
}

/// What pools are made for. With PEL_NO_HWLOC, which reads no descriptions: the machine at hand.
#ifdef PEL_NO_HWLOC
inline pel::topology described_topology(const std::string&) { return pel::topology::discover(); }
#else
inline pel::topology described_topology(const std::string& text) { return pel::topology::from_synthetic(text); }
#endif

/// `distance(a, b)` is asked for all pairs of different nodes.
template <class Distance>
pel::detail::machine synthetic_machine(const std::string& text, Distance distance) {
    pel::detail::machine made = synthetic_machine(text);
    const auto nodes = static_cast<unsigned>(made.nodes.size());
    for (unsigned a = 0; a < nodes; ++a) {
        for (unsigned b = 0; b < nodes; ++b) {
            if (a != b) made.distances[a * nodes + b] = distance(a, b);
        }
    }
    return made;
}

inline pel::detail::machine xml_machine(const std::string& path) {
    pel::detail::machine made;
    EXPECT_EQ(pel::detail::read_xml_machine(path, made), "") << path;
    return made;
}

} // namespace pel_test
