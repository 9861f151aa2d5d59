// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is wrong with a graph, or with how it is used.
#pragma once

#include <pel/detail/platform/error.hpp>

#include <stdexcept>
#include <string>

PEL_NAMESPACE_BEGIN

/// A graph that could not run to its end, or not as it was meant, or a call that it does not allow. what() names the
/// nodes. (What a node throws is thrown as it is.)
class graph_error : public std::logic_error {
public:
    explicit graph_error(const std::string& message) : std::logic_error("pel::graph: " + message) {}
};

PEL_NAMESPACE_END
