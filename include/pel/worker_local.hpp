// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// worker_local<T>: a T for each thread that works, so that tasks can add up, or keep buffers, without sharing. Unlike a
// thread_local it belongs to an object, outlives its threads, and can be combined in the end.
//   pel::worker_local<std::vector<long>> counts([&] { return std::vector<long>(bins); });
//   pel::parallel_for(0, n, [&](int i) { ++counts.local()[bin_of(i)]; });
//   const std::vector<long> all = counts.combine(sum_of_vectors);
//   any thread: local().  one thread, while no other uses the object or its values: everything else.
#pragma once

#include <pel/detail/platform/error.hpp>
#include <pel/detail/sched/thread_slots.hpp>

#include <concepts>
#include <functional>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

/// One T for each worker record of any pool, and for each thread outside of pools. A thread has a record of its own in
/// every pool that it calls, and another T there. Records, and numbers of threads outside, are used again when their
/// threads have ended, and with them the values that those have left.
template <class T>
class worker_local {
public:
    /// Values begin as T(). Throws: nothing; none is made before a thread asks for it.
    worker_local()
        requires std::default_initializable<T>
        : make_([](void* place) { ::new (place) T(); }) {}
    /// Values begin as copies of `initial`. Throws: what moving it throws, std::bad_alloc.
    explicit worker_local(T initial)
        requires std::copy_constructible<T>
        : make_([initial = std::move(initial)](void* place) { ::new (place) T(initial); }) {}
    /// Values begin as what make() returns, which several threads may call at the same time. Requires: it is copyable.
    /// Throws: what moving it throws, std::bad_alloc.
    template <class Make>
        requires(!std::is_same_v<Make, T> && !std::is_same_v<Make, worker_local> &&
                 std::is_invocable_r_v<T, const Make&>)
    explicit worker_local(Make make)
        : make_([make = std::move(make)](void* place) { ::new (place) T(std::invoke(make)); }) {}
    worker_local(const worker_local&) = delete;
    worker_local& operator=(const worker_local&) = delete;
    ~worker_local() { clear(); }

    /// Returns: the calling thread's T, made now if this is its first call; it stays where it is until clear() or
    /// combine(). A task that waits may find that another, run meanwhile on its thread, has changed it. Throws: what
    /// making it throws, std::bad_alloc; then there is none. Cost: an index by the worker record's number.
    T& local() {
        void*& slot = slots_.find();
        if (slot == nullptr) [[unlikely]]
            slot = make();
        return *static_cast<T*>(slot);
    }

    /// Calls f(T&) for each value, in no particular order, on the calling thread. Throws: what f throws; the values
    /// stay. Complexity: O(m), of m worker records and threads outside that there have been at a time.
    template <class F>
        requires std::invocable<F&, T&>
    void for_each(F&& f) {
        slots_.for_each([&](void*& slot) { std::invoke(f, *static_cast<T*>(slot)); });
    }

    /// Takes the values out and combines them with f(T, T), in no particular order; threads begin anew afterwards.
    /// Returns: the result; a fresh value if there is none. Requires: f is associative and commutative. Throws: what f,
    /// a move, or making the fresh value throws; the values are gone then. Complexity: as for_each(), one call less.
    template <class F>
        requires(std::movable<T> && std::is_invocable_r_v<T, F&, T, T>)
    T combine(F&& f) {
        std::optional<T> all;
        const auto add = [&](T& value) {
            if (!all) {
                all.emplace(std::move(value));
            } else {
                T before = std::move(*all);
                all.emplace(std::invoke(f, std::move(before), std::move(value)));
            }
        };
        detail::call_unwinding([&] { for_each(add); }, [&] { clear(); });
        if (!all) all.emplace(std::move(local()));
        clear();
        return std::move(*all);
    }

    /// Destroys the values; threads begin anew afterwards. Complexity: as for_each().
    void clear() noexcept {
        slots_.for_each([](void*& slot) {
            static_cast<T*>(slot)->~T();
            ::operator delete(slot, size, alignment);
            slot = nullptr;
        });
    }

private:
    // Each in lines of its own, so that threads do not share any.
    static constexpr std::size_t line = detail::cache_line > alignof(T) ? detail::cache_line : alignof(T);
    static constexpr std::size_t size = (sizeof(T) + line - 1) / line * line;
    static constexpr std::align_val_t alignment{line};

    PEL_NOINLINE void* make() {
        void* const place = ::operator new(size, alignment);
        detail::call_unwinding([&] { make_(place); }, [&] { ::operator delete(place, size, alignment); });
        return place;
    }

    detail::thread_slots slots_;
    std::function<void(void*)> make_;
};

PEL_NAMESPACE_END
