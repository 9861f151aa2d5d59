// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How much a test does and how long it may take, by how this build is slowed down.
#pragma once

#include <chrono>
#include <cstdlib>
#include <string_view>

namespace pel_test {

inline constexpr std::string_view sanitizer = PEL_TEST_SANITIZE;
inline constexpr bool has_tsan = sanitizer.find("thread") != std::string_view::npos;
inline constexpr bool has_asan = sanitizer.find("address") != std::string_view::npos;

/// Repetitions shrink by this under a sanitizer.
inline constexpr unsigned shrink = sanitizer.empty() ? 1 : 20;

/// Returns: `count`, less under a sanitizer, but never 0.
constexpr unsigned long scaled(unsigned long count) noexcept { return count > shrink ? count / shrink : 1; }

/// How long anything that blocks may take before it counts as hung.
inline constexpr std::chrono::seconds patience{sanitizer.empty() ? 50 : 240};

/// Whether this run has been told to do without heavy fences.
inline bool is_without_membarrier() noexcept {
    const char* forbidden = std::getenv("PEL_NO_MEMBARRIER");
    return forbidden != nullptr && forbidden[0] != '\0' && forbidden[0] != '0';
}

#if defined(__clang__)
inline constexpr bool forked_children_start_threads = true; // with die_after_fork=0 also under TSan
#else
inline constexpr bool forked_children_start_threads = !has_tsan;
#endif

} // namespace pel_test

/// gcc 12's TSan cannot handle a fork child that starts threads.
#define PEL_SKIP_WITHOUT_FORK()                                                                                        \
    if (!pel_test::forked_children_start_threads)                                                                      \
    GTEST_SKIP() << "gcc's ThreadSanitizer cannot handle a fork child that starts threads; clang's can"
