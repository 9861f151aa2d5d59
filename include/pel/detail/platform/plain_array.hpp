// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A growing array of a trivially copyable type, with as much of std::vector's interface as is used. std::vector costs
// everybody who includes a parallel loop several times the compile time of this, for each type. Plain value.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/error.hpp>

#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <new>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What all plain_arrays have in common, so that it is compiled once.
class plain_memory {
public:
    plain_memory() = default;
    plain_memory(const plain_memory&) = delete;
    plain_memory& operator=(const plain_memory&) = delete;
    ~plain_memory() { std::free(items_); }

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

protected:
    void reserve_bytes(std::size_t count, std::size_t item_size) {
        if (count <= capacity_) return;
        void* const grown = std::realloc(items_, count * item_size);
        if (grown == nullptr) throw_error<std::bad_alloc>();
        items_ = grown;
        capacity_ = count;
    }
    void shrink_bytes(std::size_t item_size) noexcept {
        if (capacity_ == size_ || size_ == 0) return;
        void* const shrunk = std::realloc(items_, size_ * item_size);
        if (shrunk == nullptr) return;
        items_ = shrunk;
        capacity_ = size_;
    }
    void swap(plain_memory& other) noexcept {
        std::swap(items_, other.items_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    void* items_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

template <class T>
class plain_array : public plain_memory {
public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;

    plain_array() = default;
    plain_array(std::initializer_list<T> items) { assign(items.begin(), items.end()); }
    plain_array(std::size_t count, T filler) { resize(count, filler); }
    plain_array(const plain_array& other) : plain_memory() { assign(other.begin(), other.end()); }
    plain_array(plain_array&& other) noexcept { swap(other); }
    plain_array& operator=(plain_array other) noexcept {
        swap(other);
        return *this;
    }
    /// From whatever has data() and size().
    template <class Range>
    plain_array& operator=(const Range& items) {
        assign(items.data(), items.data() + items.size());
        return *this;
    }

    T* data() noexcept { return static_cast<T*>(items_); }
    const T* data() const noexcept { return static_cast<const T*>(items_); }
    T* begin() noexcept { return data(); }
    T* end() noexcept { return data() + size_; }
    const T* begin() const noexcept { return data(); }
    const T* end() const noexcept { return data() + size_; }
    T& operator[](std::size_t i) noexcept { return data()[i]; }
    const T& operator[](std::size_t i) const noexcept { return data()[i]; }
    /// Requires: !empty().
    T& back() noexcept { return data()[size_ - 1]; }
    const T& back() const noexcept { return data()[size_ - 1]; }

    void reserve(std::size_t count) {
        static_assert(__is_trivially_copyable(T));
        reserve_bytes(count, sizeof(T)); // NOLINT(bugprone-sizeof-expression): items may be pointers
    }
    /// Gives back the memory that is not used.
    void shrink() noexcept { shrink_bytes(sizeof(T)); } // NOLINT(bugprone-sizeof-expression): as in reserve()
    void push_back(T item) {
        if (size_ == capacity_) reserve(2 * size_ + 8);
        ::new (static_cast<void*>(data() + size_++)) T(item);
    }
    /// Requires: it is not empty.
    void pop_back() noexcept { --size_; }
    /// Requires: at <= size().
    void insert(std::size_t at, T item) {
        push_back(item);
        for (std::size_t i = size_ - 1; i != at; --i) data()[i] = data()[i - 1];
        data()[at] = item;
    }
    /// Requires: at < size().
    void erase(std::size_t at) noexcept {
        for (--size_; at != size_; ++at) data()[at] = data()[at + 1];
    }
    void resize(std::size_t count, T filler = T()) {
        if (count > capacity_) reserve(count > 2 * size_ ? count : 2 * size_);
        T* const items = data();
        for (std::size_t i = size_; i < count; ++i) ::new (static_cast<void*>(items + i)) T(filler);
        size_ = count;
    }
    void assign(std::size_t count, T filler) {
        size_ = 0;
        resize(count, filler);
    }
    void assign(const T* first, const T* last) {
        size_ = 0;
        for (; first != last; ++first) push_back(*first);
    }
};

} // namespace detail
PEL_NAMESPACE_END
