// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "arena.hpp"

#include <sys/mman.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

namespace model::arena {
namespace {

constexpr std::size_t capacity = std::size_t{16} << 20;
alignas(4096) char storage[capacity];
std::size_t used = 0;
bool active = false;

constexpr std::size_t zeroed_capacity = std::size_t{64} << 20;
char* zeroed = nullptr;
std::size_t zeroed_used = 0;
std::vector<std::size_t> written_pages; // in `zeroed`
constexpr std::size_t page = 4096;

void (*report_crash)() = nullptr;

// A page of `zeroed` is written for the first time ever: it must be cleared from now on. Or the program has crashed.
void on_fault(int signal, siginfo_t* info, void*) {
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const auto begin = reinterpret_cast<std::uintptr_t>(zeroed);
    if (zeroed == nullptr || address < begin || address >= begin + zeroed_capacity) {
        if (active && report_crash != nullptr) report_crash();
        std::signal(signal, SIG_DFL); // the instruction faults again
        return;
    }
    const std::size_t index = (address - begin) / page;
    ::mprotect(zeroed + index * page, page, PROT_READ | PROT_WRITE);
    written_pages.push_back(index);
}

void handle_faults() {
    struct sigaction action = {};
    action.sa_sigaction = &on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    ::sigaction(SIGSEGV, &action, nullptr);
}

void map_zeroed() {
    void* const pages = ::mmap(nullptr, zeroed_capacity, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) std::abort();
    zeroed = static_cast<char*>(pages);
    written_pages.reserve(zeroed_capacity / page);
}

} // namespace

bool is_active() { return active; }

bool set_active(bool now) {
    const bool before = active;
    active = now;
    return before;
}

void on_crash(void (*report)()) {
    report_crash = report;
    handle_faults();
}

void reset() {
    used = 0;
    for (const std::size_t index : written_pages)
        if (index * page < zeroed_used) std::memset(zeroed + index * page, 0, page);
    zeroed_used = 0;
}

void* allocate_zeroed(std::size_t size, std::size_t alignment) {
    if (zeroed == nullptr) {
        const pause paused;
        map_zeroed();
    }
    const auto begin = reinterpret_cast<std::uintptr_t>(zeroed);
    const std::size_t start = (begin + zeroed_used + alignment - 1) / alignment * alignment - begin;
    if (start + size > zeroed_capacity) return nullptr;
    zeroed_used = start + size;
    return zeroed + start;
}

void* allocate(std::size_t size, std::size_t alignment) {
    used = (used + alignment - 1) / alignment * alignment;
    if (size > capacity - used) {
        std::puts("model: the program needs more memory than an execution has");
        std::fflush(stdout);
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
