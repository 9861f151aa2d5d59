// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph's way to its inside, which a move takes away.
#pragma once

#include <pel/detail/graph/graph_core.hpp>

#include <memory>

PEL_NAMESPACE_BEGIN
namespace detail {

[[noreturn]] PEL_COLD inline void throw_moved_away() {
    throw_error<graph_error>("a graph is used that was moved away");
}

class owned_core {
public:
    /// Throws: std::bad_alloc.
    owned_core() : core_(std::make_unique<graph_core>()) {}

    /// Throws: graph_error if it was moved away.
    graph_core& operator*() const {
        if (core_ == nullptr) [[unlikely]]
            throw_moved_away();
        return *core_;
    }
    graph_core* operator->() const { return &**this; }
    /// Null: it was moved away.
    graph_core* get() const noexcept { return core_.get(); }

private:
    std::unique_ptr<graph_core> core_;
};

} // namespace detail
PEL_NAMESPACE_END
