// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A list of items for each node of a graph, all in one array. Made once.
#pragma once

#include <pel/detail/platform/plain_array.hpp>

#include <cstddef>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
class node_lists {
public:
    /// By counting. for_each(put) calls put(number of a node, item) for all items, twice the same; items of one node stay in
    /// their order. Throws: std::bad_alloc. Complexity: nodes and items.
    template <class ForEach>
    void fill(std::size_t nodes, const ForEach& for_each) {
        end_.assign(nodes + 1, 0);
        for_each([this](std::uint32_t number, const T&) { ++end_[number + 1]; });
        for (std::size_t i = 0; i != nodes; ++i) end_[i + 1] += end_[i];
        items_.resize(end_[nodes], T());
        for_each([this](std::uint32_t number, const T& item) { items_[end_[number]++] = item; });
    }

    /// Whether no node has an item.
    bool empty() const noexcept { return items_.empty(); }
    // Of one node. Require: fill() was called.
    T* begin(std::uint32_t number) noexcept { return items_.data() + (number == 0 ? 0 : end_[number - 1]); }
    const T* begin(std::uint32_t number) const noexcept { return items_.data() + (number == 0 ? 0 : end_[number - 1]); }
    const T* end(std::uint32_t number) const noexcept { return items_.data() + end_[number]; }
    std::uint32_t count(std::uint32_t number) const noexcept {
        return static_cast<std::uint32_t>(end(number) - begin(number));
    }

private:
    plain_array<std::uint32_t> end_; // of the items of each node
    plain_array<T> items_;
};

} // namespace detail
PEL_NAMESPACE_END
