// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pool's threads: started with all signals blocked but faults and SIGPROF, with a stack size and a name.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <initializer_list>

PEL_NAMESPACE_BEGIN
namespace detail {

using native_thread = pthread_t;

/// Signals of the process go to the application's threads; faults and the profiler's signal belong to who causes them.
inline sigset_t worker_signal_mask() noexcept {
    sigset_t blocked;
    ::sigfillset(&blocked);
    for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF})
        ::sigdelset(&blocked, signal);
    return blocked;
}

/// A pointer of each thread, which a function gets when the thread exits, after the destructors of its thread_local objects.
class exit_value {
public:
    explicit exit_value(void (*at_exit)(void*)) noexcept : has_key_(::pthread_key_create(&key_, at_exit) == 0) {}

    void* get() const noexcept { return has_key_ ? ::pthread_getspecific(key_) : nullptr; }
    /// False: the system has no room for it.
    bool set(void* value) const noexcept { return has_key_ && ::pthread_setspecific(key_, value) == 0; }

private:
    pthread_key_t key_{};
    const bool has_key_;
};

/// Returns: the bytes of the smallest stack that a thread may have.
inline std::size_t least_stack_size() noexcept {
    const long size = ::sysconf(_SC_THREAD_STACK_MIN);
    return size > 0 ? static_cast<std::size_t>(size) : 16384;
}

/// Starts a joinable thread that runs entry(argument). `stack_size` 0: the system's default.
/// Returns: 0, or the error number.
inline int start_thread(native_thread& thread, std::size_t stack_size, void* (*entry)(void*), void* argument) noexcept {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    int error = stack_size == 0 ? 0 : ::pthread_attr_setstacksize(&attributes, stack_size);
    if (error == 0) {
        const sigset_t blocked = worker_signal_mask();
        sigset_t before;
        ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
        error = ::pthread_create(&thread, &attributes, entry, argument);
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    ::pthread_attr_destroy(&attributes);
    return error;
}

inline void join_thread(native_thread thread) noexcept { ::pthread_join(thread, nullptr); }
/// Returns: whether it is gone, with all its thread_local objects, and joined.
inline bool try_join_thread(native_thread thread) noexcept { return ::pthread_tryjoin_np(thread, nullptr) == 0; }
inline bool is_this_thread(native_thread thread) noexcept { return ::pthread_equal(thread, ::pthread_self()) != 0; }
inline void detach_thread(native_thread thread) noexcept { ::pthread_detach(thread); }

/// Of each running thread another address, and in every shared object the same: what a thread_local object of a header has
/// is another one where its symbol is hidden, or a plug-in's own. Costs one load, or less.
inline const void* this_thread() noexcept { return __builtin_thread_pointer(); }

/// At most 15 characters are kept.
inline void name_this_thread(const char* name) noexcept { ::pthread_setname_np(::pthread_self(), name); }

inline void yield_thread() noexcept { ::sched_yield(); }
/// May end early. Requires: less than a second.
inline void sleep_thread(std::int64_t nanoseconds) noexcept {
    timespec length{};
    length.tv_nsec = static_cast<long>(nanoseconds);
    ::nanosleep(&length, nullptr);
}

/// Keeps the shared object that holds `address` loaded for good: threads of ours run its code. The program itself is never
/// unloaded, and need not be looked up: a fork() meanwhile might leave its child a loader that is not done.
inline void pin_shared_object(const void* address) noexcept {
    Dl_info where{};
    if (::dladdr(address, &where) == 0 || where.dli_fname == nullptr) return;
    const std::uintptr_t headers_of_the_program = ::getauxval(AT_PHDR); // in the page where it begins
    if (headers_of_the_program - reinterpret_cast<std::uintptr_t>(where.dli_fbase) < 4096) return;
    if (void* handle = ::dlopen(where.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE)) ::dlclose(handle);
}

} // namespace detail
PEL_NAMESPACE_END
