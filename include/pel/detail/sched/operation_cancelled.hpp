// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pel::operation_cancelled, below the public headers because forks and groups must tell it from other exceptions: it is
// an echo of a cancellation, and gives way to the exception that caused it.
#pragma once

#include <pel/detail/platform/error.hpp>

#include <exception>

PEL_NAMESPACE_BEGIN

/// What a call throws that ended early because it, or something around it, was cancelled, or its stop token said so:
/// loops and algorithms, graphs and pipelines, and who waits for the result of what was cancelled (task_handle::get(),
/// async_scope::join(), when_any).
class operation_cancelled : public std::exception {
public:
    const char* what() const noexcept override { return "pel: the operation was cancelled before it was complete"; }
};

namespace detail {

/// Whether an exception is such an echo.
PEL_COLD inline bool is_cancellation(const std::exception_ptr& error) noexcept {
    return is_exception_of<operation_cancelled>(error);
}

} // namespace detail
PEL_NAMESPACE_END
