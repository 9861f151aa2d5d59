// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory for task objects: free lists per size class and per worker record, so that spawning makes no system call, takes
// no lock and memory stays flat whoever frees what. A chunk of 64 KiB holds blocks of one class and names its pool at
// its (aligned) start; blocks freed by another thread go to that pool's remote list.
//   owner: allocate().  any thread: release().
//   F1: release()'s release push to remote_ -> allocate()'s acquire exchange: the block is nobody's any more.
// Source of the scheme: D. Leijen, B. Zorn, L. de Moura, "Mimalloc: Free List Sharding in Action", 2019.
#pragma once

#include <pel/detail/platform/error.hpp>
#include <pel/detail/sync/lock.hpp>

#include <cstdint>
#include <new>

PEL_NAMESPACE_BEGIN
namespace detail {

class frame_pool {
public:
    constexpr frame_pool() noexcept = default;

    /// Throws: std::bad_alloc. Aligned to 64 bytes for `bytes` <= largest.
    void* allocate(std::size_t bytes) {
        if (bytes > largest) return ::operator new(bytes, std::align_val_t{granule});
        size_class& wanted = classes_[(bytes - 1) / granule];
        if (wanted.free == nullptr) [[unlikely]]
            refill(wanted, (bytes - 1) / granule);
        block* taken = wanted.free;
        wanted.free = taken->next;
        return taken;
    }

    /// As allocate(), if there is one that was used before, else null.
    void* try_allocate(std::size_t bytes) noexcept {
        if (bytes > largest) return nullptr;
        size_class& wanted = classes_[(bytes - 1) / granule];
        block* const taken = wanted.free;
        if (taken != nullptr) [[likely]]
            wanted.free = taken->next;
        return taken;
    }

    /// For threads that have no pool of their own. Throws: std::bad_alloc.
    static void* allocate_anywhere(std::size_t bytes);

    /// `own` is the calling thread's pool or null. `bytes` as given to allocate().
    static void release(void* memory, std::size_t bytes, frame_pool* own) noexcept {
        if (bytes > largest) return ::operator delete(memory, std::align_val_t{granule});
        auto* freed = static_cast<block*>(memory);
        chunk& home = *reinterpret_cast<chunk*>(reinterpret_cast<std::uintptr_t>(memory) & ~(chunk_bytes - 1));
        size_class& list = home.owner->classes_[(bytes - 1) / granule]; // of a chunk all blocks have one size
        if (home.owner == own) {
            freed->next = list.free;
            list.free = freed;
            return;
        }
        freed->next = list.remote.load(relaxed); // the CAS decides
        while (
            !list.remote.compare_exchange(freed->next, freed, release_order)) { // sync(F1) release: done with the block
        }
    }

    /// Around a fork(): what threads share is in order then, so a child, on its only thread, goes on with it.
    static void hold_for_fork() noexcept;
    static void release_after_fork() noexcept;
    static void reset_after_fork() noexcept;

private:
    static constexpr std::size_t granule = 64, largest = 1024, page = 4096;
    static constexpr std::uintptr_t chunk_bytes = 64 * 1024;
    static constexpr memory_order release_order = detail::release; // the member function hides the name

    struct block {
        block* next;
    };
    struct size_class {
        block* free = nullptr;
        unsigned char* unused = nullptr; // [unused, end) of the newest chunk: pages not touched so far
        unsigned char* end = nullptr;
        atomic<block*> remote{nullptr};
    };
    struct alignas(granule) chunk {
        frame_pool* owner;
    };

    void refill(size_class& wanted, std::size_t index);
    void begin_chunk(size_class& wanted);
    /// Chunks come from regions of 1 MiB and are never given back.
    static void* next_chunk();

    size_class classes_[largest / granule];

    static inline constinit lock region_lock_;
    static inline constinit unsigned char* region_ = nullptr;
    static inline constinit std::size_t region_left_ = 0;
    static inline constinit lock anywhere_lock_;
};

/// The pool of threads that have none. Guarded by frame_pool's lock.
inline constinit frame_pool frames_of_others;

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/platform/memory.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_COLD PEL_INLINE void frame_pool::refill(size_class& wanted, std::size_t index) {
    wanted.free = wanted.remote.exchange(nullptr, acquire); // sync(F1) acquire: freed by others
    if (wanted.free != nullptr) return;
    const std::size_t bytes = (index + 1) * granule;
    if (static_cast<std::size_t>(wanted.end - wanted.unused) < bytes) begin_chunk(wanted);
    // A page's worth, the lowest first: what is never needed is never touched.
    block** link = &wanted.free;
    for (std::size_t taken = 0; taken < page && static_cast<std::size_t>(wanted.end - wanted.unused) >= bytes;
         taken += bytes) {
        *link = ::new (wanted.unused) block{nullptr};
        link = &(*link)->next;
        wanted.unused += bytes;
    }
}

PEL_INLINE void frame_pool::begin_chunk(size_class& wanted) {
    auto* start = static_cast<unsigned char*>(next_chunk());
    ::new (start) chunk{this};
    wanted.unused = start + sizeof(chunk);
    wanted.end = start + chunk_bytes;
}

PEL_INLINE void* frame_pool::next_chunk() {
    const lock_guard guard(region_lock_);
    if (region_left_ == 0) {
        region_ = static_cast<unsigned char*>(map_pages(16 * chunk_bytes, chunk_bytes));
        if (region_ == nullptr) throw_error<std::bad_alloc>();
        region_left_ = 16;
    }
    --region_left_;
    void* result = region_;
    region_ += chunk_bytes;
    return result;
}

PEL_INLINE void* frame_pool::allocate_anywhere(std::size_t bytes) {
    const lock_guard guard(anywhere_lock_);
    return frames_of_others.allocate(bytes);
}

PEL_INLINE void frame_pool::hold_for_fork() noexcept {
    anywhere_lock_.acquire_lock(); // first, as in allocate_anywhere()
    region_lock_.acquire_lock();
}
PEL_INLINE void frame_pool::release_after_fork() noexcept {
    region_lock_.release_lock();
    anywhere_lock_.release_lock();
}
PEL_INLINE void frame_pool::reset_after_fork() noexcept {
    region_lock_.reset_after_fork();
    anywhere_lock_.reset_after_fork();
}

} // namespace detail
PEL_NAMESPACE_END
#endif
