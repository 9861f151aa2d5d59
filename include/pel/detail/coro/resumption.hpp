// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a suspended coroutine goes on: the handle of any coroutine, without its type. A promise that wants to be resumed
// elsewhere has a member `void resume_later() noexcept`; any other coroutine runs here and now, on who resumes it.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <coroutine>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Promise>
concept resumed_later = requires(Promise& promise) {
    { promise.resume_later() } noexcept;
};

class resumption {
public:
    resumption() noexcept = default;
    template <class Promise>
    explicit resumption(std::coroutine_handle<Promise> suspended) noexcept : address_(suspended.address()) {
        if constexpr (resumed_later<Promise>)
            resume_ = [](void* address) noexcept {
                std::coroutine_handle<Promise>::from_address(address).promise().resume_later();
            };
        else
            resume_ = [](void* address) noexcept { std::coroutine_handle<>::from_address(address).resume(); };
    }

    /// Once. The coroutine, and what is in its frame, may be gone afterwards.
    void operator()() const noexcept { resume_(address_); }

private:
    void* address_ = nullptr;
    void (*resume_)(void*) noexcept = nullptr;
};

} // namespace detail
PEL_NAMESPACE_END
