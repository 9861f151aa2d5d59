// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a call that was cut short throws, so that nothing is silently short.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <exception>

PEL_NAMESPACE_BEGIN

/// A loop, reduction or algorithm ended early because a scope around it was cancelled.
class operation_cancelled : public std::exception {
public:
    const char* what() const noexcept override { return "pel: the operation was cancelled before it was complete"; }
};

PEL_NAMESPACE_END
