// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Another library's awaitable in a pel::task. Such a library resumes the handle it is given wherever it likes: on a thread
// of no pool, in the middle of another task, above a fork that waits. So it is given a stand-in's, whose resume() lets the
// coroutine go on as PEL's own awaiters do.
//   who suspends the coroutine: all of it, until the awaitable has the handle; then any one thread, once: resume().
#pragma once

#include <pel/detail/coro/pooled_frame.hpp>
#include <pel/detail/coro/resumption.hpp>
#include <pel/detail/platform/handover.hpp>
#include <pel/detail/sched/callable.hpp>

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
concept awaiter = requires(T& object) {
    object.await_ready() ? 1 : 0; // what is converted by an if will do
    object.await_resume();
};

/// Returns: the awaiter of an awaitable, as co_await finds it [expr.await].
template <class T>
decltype(auto) awaiter_of(T&& object) {
    if constexpr (requires { std::forward<T>(object).operator co_await(); })
        return std::forward<T>(object).operator co_await();
    else if constexpr (requires { operator co_await(std::forward<T>(object)); })
        return operator co_await(std::forward<T>(object));
    else
        return std::forward<T>(object);
}

/// PEL's own say so: `using resumes_in_its_pool = void`. They keep the coroutine itself, or a resumption of it.
template <class T>
concept own_awaiter = requires { typename std::remove_cvref_t<T>::resumes_in_its_pool; };

#if !defined(__clang__)

/// An awaiter that lies elsewhere. (g++ 12 copies what await_transform() returns a reference to.)
template <own_awaiter T>
struct awaiter_reference {
    using resumes_in_its_pool = void;

    PEL_ALWAYS_INLINE decltype(auto) await_ready() const noexcept(noexcept(to.await_ready())) {
        return to.await_ready();
    }
    template <class Promise>
    PEL_ALWAYS_INLINE decltype(auto) await_suspend(std::coroutine_handle<Promise> suspended) const
        noexcept(noexcept(to.await_suspend(suspended))) {
        return to.await_suspend(suspended);
    }
    PEL_ALWAYS_INLINE decltype(auto) await_resume() const noexcept(noexcept(to.await_resume())) {
        return to.await_resume();
    }
    T& to;
};
/// For an operator co_await whose awaiter is a part of the object.
template <own_awaiter T>
PEL_ALWAYS_INLINE awaiter_reference<T> refer_to(T& awaiter) noexcept {
    return {awaiter};
}

#else

template <own_awaiter T>
PEL_ALWAYS_INLINE T& refer_to(T& awaiter) noexcept {
    return awaiter;
}

#endif

/// (Of a task it is known; asking an lvalue would make its error longer.)
template <class T>
concept foreign_awaitable = !is_task<std::remove_cvref_t<T>> && requires(T&& object) {
    { awaiter_of(std::forward<T>(object)) } -> awaiter;
    requires !own_awaiter<decltype(awaiter_of(std::forward<T>(object)))>;
};

/// A coroutine that does nothing but let another one go on.
class stand_in {
    class ending {
    public:
        static bool await_ready() noexcept { return false; }
        static void await_suspend(std::coroutine_handle<> self) noexcept;
        static void await_resume() noexcept {}
    };

public:
    class promise_type : public pooled_frame {
    public:
        stand_in get_return_object() noexcept {
            return stand_in(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        static std::suspend_always initial_suspend() noexcept { return {}; }
        static ending final_suspend() noexcept { return {}; }
        static void return_void() noexcept {}
        static void unhandled_exception() noexcept { std::terminate(); } // there is none

    private:
        friend class stand_in;
        resumption rest_;
    };

    /// Returns: a handle whose resume() is `rest()`; the stand-in is gone then. Throws: std::bad_alloc.
    template <class Nothing = void> // else each file that includes this compiles it
    static std::coroutine_handle<promise_type> make(const resumption& rest) {
        const std::coroutine_handle<promise_type> made = begin<Nothing>().self_;
        made.promise().rest_ = rest;
        return made;
    }

private:
    explicit stand_in(std::coroutine_handle<promise_type> self) noexcept : self_(self) {}
    template <class Nothing>
    static stand_in begin() {
        co_return;
    }

    std::coroutine_handle<promise_type> self_;
};

inline void stand_in::ending::await_suspend(std::coroutine_handle<> self) noexcept {
    const resumption rest = std::coroutine_handle<promise_type>::from_address(self.address()).promise().rest_;
    self.destroy(); // before whoever waits for whom it stands for can go on
    rest();
}

/// Awaits an awaitable for a coroutine that resumed_elsewhere<>.
template <class T>
class foreign_awaiter {
public:
    /// Throws: what its operator co_await throws.
    explicit foreign_awaiter(T&& object) : awaiter_(awaiter_of(std::forward<T>(object))) {}
    foreign_awaiter(const foreign_awaiter&) = delete;
    foreign_awaiter& operator=(const foreign_awaiter&) = delete;
    ~foreign_awaiter() { drop(); }

    bool await_ready() noexcept(noexcept(awaiter_.await_ready() ? true : false)) {
        return awaiter_.await_ready() ? true : false;
    }
    template <resumed_elsewhere Promise>
    auto await_suspend(std::coroutine_handle<Promise> suspended) {
        const auto handle = stand_in::make(resumption(suspended));
        unused_ = handle;
        // Once the awaitable has the handle, this object may be gone: unless it answers that nobody will resume it.
        using answer = decltype(awaiter_.await_suspend(handle));
        if constexpr (std::is_void_v<answer>) {
            awaiter_.await_suspend(handle);
        } else if constexpr (std::is_same_v<answer, bool>) {
            if (awaiter_.await_suspend(handle)) return true;
            drop();
            return false;
        } else {
            return hand_over(awaiter_.await_suspend(handle));
        }
    }
    decltype(auto) await_resume() noexcept(noexcept(awaiter_.await_resume())) {
        unused_ = {};
        return awaiter_.await_resume();
    }

private:
    void drop() noexcept {
        if (unused_) std::exchange(unused_, {}).destroy();
    }

    decltype(awaiter_of(std::declval<T>())) awaiter_;
    std::coroutine_handle<> unused_; // the stand-in, until it was resumed
};

} // namespace detail
PEL_NAMESPACE_END
