// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The heap of an execution: everything that a program allocates comes from here, at the same address in every replay,
// and vanishes when the next execution begins, even from fibers that were abandoned. arena.cpp replaces operator new.
#pragma once

#include <cstddef>

namespace model::arena {

/// Whether new and delete belong to the program (true) or to the explorer.
bool is_active();
bool set_active(bool active); // returns what it was

void reset();
/// Memory that never held anything: objects in it need not have been constructed.
void* allocate_zeroed(std::size_t size, std::size_t alignment);
void* allocate(std::size_t size, std::size_t alignment);
bool contains(const void* object);
/// From now on report() is called where the program accesses what is no memory; it does not return.
void on_crash(void (*report)());

/// The explorer's own code within a fiber.
class pause {
public:
    pause() : before_(set_active(false)) {}
    ~pause() { set_active(before_); }
    pause(const pause&) = delete;
    pause& operator=(const pause&) = delete;

private:
    bool before_;
};

} // namespace model::arena
