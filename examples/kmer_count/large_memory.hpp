// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory for large buffers: in huge pages where the system has them, because a page fault costs more than counting all
// the k-mers that the page can hold. And not initialised, because everything here is written before it is read.
#pragma once

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace kmer_count {

template <class T>
class large_allocator {
public:
    using value_type = T;

    large_allocator() = default;
    template <class U>
    large_allocator(const large_allocator<U>&) noexcept {}

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        void* const memory = bytes < least_bytes ? std::malloc(bytes) : allocate_pages(bytes);
        if (memory == nullptr) throw std::bad_alloc();
        return static_cast<T*>(memory);
    }

    void deallocate(T* memory, std::size_t) noexcept { std::free(memory); }

    /// Leaves the element uninitialised.
    template <class U>
    void construct(U* element) noexcept {
        ::new (static_cast<void*>(element)) U;
    }

    template <class U, class... Arguments>
    void construct(U* element, Arguments&&... arguments) {
        ::new (static_cast<void*>(element)) U(std::forward<Arguments>(arguments)...);
    }

    friend bool operator==(const large_allocator&, const large_allocator&) noexcept { return true; }

private:
    static constexpr std::size_t page_size = 2 << 20;
    static constexpr std::size_t least_bytes = 1 << 20; // less is not worth a huge page

    static void* allocate_pages(std::size_t bytes) {
        const std::size_t rounded = (bytes + page_size - 1) / page_size * page_size;
        void* const memory = std::aligned_alloc(page_size, rounded);
        if (memory != nullptr) ::madvise(memory, rounded, MADV_HUGEPAGE); // a wish: refusal is no error
        return memory;
    }
};

/// A vector for buffers of at least some hundred KiB; resize() leaves new elements uninitialised.
template <class T>
using large_vector = std::vector<T, large_allocator<T>>;

/// Cuts arrays of bytes out of large chunks. One thread at a time; the arrays may be used and freed by others, and keep
/// their chunk alive.
class chunk_allocator {
public:
    std::shared_ptr<std::uint8_t[]> allocate(std::size_t size) {
        if (!chunk_ || chunk_->size() - used_ < size) {
            chunk_ = std::make_shared<large_vector<std::uint8_t>>(std::max(size, chunk_size));
            used_ = 0;
        }
        std::uint8_t* const bytes = chunk_->data() + used_;
        used_ += size;
        return {chunk_, bytes};
    }

    /// Stops keeping the current chunk alive.
    void release() noexcept { chunk_.reset(); }

private:
    static constexpr std::size_t chunk_size = 4 << 20;

    std::shared_ptr<large_vector<std::uint8_t>> chunk_;
    std::size_t used_ = 0;
};

/// From now on freed memory stays with the process, for its next use.
inline void keep_freed_memory() noexcept {
    ::mallopt(M_MMAP_THRESHOLD, 32 << 20); // the most there is
    ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

} // namespace kmer_count
