// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads of model-checking builds, found before the real header: modelled threads, as many as the explorer has.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pel_model/operation.hpp>
#include <pel_model/platform.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

using native_thread = std::uint64_t;

/// So many starts fail, before one does not. Guarded by the lock that threads are started under.
inline unsigned starts_that_fail = 0;

inline int start_thread(native_thread& thread, std::size_t, void* (*entry)(void*), void* argument) noexcept {
    if (starts_that_fail != 0) {
        --starts_that_fail;
        return 11;
    }
    ::model::operation request;
    request.kind = ::model::op::start_thread;
    request.entry = entry;
    request.argument = argument;
    ::model::perform(request);
    thread = request.result;
    return request.success ? 0 : 11;
}

inline void join_thread(native_thread thread) noexcept {
    ::model::operation request;
    request.kind = ::model::op::join_thread;
    request.operand = thread;
    ::model::perform(request);
}
inline bool try_join_thread(native_thread thread) noexcept {
    join_thread(thread);
    return true;
}
inline bool is_this_thread(native_thread) noexcept { return false; } // asked at exit only
inline void detach_thread(native_thread) noexcept {}
inline std::size_t least_stack_size() noexcept { return 0; }
/// No modelled thread has thread_local objects.
class exit_value {
public:
    explicit exit_value(void (*)(void*)) noexcept {}
    static void* get() noexcept { return nullptr; }
    static bool set(void*) noexcept { return true; }
};
inline void name_this_thread(const char*) noexcept {}
inline void yield_thread() noexcept { cpu_relax(); }
inline void sleep_thread(std::int64_t) noexcept { cpu_relax(); }
inline void pin_shared_object(const void*) noexcept {}

} // namespace detail
PEL_NAMESPACE_END
