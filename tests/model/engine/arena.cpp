// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "arena.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace model::arena {
namespace {

constexpr std::size_t capacity = std::size_t{16} << 20;
alignas(4096) char storage[capacity];
std::size_t used = 0;
bool active = false;

} // namespace

bool is_active() { return active; }

bool set_active(bool now) {
    const bool before = active;
    active = now;
    return before;
}

void reset() { used = 0; }

void* allocate(std::size_t size, std::size_t alignment) {
    used = (used + alignment - 1) / alignment * alignment;
    if (size > capacity - used) {
        std::fputs("model: the program needs more memory than an execution has\n", stderr);
        std::abort();
    }
    void* const result = storage + used;
    used += size;
    return result;
}

bool contains(const void* object) {
    const auto address = reinterpret_cast<std::uintptr_t>(object);
    const auto begin = reinterpret_cast<std::uintptr_t>(storage);
    return address >= begin && address < begin + capacity;
}

namespace {

void* take(std::size_t size, std::size_t alignment) {
    if (active) return allocate(size, alignment);
    void* const result = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (result == nullptr) throw std::bad_alloc();
    return result;
}

void give(void* object) {
    if (!contains(object)) std::free(object);
}

} // namespace
} // namespace model::arena

void* operator new(std::size_t size) { return model::arena::take(size, alignof(std::max_align_t)); }
void* operator new[](std::size_t size) { return model::arena::take(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return model::arena::take(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return model::arena::take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* object) noexcept { model::arena::give(object); }
void operator delete[](void* object) noexcept { model::arena::give(object); }
void operator delete(void* object, std::size_t) noexcept { model::arena::give(object); }
void operator delete[](void* object, std::size_t) noexcept { model::arena::give(object); }
void operator delete(void* object, std::align_val_t) noexcept { model::arena::give(object); }
void operator delete[](void* object, std::align_val_t) noexcept { model::arena::give(object); }
void operator delete(void* object, std::size_t, std::align_val_t) noexcept { model::arena::give(object); }
void operator delete[](void* object, std::size_t, std::align_val_t) noexcept { model::arena::give(object); }
