// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes whole cache lines past the caches, where the CPU can: the line that they replace need not be read first, which
// is a third of the traffic of a copy in memory, and nothing else is driven out.
#pragma once

#include <pel/detail/platform/config.hpp>

#if defined(__SSE2__)
#include <emmintrin.h>
#else
#include <cstring>
#endif

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::size_t streamed_line = 64; // bytes

#if defined(__SSE2__)

inline constexpr bool can_stream = true;

/// Requires: `to` is a multiple of streamed_line.
PEL_ALWAYS_INLINE void stream_line(void* to, const void* from) noexcept {
    const auto* const source = static_cast<const __m128i*>(from);
    auto* const target = static_cast<__m128i*>(to);
    const __m128i a = _mm_loadu_si128(source);
    const __m128i b = _mm_loadu_si128(source + 1);
    const __m128i c = _mm_loadu_si128(source + 2);
    const __m128i d = _mm_loadu_si128(source + 3);
    _mm_stream_si128(target, a);
    _mm_stream_si128(target + 1, b);
    _mm_stream_si128(target + 2, c);
    _mm_stream_si128(target + 3, d);
}
/// Such stores are not ordered with others: what this thread has streamed is seen before anything that it releases after
/// this call.
PEL_ALWAYS_INLINE void finish_streaming() noexcept { _mm_sfence(); }

#else

inline constexpr bool can_stream = false;

PEL_ALWAYS_INLINE void stream_line(void* to, const void* from) noexcept { std::memcpy(to, from, streamed_line); }
PEL_ALWAYS_INLINE void finish_streaming() noexcept {}

#endif

} // namespace detail
PEL_NAMESPACE_END
