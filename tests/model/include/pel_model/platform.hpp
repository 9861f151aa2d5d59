// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The platform seam of model-checking builds: fences, futex and cpu_relax() as the explorer models them. Included by
// the headers of detail/platform/ in place of their own bodies.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pel_model/operation.hpp>

#include <cstdint>
#include <source_location>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A compiler barrier; fibers need none.
PEL_ALWAYS_INLINE void asymmetric_fence_light() noexcept {}

/// One barrier for every thread, each at its own moment before this returns.
inline void asymmetric_fence_heavy(std::source_location where = std::source_location::current()) noexcept {
    ::model::operation request;
    request.kind = ::model::op::heavy_fence;
    request.where = where;
    ::model::perform(request);
}

inline bool asymmetric_fence_register() noexcept { return true; }

template <class Word>
void futex_wait(Word& word, std::uint32_t expected, std::int64_t nanoseconds,
                std::source_location where = std::source_location::current()) noexcept {
    ::model::operation request;
    request.kind = ::model::op::futex_wait;
    request.size = sizeof(std::uint32_t);
    request.object = word.address();
    request.expected = expected;
    request.timeout = nanoseconds;
    request.where = where;
    ::model::perform(request);
}

template <class Word>
void futex_wake_one(Word& word, std::source_location where = std::source_location::current()) noexcept {
    ::model::operation request;
    request.kind = ::model::op::futex_wake;
    request.size = sizeof(std::uint32_t);
    request.object = word.address();
    request.where = where;
    ::model::perform(request);
}

/// Blocks the modelled thread until what it has read since its last cpu_relax() has another value.
inline void cpu_relax(std::source_location where = std::source_location::current()) noexcept {
    ::model::operation request;
    request.kind = ::model::op::relax;
    request.where = where;
    ::model::perform(request);
}

} // namespace detail
PEL_NAMESPACE_END
