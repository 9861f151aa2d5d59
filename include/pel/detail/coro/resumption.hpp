// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a suspended coroutine goes on: the handle of any coroutine, without its type. A promise that wants to be resumed
// elsewhere says where it was suspended, `static void* place() noexcept`, and has `void resume_soon(void* place)
// noexcept`; any other coroutine runs here and now, on who resumes it.
//   who suspends it: the constructor; then any one thread, once: operator().
#pragma once

#include <pel/detail/platform/config.hpp>

#include <coroutine>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Promise>
concept resumed_elsewhere = requires(Promise& promise, void* place) {
    { Promise::place() } noexcept;
    { promise.resume_soon(place) } noexcept;
};

class resumption {
public:
    resumption() noexcept = default;
    template <class Promise>
    explicit resumption(std::coroutine_handle<Promise> suspended) noexcept : address_(suspended.address()) {
        if constexpr (resumed_elsewhere<Promise>) {
            place_ = Promise::place();
            resume_ = [](void* address, void* place) noexcept {
                std::coroutine_handle<Promise>::from_address(address).promise().resume_soon(place);
            };
        } else {
            resume_ = [](void* address, void*) noexcept { std::coroutine_handle<>::from_address(address).resume(); };
        }
    }

    /// The coroutine goes on. It may be over, and its frame gone, before that returns.
    void operator()() const noexcept { resume_(address_, place_); }

private:
    void* address_ = nullptr;
    void* place_ = nullptr;
    void (*resume_)(void* address, void* place) noexcept = nullptr;
};

} // namespace detail
PEL_NAMESPACE_END
