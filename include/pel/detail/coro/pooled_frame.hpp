// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a coroutine's frame lies: in the frame pool of the worker that makes it. The base of a promise.
#pragma once

#include <pel/detail/coro/coroutine_job.hpp>

#include <cstddef>

PEL_NAMESPACE_BEGIN
namespace detail {

class pooled_frame {
public:
    static void* operator new(std::size_t bytes) {
        worker& own = *current_worker;
        void* const free = own.frames.try_allocate(bytes); // none are free with no_worker
        return free != nullptr ? free : allocate_slow(own, bytes);
    }
    static void operator delete(void* memory, std::size_t bytes) noexcept {
        frame_pool::release(memory, bytes, &current_worker->frames);
    }

private:
    PEL_NOINLINE static void* allocate_slow(worker& own, std::size_t bytes) { return allocate_frame(own, bytes); }
};

} // namespace detail
PEL_NAMESPACE_END
