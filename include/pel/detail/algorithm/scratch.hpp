// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Room for elements that an algorithm takes out of its range for a while.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/memory.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Memory for n objects, none of which is there. Nobody has touched it yet: its pages belong to who does so first. Much of
/// it has large pages, where the system has them.
template <class T>
class scratch_memory {
public:
    /// data() is null if the memory cannot be had.
    explicit scratch_memory(std::uint64_t n) noexcept
        : data_(n > PTRDIFF_MAX / sizeof(T)
                    ? nullptr
                    : static_cast<T*>(::operator new(static_cast<std::size_t>(n) * sizeof(T),
                                                     std::align_val_t(alignment), std::nothrow))) {
        if (data_ != nullptr) prefer_large_pages(data_, static_cast<std::size_t>(n) * sizeof(T));
    }
    scratch_memory(const scratch_memory&) = delete;
    scratch_memory& operator=(const scratch_memory&) = delete;
    ~scratch_memory() { ::operator delete(data_, std::align_val_t(alignment)); }

    T* data() const noexcept { return data_; }

private:
    static constexpr std::size_t alignment = alignof(T) > 64 ? alignof(T) : 64;
    T* const data_;
};

/// Room for a few elements, each of which is there once it is assigned to ([intro.object]). Requires: T is copied by its
/// bytes.
template <class T, std::size_t Size>
class scratch_array {
public:
    T* data() noexcept { return reinterpret_cast<T*>(bytes_); }

private:
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_copy_assignable_v<T>);
    alignas(T) std::byte bytes_[Size * sizeof(T)];
};

} // namespace detail
PEL_NAMESPACE_END
