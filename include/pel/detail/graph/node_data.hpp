// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a graph knows of a node without knowing its function. The function stands behind it, in the graph's own memory.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

class graph_core;
class node_execution;
struct node_data;

/// Of all nodes that have the same type of function.
struct node_type {
    void (*destroy)(node_data&) noexcept; // the function; null: there is nothing to do
    std::uint32_t cell_bytes;             // of what holds the node's value in a run, 0: it has none
    std::uint32_t cell_alignment;
    bool (*has_value)(const void*) noexcept; // of a cell, as the next
    void (*end_value)(void*) noexcept;       // Effects: has_value() is false
    std::uint32_t outcomes = any_outcome;    // of a branch: what it returns is less, as far as its type says so
    static constexpr std::uint32_t any_outcome = ~std::uint32_t{0};
    bool chooses_one = false; // of a branch: it returns a number, not several
    // Of a node that runs another graph, else null. Returns: the inside of that as it is now; null: it was moved away.
    const graph_core* (*inner)(const node_data&) noexcept = nullptr;
};

enum class node_kind : std::uint8_t { plain, branch };

/// Who reads a value: several by reference, or one that moves it away.
enum class node_readers : std::uint8_t { none, several, mover };

struct node_data {
    void (*invoke)(node_data&, node_execution&);
    const node_type* type;
    const char* name = nullptr; // null: none
    std::uint32_t number = 0;
    std::int16_t priority = 0;
    node_kind kind;
    node_readers readers = node_readers::none;

    std::string label() const;
};

/// A node whose function returns something: where that is in a run is known when the graph is compiled.
struct valued_node : node_data {
    std::size_t offset = ~std::size_t{0};
};

/// Where a value is, in a run.
template <class T>
class value_cell {
public:
    template <class Make>
    void make(const Make& function) {
        end();
        ::new (static_cast<void*>(bytes_)) T(function());
        is_there_ = true;
    }
    T& get() noexcept { return *reinterpret_cast<T*>(bytes_); }
    bool is_there() const noexcept { return is_there_; }
    void end() noexcept {
        if (!is_there_) return;
        is_there_ = false;
        get().~T();
    }

private:
    alignas(T) std::byte bytes_[sizeof(T)];
    bool is_there_; // false where the bytes of a run's values are 0, as they are at first
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE std::string node_data::label() const {
    return name != nullptr ? "'" + std::string(name) + "'" : "#" + std::to_string(number);
}

} // namespace detail
PEL_NAMESPACE_END
#endif
